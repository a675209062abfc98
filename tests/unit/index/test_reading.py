"""The job that reads what is pending: each item once, to the end, whatever its reader does."""

from __future__ import annotations

import asyncio
import random
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import text

from filters.analysis import read_step
from filters.archived import archived
from filters.context import Envelope, Recipient
from gateway.archive import reading
from gateway.archive.reading import KIND, MOST_ATTEMPTS, MOST_BEGUN
from gateway.jobs.task import LeaseLost, Task
from gateway.store import jobs
from gateway.store.index.columns import Column
from gateway.workers.pool import Cause, WorkerFailed
from signatures.message.scanner import CAPS
from tests.unit.index.conftest import COUNCIL, NOW, content
from tests.unit.index.test_indexed import message, raw

_BEGUN = "select number from item where state = 'pending' and attempts > 0"


class Reader:
    """An analyst in this process, which fails as it is told."""

    def __init__(self) -> None:
        self.fails: list[BaseException] = []
        self.read_messages = 0

    async def archive(self, octets, deadline):
        self.read_messages += 1
        if self.fails:
            raise self.fails.pop(0)
        return archived(octets, CAPS)

    async def read(self, octets, deadline):
        return read_step(octets)


class Job:
    def __init__(self, index) -> None:
        self.index, self.database, self.reader = index, index.database, Reader()
        self.now = NOW
        self.handler = reading.reading_archive(lambda: None, self._analysts)
        self.write(lambda c: jobs.add(c, COUNCIL, KIND, NOW))

    def write(self, act):
        return self.database.write_blocking(act)

    @asynccontextmanager
    async def _analysts(self, settings):
        yield self.reader

    def claim(self) -> Task | None:
        found = self.write(lambda c: jobs.claim(c, "me", self.now, 1, 60, [KIND]))
        return Task(found[0], self.database, lambda: self.now) if found else None

    async def run(self) -> None:
        task = self.claim()
        assert task is not None
        await self.handler(task)

    def due(self):
        [[moment]] = self.index.rows("select run_at from job where kind = :kind", kind=KIND)
        return moment


@pytest.fixture
async def job(database, index):
    return Job(index)


def with_paper(text: str = "the lease of the hall") -> bytes:
    made = message("Mine here.")
    made.add_attachment(text.encode(), maintype="text", subtype="plain", filename="paper.txt")
    return raw(made)


def pending(**said):
    return content("mine", pending=True, **said)


def states(index) -> list[tuple[str, str]]:
    return [tuple(row) for row in index.rows("select state, unread from item order by number")]


async def test_what_is_pending_is_read_and_found(job, index):
    envelope = Envelope(
        mail_from="jo@nether.example",
        recipients=(
            Recipient(address="pat@b.example", canonical="pat@b.example"),
            Recipient(address="unseen@b.example", canonical="unseen@b.example"),
        ),
    )
    index.take(pending(), raw=with_paper(), envelope=envelope)
    index.take(None, raw=with_paper("another"), envelope=envelope)
    assert index.phrase("lease") == []
    await job.run()
    assert index.phrase("lease of the hall", Column.ATTACHED) == [1]
    assert index.phrase("another", Column.ATTACHED) == [2]
    assert index.phrase("paper.txt", Column.FILES) == [1, 2]
    assert index.phrase("unseen@b.example", Column.HIDDEN) == [1, 2]
    assert index.phrase("pat@b.example", Column.HIDDEN) == []
    assert states(index) == [("indexed", "")] * 2
    index.sound()


async def test_sealed_and_refused_messages_are_read_too(job, index):
    index.take(pending(), raw=with_paper(), sealed=True)
    message = index.take(pending(), raw=with_paper())
    with job.database.engine.begin() as connection:
        connection.execute(text("delete from blob_use where message_id = :m"), {"m": message})
        connection.execute(text("delete from message_body where message_id = :m"), {"m": message})
    await job.run()
    assert index.phrase("lease") == [-1]
    assert states(index) == [("indexed", ""), ("indexed", "it was refused, so its text was not kept")]


async def test_one_that_was_altered_hinders_no_other(job, index):
    """It stays found by what was known of it, and is listed."""
    index.take(pending(), raw=with_paper())
    message = index.take(pending(), raw=with_paper("another"))
    with job.database.engine.begin() as connection:
        connection.execute(text("update message_body set form = 'x' where message_id = :m"), {"m": message})
    await job.run()
    assert index.phrase("lease") == [1]
    assert index.phrase("mine") == [1, 2]
    assert states(index) == [("indexed", ""), ("indexed", "the archive holds it no longer as it came in")]
    index.sound()


async def test_what_is_new_does_not_wait_behind_what_was_there(job, index):
    """As after an upgrade, with years of an archive still to be read: the newest first, sealed ones last."""
    for _ in range(3):
        index.take(pending(), raw=with_paper())
    index.take(pending(), raw=with_paper(), sealed=True)
    order = []

    async def archive(octets, deadline):
        if not order:
            index.take(pending(), raw=with_paper("new"))
        order.extend(number for [number] in index.rows(_BEGUN))
        return archived(octets, CAPS)

    job.reader.archive = archive
    await job.run()
    assert order == [3, 4, 2, 1, -1]
    assert index.phrase("new") == [4]


async def test_a_reader_that_fails_is_tried_again_and_then_given_up(job, index):
    """And keeps nothing waiting in between: it is the newest, and read last."""
    index.take(pending(), raw=with_paper("another"))
    bad = with_paper()
    index.take(pending(), raw=bad)
    read = []

    async def archive(octets, deadline):
        read.append(octets == bad)
        if read[-1]:
            raise WorkerFailed(Cause.TIME)
        return archived(octets, CAPS)

    job.reader.archive = archive
    await job.run()
    assert read == [True, False, *[True] * (MOST_ATTEMPTS - 1)]
    assert index.phrase("another") == [1]
    assert index.phrase("mine here") == [1, 2]
    why = "it could not be read: it took too long"
    assert index.rows("select item, name, unread from attachment order by item, ordinal") == [
        (1, "paper.txt", ""),
        (2, "paper.txt", why),
    ]
    assert [state for state, _ in states(index)] == ["indexed", "indexed"]


async def test_a_post_room_that_closes_does_not_count(job, index):
    index.take(pending(), raw=with_paper())
    for error in (WorkerFailed(Cause.STOPPED), asyncio.CancelledError()):
        job.reader.fails = [error]
        task = job.claim()
        with pytest.raises(type(error)):
            await job.handler(task)
        job.write(lambda c, it=task: jobs.put_back(c, it.job))
    assert index.rows("select state, attempts from item") == [("pending", 0)]
    await job.run()
    assert index.phrase("lease") == [1]


async def test_what_brings_down_its_readers_host_is_known_by_its_attempts(job, index):
    index.take(pending(), raw=with_paper())
    with job.database.engine.begin() as connection:
        connection.execute(text("update item set attempts = :most"), {"most": MOST_BEGUN})
    await job.run()
    assert job.reader.read_messages == 0
    assert index.phrase("mine here") == [1]
    assert index.rows("select unread from attachment") == [
        ("it could not be read: the program that reads it broke off",)
    ]


async def test_an_attempt_is_counted_before_it_is_made(job, index):
    index.take(pending(), raw=with_paper())
    seen = []

    async def archive(octets, deadline):
        seen.append(index.rows("select attempts from item")[0][0])
        return archived(octets, CAPS)

    job.reader.archive = archive
    await job.run()
    assert seen == [1]


async def test_whoever_has_lost_the_job_writes_nothing(job, index):
    index.take(pending(), raw=with_paper())

    async def archive(octets, deadline):
        job.write(lambda c: jobs.end_all_leases(c))
        return archived(octets, CAPS)

    job.reader.archive = archive
    with pytest.raises(LeaseLost):
        await job.run()
    assert index.phrase("lease") == []
    assert states(index) == [("pending", "")]
    index.sound()


async def test_what_comes_in_hastens_the_job(job, index):
    await job.run()
    assert job.due() > int(NOW.timestamp() * 1_000_000)
    assert job.claim() is None
    index.take(content("nothing attached"))
    assert job.claim() is None
    index.take(pending(), raw=with_paper())
    job.now += timedelta(seconds=1)
    await job.run()
    assert index.phrase("lease") == [2]


async def test_what_came_in_while_the_job_ended_is_not_left_for_an_hour(job, index):
    task = job.claim()
    index.take(pending(), raw=with_paper())
    await reading._finished(task)
    await job.run()
    assert index.phrase("lease") == [1]


async def test_broken_off_at_any_step_it_is_read_in_the_end(job, index):
    """A process that dies is one whose work is never gone on with, and whose lease ends by itself."""
    dice = random.Random(8)
    for number in range(6):
        index.take(pending(), raw=with_paper(f"word{number}"))
    for _ in range(60):
        job.now += timedelta(hours=2)
        job.write(jobs.end_all_leases)
        task = job.claim()
        assert task is not None
        with suppress(_Died):
            await job.handler(_Dying(task.job, task.database, task.now, [dice.randrange(8)]))
        index.sound()
        if not index.rows("select 1 from item where state = 'pending'"):
            break
    assert [index.phrase(f"word{number}") for number in range(6)] == [[number + 1] for number in range(6)]


class _Died(BaseException):
    pass


@dataclass(frozen=True)
class _Dying(Task):
    """A task whose process dies after so many transactions: just before the next, or just after the last."""

    left: list[int]

    async def write(self, act):
        if self.left[0] == 0:
            raise _Died
        self.left[0] -= 1
        return await Task.write(self, act)
