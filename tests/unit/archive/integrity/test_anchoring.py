"""The job that makes the anchor of the day, and mails it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from config.archive import ArchiveRules
from gateway.archive.anchoring import KIND, after, anchoring, make_anchor
from gateway.archive.offline.check import anchors_in
from gateway.jobs.task import Task
from gateway.store import anchors, archive, audit, councils, jobs, messages, secrets
from gateway.store.audit import Act
from gateway.store.errors import NotFound
from tests.unit.archive.integrity.kit import faults, letter
from tests.unit.store.conftest import council, database, other_node, url  # noqa: F401  # fixtures
from tests.unit.store.test_store import COUNCIL

SIX = datetime(2026, 5, 12, 5, tzinfo=UTC)  # Six in London, by summer time.
AUDITOR, CHAIR = "audit@auditor.example", "chair@elsewhere.example"
DAY = timedelta(days=1)


class Clock:
    def __init__(self) -> None:
        self.now = SIX

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def run(database, clock):
    """Does the job once, as of the clock, and returns when it is due again."""
    database.write_blocking(lambda c: jobs.add(c, COUNCIL, KIND, SIX, run_at=SIX))

    async def once() -> datetime:
        claimed = await database.write(lambda c: jobs.claim(c, "node", clock.now, 1, 60, (KIND,)))
        task = Task(claimed[0], database, clock)
        again = await anchoring(lambda upstream: f"{upstream}-notices")(task)
        await database.write(lambda c: jobs.finish(c, task.job, clock.now, again))
        return again

    return once


def choose(database, *addresses: str) -> None:
    def chosen(council):
        return council.model_copy(update={"archive": ArchiveRules(anchors=addresses)})

    database.write_blocking(lambda c: councils.change(c, COUNCIL, chosen, SIX, "test"))


def come_in(database, number: int) -> None:
    version = database.read_blocking(lambda c: councils.version(c, COUNCIL))
    database.write_blocking(lambda c: messages.record(c, letter(number, council_version=version)))


def made(database):
    return database.read_blocking(lambda c: anchors.from_link(c, COUNCIL))


def letters(database) -> list[str]:
    rows = database.read_blocking(lambda c: audit.rows(c, COUNCIL, act=Act.ANCHORED))
    return [each for row in rows for each in row.done.detail["letters"]]


async def test_each_chosen_address_gets_a_letter_with_the_anchor(database, clock, run):
    choose(database, AUDITOR, CHAIR)
    come_in(database, 1)
    assert await run() == SIX + DAY
    [anchor] = made(database)
    assert (anchor.links, anchor.messages, anchor.is_signed()) == (2, 1, True)
    sent = letters(database)
    whom = [
        [
            row.address
            for row in database.read_blocking(lambda c, each=each: archive.recipients(c, COUNCIL, each))
        ]
        for each in sent
    ]
    assert whom == [[AUDITOR], [CHAIR]]  # By themselves: neither learns of the other.
    for each in sent:
        raw = database.read_blocking(lambda c, each=each: archive.body(c, COUNCIL, each))
        assert anchors_in(raw) == [anchor]
        [gone] = database.read_blocking(lambda c, each=each: archive.departures(c, COUNCIL, each))
        assert gone.upstream == "default-notices"
    [row] = database.read_blocking(lambda c: audit.rows(c, COUNCIL))
    assert (row.done.act, row.done.by, row.done.detail["links"]) == (Act.ANCHORED, "postroom", 2)
    assert faults(database, [anchor]) == []


async def test_nothing_new_is_anchored_once_a_week_in_any_case(database, clock, run):
    choose(database, AUDITOR)
    come_in(database, 1)
    for day in range(15):
        clock.now = SIX + day * DAY
        assert await run() == clock.now + DAY
    assert [each.moment[:10] for each in made(database)] == ["2026-05-12", "2026-05-19", "2026-05-26"]
    assert len(letters(database)) == 3
    come_in(database, 2)
    clock.now = SIX + 15 * DAY
    await run()
    assert len(made(database)) == 4


async def test_run_again_the_same_day_nothing_is_written_twice(database, clock, run):
    choose(database, AUDITOR)
    come_in(database, 1)
    await run()
    come_in(database, 2)
    database.write_blocking(lambda c: jobs.hasten(c, COUNCIL, KIND, clock.now))
    clock.now += timedelta(hours=1)
    await run()
    assert len(made(database)) == len(letters(database)) == 1


async def test_a_host_that_was_off_makes_it_up(database, clock, run):
    come_in(database, 1)
    await run()
    come_in(database, 2)
    clock.now = SIX + 3 * DAY + timedelta(hours=4)
    assert await run() == SIX + 4 * DAY
    assert len(made(database)) == 2


async def test_a_new_council_waits_for_the_hour(database, clock):
    noon = SIX + timedelta(hours=6)
    database.write_blocking(lambda c: jobs.add_for_everyone(c, KIND, noon))
    clock.now = noon
    [job] = database.write_blocking(lambda c: jobs.claim(c, "node", noon, 1, 60, (KIND,)))
    assert await anchoring(str)(Task(job, database, clock)) == SIX + DAY
    assert made(database) == []


def test_six_oclock_is_that_of_london():
    winter, summer = datetime(2026, 3, 28, 6, tzinfo=UTC), datetime(2026, 3, 29, 5, tzinfo=UTC)
    assert after(winter - timedelta(seconds=1)) == winter
    assert after(winter) == summer  # The clocks went forward.
    assert after(datetime(2026, 10, 24, 5, tzinfo=UTC)) == datetime(2026, 10, 25, 6, tzinfo=UTC)


def test_every_node_signs_with_one_key(database, other_node):
    first = database.write_blocking(lambda c: make_anchor(c, COUNCIL, SIX))
    second = other_node.write_blocking(lambda c: make_anchor(c, COUNCIL, SIX, by="host:root", why="minutes"))
    assert first.key == second.key == database.read_blocking(anchors.public_key)
    assert second.links == 1  # The record of the first.
    seed = database.read_blocking(lambda c: secrets.find(c, "archive.anchor"))
    assert seed is not None
    assert seed.hex() != first.key
    with pytest.raises(NotFound):
        database.write_blocking(lambda c: make_anchor(c, "other-council", SIX))


def test_addresses_are_checked():
    assert ArchiveRules(anchors=["A@Auditor.Example"]).anchors == ("a@auditor.example",)
    for wrong in (["nobody"], ["a@b.example", "A@B.example"], [f"a{n}@b.example" for n in range(21)]):
        with pytest.raises(ValidationError):
            ArchiveRules(anchors=wrong)
