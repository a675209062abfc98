"""The loop that has jobs done, with its real table."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from gateway.jobs.runner import MOST_STARTS, JobRunner, Pace
from gateway.jobs.task import Kinds, LeaseLost
from gateway.store import jobs, people
from tests.unit.store.conftest import council, database, other_node, run_out, url  # noqa: F401  # fixtures
from tests.unit.store.test_store import COUNCIL

START = datetime(2026, 5, 11, 9, 30, tzinfo=UTC)
JO = "jo@nether.example"
QUICK = Pace(poll_seconds=0.02, tidy_seconds=0.05, lease_seconds=60, drain_seconds=5)


class Clock:
    moment = START

    def __call__(self) -> datetime:
        return self.moment

    def move(self, **span: float) -> None:
        self.moment += timedelta(**span)


@pytest.fixture
def now() -> Clock:
    return Clock()


@asynccontextmanager
async def running(database, now, handlers, everyones=(), pace=QUICK, owner="node"):
    stopping = asyncio.Event()
    runner = JobRunner(database, Kinds(handlers, everyones), owner, now, pace)
    task = asyncio.create_task(runner.run(stopping))
    try:
        yield stopping
    finally:
        stopping.set()
        await asyncio.wait_for(task, 20)


async def add(database, now, kind="count", key=""):
    assert await database.write(lambda c: jobs.add(c, COUNCIL, kind, now(), key=key))


async def row(database, key=""):
    query = text("select * from job where key = :key")
    return await database.read(lambda c: c.execute(query, {"key": key}).one())


async def until(condition, seconds=10):
    async with asyncio.timeout(seconds):
        while not await condition():
            await asyncio.sleep(0.01)


def counted(result: str, kind: str = "count") -> float:
    return REGISTRY.get_sample_value("vestry_jobs_total", {"kind": kind, "result": result}) or 0.0


async def test_a_job_is_done_once(database, now):
    done = []

    async def count(task):
        done.append(task.job.key)

    for key in "abc":
        await add(database, now, key=key)
    async with running(database, now, {"count": count}):
        await until(
            lambda: database.read(lambda c: all(r.done_at for r in c.execute(text("select * from job"))))
        )
    assert sorted(done) == ["a", "b", "c"]


async def test_what_everyone_has_is_done_again_when_it_is_due(database, now):
    done = []

    async def count(task):
        done.append(task.now())
        return task.now() + timedelta(hours=24)

    async def twice():
        return len(done) == 2

    async def once_and_given_back():
        return len(done) == 1 and (await row(database)).lease_token is None

    async with running(database, now, {"count": count}, ("count",)):
        await until(once_and_given_back)
        now.move(hours=23)
        await asyncio.sleep(0.1)
        assert len(done) == 1
        now.move(hours=1)
        await until(twice)
    assert done == [START, START + timedelta(hours=24)]


async def test_what_is_written_last_is_written_with_the_end_of_the_job(database, now):
    """One commit: neither is there without the other, and nobody does it again."""
    ended = []

    async def count(task):
        with pytest.raises(ValueError):
            await task.write_last(lambda c: [people.set_disabled(c, JO, now()), int("x")])
        assert (await row(database)).done_at is None
        assert not (await database.read(lambda c: people.find(c, JO))).disabled
        done = await task.write_last(lambda c: people.set_disabled(c, JO, now()))
        ended.append((await row(database)).done_at)
        with pytest.raises(LeaseLost):
            await task.write(lambda c: people.set_disabled(c, JO, None))
        return done

    async def is_done():
        return counted("done") == before + 1

    before, lost = counted("done"), counted("lost")
    await add(database, now)
    async with running(database, now, {"count": count}):
        await until(is_done)
        await asyncio.sleep(0.1)
    assert len(ended) == 1
    assert ended[0] is not None
    assert (await database.read(lambda c: people.find(c, JO))).disabled
    assert counted("lost") == lost


async def test_a_run_that_fails_is_tried_again_later_each_time(database, now):
    async def fails(task):
        raise ValueError("the resident's address")

    await add(database, now)
    waits = []
    async with running(database, now, {"count": fails}):
        for attempt in range(1, 12):

            async def given_back(attempt=attempt):
                found = await row(database)
                return found.attempts == attempt and found.lease_token is None

            await until(given_back)
            found = await row(database)
            waits.append((found.run_at - int(now().timestamp() * 1_000_000)) // 60_000_000)
            now.move(minutes=waits[-1])
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]
    # Why is in the log, under an id; what was in the data is not in the table.
    assert (await row(database)).last_error.startswith("ValueError, ")
    assert "resident" not in (await row(database)).last_error


async def test_a_job_that_never_ends_is_set_aside_and_the_others_go_on(database, now):
    done = []

    async def count(task):
        done.append(task.job.key)

    await add(database, now, key="poison")
    for _ in range(MOST_STARTS):
        assert await database.write(lambda c: jobs.claim(c, "fell", now(), 1, 60, ("count",)))
        run_out(database, "job")
    await add(database, now, key="good")
    before = counted("aside")

    async def aside():
        return counted("aside") == before + 1 and done == ["good"]

    async with running(database, now, {"count": count}):
        await until(aside)
    found = await row(database, "poison")
    assert found.run_at == int((START + timedelta(hours=1)).timestamp() * 1_000_000)
    assert (found.starts, found.done_at) == (0, None)
    assert found.last_error == "5 runs never came to an end"


async def test_who_has_lost_the_lease_is_stopped_and_writes_nothing(database, now):
    begun, ended = asyncio.Event(), []

    async def slow(task):
        begun.set()
        try:
            await asyncio.sleep(30)
        finally:
            ended.append(True)

    await add(database, now)
    pace = Pace(poll_seconds=0.02, tidy_seconds=9, lease_seconds=0.3, drain_seconds=0.1)
    async with running(database, now, {"count": slow}, pace=pace):
        await begun.wait()
        run_out(database, "job")
        [taken] = await database.write(lambda c: jobs.claim(c, "other", now(), 1, 60, ("count",)))

        async def stopped():
            return bool(ended)

        await until(stopped)
    assert await database.write(lambda c: jobs.held(c, taken))


async def test_a_handler_writes_only_while_the_job_is_its_own(database, now):
    raised = []

    async def stands_still(task):
        run_out(database, "job")
        await database.write(lambda c: jobs.claim(c, "other", now(), 1, 60, ("count",)))
        try:
            await task.write(lambda c: people.set_disabled(c, JO, now()))
        except LeaseLost as error:
            raised.append(error)
            raise

    async def lost():
        return bool(raised)

    await add(database, now)
    before = counted("lost")
    async with running(database, now, {"count": stands_still}):
        await until(lost)
    assert counted("lost") == before + 1
    assert not (await database.read(lambda c: people.find(c, JO))).disabled


async def test_a_long_job_keeps_its_lease(database, other_node, now):
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(task):
        begun.set()
        await go_on.wait()

    await add(database, now)
    # Where leases go by the node's clock (SQLite), this clock stands still, and so do they.
    pace = Pace(poll_seconds=0.02, tidy_seconds=9, lease_seconds=3, drain_seconds=5)
    async with running(database, now, {"count": slow}, pace=pace):
        await begun.wait()
        for _ in range(45):
            taken = await other_node.write(lambda c: jobs.claim(c, "other", now(), 1, 60, ("count",)))
            assert taken == []
            await asyncio.sleep(0.1)
        go_on.set()
    assert (await row(database)).done_at is not None


async def test_at_the_end_what_takes_too_long_is_given_back(database, now):
    begun = asyncio.Event()

    async def slow(task):
        begun.set()
        await asyncio.sleep(60)

    await add(database, now)
    pace = Pace(poll_seconds=0.02, tidy_seconds=9, lease_seconds=60, drain_seconds=0.05)
    async with running(database, now, {"count": slow}, pace=pace):
        await begun.wait()
    found = await row(database)
    assert (found.lease_token, found.starts, found.done_at, found.attempts) == (None, 0, None, 0)


async def test_at_the_end_what_is_under_way_may_finish(database, now):
    begun = asyncio.Event()

    async def slow(task):
        begun.set()
        await asyncio.sleep(0.3)

    await add(database, now)
    async with running(database, now, {"count": slow}) as stopping:
        await begun.wait()
        stopping.set()
    assert (await row(database)).done_at is not None


async def test_a_database_that_goes_away_and_comes_back(database, now):
    """What has been done is written down when that can be done again."""
    away, back = [False], asyncio.Event()

    def refuse(*_):
        if away[0]:
            raise OperationalError("connect", None, OSError("away"))

    def come_back():
        away[0] = False
        back.set()

    event.listen(database.engine, "begin", refuse)

    async def count(task):
        away[0] = True
        asyncio.get_running_loop().call_later(0.5, come_back)

    async def done():
        return (await row(database)).done_at is not None

    await add(database, now)
    async with running(database, now, {"count": count}):
        await asyncio.wait_for(back.wait(), 10)
        await until(done)
    event.remove(database.engine, "begin", refuse)
