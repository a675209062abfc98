"""The job table: added once, claimed by one, fenced, put off, taken over."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from gateway.store import councils, jobs
from tests.unit.store.conftest import NOW, run_out
from tests.unit.store.test_store import COUNCIL, count

LATER = NOW + timedelta(hours=1)


async def add(database, key="", **more):
    return await database.write(lambda c: jobs.add(c, COUNCIL, "count", NOW, key=key, **more))


async def claim(database, now=NOW, limit=10, kinds=("count",), owner="node"):
    return await database.write(lambda c: jobs.claim(c, owner, now, limit, 60, kinds))


async def test_the_same_job_is_one_job_whoever_adds_it(database, other_node):
    added = await asyncio.gather(*(add(node, "a") for node in (database, other_node) * 5))
    assert sorted(added) == [False] * 9 + [True]
    assert await add(database, "b")
    assert len(await claim(database)) == 2


async def test_life_of_a_job(database):
    await add(database, payload={"until": 3}, run_at=LATER)
    assert await claim(database) == []
    [job] = await claim(database, LATER)
    assert (job.council, job.kind, job.payload) == (COUNCIL, "count", {"until": 3})
    assert (job.attempts, job.starts) == (0, 1)
    assert await claim(database, LATER) == []
    assert await database.write(lambda c: jobs.fail(c, job, LATER + timedelta(minutes=1), "ValueError, x"))
    assert await claim(database, LATER) == []
    [again] = await claim(database, LATER + timedelta(minutes=1))
    assert (again.attempts, again.starts) == (1, 1)
    assert await database.write(lambda c: jobs.finish(c, again, LATER))
    assert await claim(database, LATER + timedelta(days=9)) == []
    # Done is done: the same again is not a new job, until it is forgotten.
    assert not await add(database)
    assert await database.write(lambda c: jobs.forget_done(c, LATER)) == 0
    assert await database.write(lambda c: jobs.forget_done(c, LATER + timedelta(seconds=1))) == 1
    assert await add(database)


async def test_done_for_now_is_due_again(database):
    await add(database)
    [job] = await claim(database)
    assert await database.write(lambda c: jobs.finish(c, job, NOW, again=LATER))
    assert await claim(database) == []
    [again] = await claim(database, LATER)
    assert (again.id, again.attempts, again.starts) == (job.id, 0, 1)


async def test_kinds_that_a_node_does_not_know_are_left_to_others(database):
    await add(database)
    assert await claim(database, kinds=("other",)) == []
    assert await claim(database, kinds=()) == []


@pytest.mark.parametrize(
    "late",
    [
        lambda c, job: jobs.finish(c, job, NOW),
        lambda c, job: jobs.fail(c, job, NOW, "x"),
        lambda c, job: jobs.put_back(c, job),
        lambda c, job: jobs.renew(c, job, NOW, 60),
        lambda c, job: jobs.held(c, job),
    ],
    ids=["finish", "fail", "put_back", "renew", "held"],
)
async def test_a_lost_lease_fences_its_holder_out(database, late):
    await add(database)
    [first] = await claim(database)
    run_out(database, "job")
    [second] = await claim(database)
    assert second.starts == 2
    assert not await database.write(lambda c: late(c, first))
    assert await database.write(lambda c: late(c, second))


async def test_given_back_it_is_as_it_was(database):
    await add(database)
    [job] = await claim(database)
    assert await database.write(lambda c: jobs.put_back(c, job))
    [again] = await claim(database)
    assert (again.attempts, again.starts) == (0, 1)


async def test_two_nodes_never_claim_the_same(database, other_node):
    for number in range(20):
        await add(database, str(number))
    both = await asyncio.gather(*(claim(node, limit=3) for node in (database, other_node) * 4))
    claimed = [job.id for some in both for job in some]
    assert len(claimed) == len(set(claimed))
    assert len(claimed) + len(await claim(database, limit=99)) == 20


async def test_the_leases_of_the_dead_are_ended_and_no_others(database):
    await add(database, "a")
    [dead] = await claim(database, owner="a/1")
    await add(database, "b")
    [alive] = await claim(database, owner="a/2")
    assert await database.write(lambda c: jobs.end_leases(c, "a/1")) == 1
    assert [job.id for job in await claim(database, owner="a/3")] == [dead.id]
    assert await database.write(lambda c: jobs.held(c, alive))


async def test_what_everyone_has_new_councils_have_too(database, council):
    assert await database.write(lambda c: jobs.add_for_everyone(c, "count", NOW)) == 1
    assert await database.write(lambda c: jobs.add_for_everyone(c, "count", NOW)) == 0
    other = council.model_copy(update={"id": "other", "domains": ("other.example",), "people": ()})
    await database.write(lambda c: councils.save(c, other, NOW, "test"))
    assert await database.write(lambda c: jobs.add_for_everyone(c, "count", NOW)) == 1
    assert {job.council for job in await claim(database)} == {COUNCIL, "other"}
    assert count(database, "job") == 2
