"""The job that verifies the archive unasked: what it finds is counted, logged, and looked for again soon."""

from __future__ import annotations

from datetime import timedelta

import pytest
from prometheus_client import REGISTRY

from gateway.archive.nightly import KIND, verification
from gateway.jobs.task import Task
from gateway.store import jobs, messages
from tests.unit.archive.test_verify import TAMPERING, tamper
from tests.unit.store.conftest import NOW, council, database, url  # noqa: F401  # fixtures
from tests.unit.store.test_commits import numbered
from tests.unit.store.test_store import COUNCIL


def faults() -> float | None:
    return REGISTRY.get_sample_value("vestry_archive_faults", {"council": COUNCIL})


@pytest.fixture
async def task(database) -> Task:
    """The job, claimed, with 150 messages in the archive: more than are looked at in one go."""
    database.write_blocking(lambda c: [messages.record(c, numbered(number)) for number in range(150)])
    await database.write(lambda c: jobs.add_for_everyone(c, KIND, NOW))
    [job] = await database.write(lambda c: jobs.claim(c, "node", NOW, 1, 60, (KIND,)))
    return Task(job, database, lambda: NOW)


async def test_a_whole_archive_is_looked_at_again_after_the_hours_that_are_set(task):
    hours = [24.0]
    run = verification(lambda: hours[0])
    assert await run(task) == NOW + timedelta(hours=24)
    assert faults() == 0
    verified = REGISTRY.get_sample_value("vestry_archive_verified_timestamp_seconds", {"council": COUNCIL})
    assert verified == NOW.timestamp()
    hours[0] = 6
    assert await run(task) == NOW + timedelta(hours=6)


@pytest.mark.parametrize("what", ["a link's content", "the last link gone", "a decision slipped in"])
async def test_faults_are_counted_and_looked_at_again_soon(database, task, what, capsys):
    tamper(database, TAMPERING[what])
    assert await verification(lambda: 24.0)(task) == NOW + timedelta(hours=1)
    assert faults() > 0
    assert "archive fault" in capsys.readouterr().out


async def test_mail_that_comes_in_meanwhile_is_no_fault(database, task, monkeypatch):
    """Each stretch is read by itself, and between two the ledger grows."""
    read, grown = Task.read, []

    async def read_and_grow(self, act):
        found = await read(self, act)
        if len(grown) < 5:
            grown.append(await database.write(lambda c: messages.record(c, numbered(1000 + len(grown)))))
        return found

    monkeypatch.setattr(Task, "read", read_and_grow)
    assert await verification(lambda: 24.0)(task) == NOW + timedelta(hours=24)
    assert faults() == 0
    assert len(grown) > 2
