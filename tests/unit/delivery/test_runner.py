"""The loop: nobody waits behind another, leases are kept, the end is orderly."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from config.council import Council
from gateway.delivery.runner import Runner
from gateway.store import councils
from gateway.store.errors import Unavailable
from gateway.store.queue import claim as claim_due
from tests.peers.scripted import STALL, ScriptedUpstream
from tests.unit.delivery.conftest import COUNCIL, LEASE, House, ticking


async def until(done: Callable[[], object], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


@asynccontextmanager
async def running(runner: Runner) -> AsyncIterator[asyncio.Event]:
    """The runner at work until the block ends, or until the event that it gives is set."""
    stopping = asyncio.Event()
    task = asyncio.create_task(runner.run(stopping))
    try:
        yield stopping
    finally:
        stopping.set()
        await asyncio.wait_for(task, 20)


async def test_everything_due_is_delivered_over_few_connections(house: House, serving):
    upstream = await serving(connections=3)
    for _ in range(60):
        await house.submit()
    async with running(house.runner(poll_seconds=30)):
        await until(lambda: len(upstream.messages) == 60)
    assert upstream.connections <= 3
    assert await house.queue.claim(1, ()) == []


async def test_what_comes_later_is_found_by_the_bell_or_by_the_poll(house: House, serving):
    upstream = await serving()
    runner = house.runner(poll_seconds=30)
    async with running(runner):
        await asyncio.sleep(0.05)
        await house.submit()
        runner.wake()
        await until(lambda: len(upstream.messages) == 1)
    async with running(house.runner(poll_seconds=0.05)):
        await house.submit()
        await until(lambda: len(upstream.messages) == 2)


async def test_a_slow_upstream_keeps_nobody_else_waiting(house: House):
    async with ScriptedUpstream({"MAIL": STALL}) as slow, ScriptedUpstream() as quick:
        house.serve(slow={"port": slow.port, "connections": 2}, quick={"port": quick.port})
        for _ in range(80):
            await house.submit(upstream="slow")
        for _ in range(10):
            await house.submit(upstream="quick")
        async with running(house.runner(drain_seconds=0.1)):
            await until(lambda: len(quick.messages) == 10 and slow.open == 2)
            # What the slow one cannot take stays in the queue, claimed by nobody.
            assert len(await house.queue.claim(1000, ("quick",))) >= 80 - 2 * 2 - 16
        await house.upstreams.close()


async def test_councils_take_turns(house: House):
    other = Council.model_validate({"id": "other", "name": "Other", "domains": ["other.example"]})
    await house.database.write(lambda c: councils.save(c, other, house.clock(), "test"))
    for _ in range(20):
        await house.submit()
    house.clock.move(seconds=1)
    for _ in range(2):
        await house.submit(council="other")
    claims = await house.queue.claim(4, ())
    assert sorted(one.council for one in claims) == [COUNCIL, COUNCIL, "other", "other"]


async def test_an_upstream_at_rest_is_left_out_of_claims(house: House, serving):
    await serving({"greeting": "421 4.3.2 busy"})
    for _ in range(30):
        await house.submit()
    runner = house.runner()
    async with running(runner):
        await until(lambda: house.upstreams.wanting_no_more() == ["default"])
        await asyncio.sleep(0.2)
    untouched = await house.queue.claim(1000, ())
    assert len([one for one in untouched if one.starts == 1]) >= 30 - 16


async def test_a_retry_by_hand_does_not_wait_for_the_rest_to_end(house: House, serving):
    upstream = await serving({"greeting": ["421 4.3.2 busy", "220 hello"]})
    await house.submit()
    runner = house.runner()
    async with running(runner):
        await until(lambda: house.upstreams.wanting_no_more() == ["default"])
        house.clock.move(seconds=1)
        await house.submit()
        runner.wake(anew=True)
        await until(lambda: len(upstream.messages) == 1)


async def test_a_lease_is_renewed_while_the_work_lasts(house: House, serving):
    upstream = await serving({"dot": STALL})
    house.queue = replace(house.queue, lease_seconds=0.3)
    house.courier = replace(house.courier, queue=house.queue)
    await house.submit()
    async with (
        ticking(house.clock),
        running(house.runner(lease_seconds=0.3, drain_seconds=0.1, data_seconds=0.2)),
    ):
        await asyncio.wait_for(upstream.at_dot.wait(), 5)
        ends = house.clock().timestamp() + 1.5
        while house.clock().timestamp() < ends:
            taken = await house.database.write(lambda c: claim_due(c, "other", house.clock(), 1, 0.3))
            assert taken == []
            await asyncio.sleep(0.02)


class TestStopping:
    async def test_what_is_being_sent_comes_to_its_end(self, house: House, serving):
        upstream = await serving({"dot": STALL})
        message = await house.submit()
        async with running(house.runner(drain_seconds=0.05)) as stopping:
            await asyncio.wait_for(upstream.at_dot.wait(), 5)
            stopping.set()
            await asyncio.sleep(0.3)
            assert await house.states(message) == {"a@there.example": "queued"}
            upstream.release.set()
        assert await house.states(message) == {"a@there.example": "sent"}

    async def test_what_has_not_been_sent_is_given_back(self, house: House, serving):
        upstream = await serving({"MAIL": STALL}, connections=1)
        for _ in range(5):
            await house.submit()
        async with running(house.runner(drain_seconds=0.05)):
            await until(lambda: upstream.said("MAIL"))
        # Nobody has to wait for a lease to end.
        assert len(await house.queue.claim(10, ())) == 5
        assert upstream.messages == []

    async def test_what_is_never_answered_is_left_unknown(self, house: House, serving):
        upstream = await serving({"dot": STALL})
        message = await house.submit()
        async with running(house.runner(drain_seconds=0.05, data_seconds=0.1)):
            await asyncio.wait_for(upstream.at_dot.wait(), 5)
        assert await house.queue.claim(1, ()) == []
        house.clock.move(seconds=LEASE + house.upstreams["default"].answer_seconds + 1)
        assert len(await house.queue.claim(1, ())) == 1
        assert (await house.departures(message))[0]["outcome_unknown"]

    async def test_nothing_new_is_begun(self, house: House, serving):
        upstream = await serving()
        async with running(house.runner()) as stopping:
            stopping.set()
            await house.submit()
        assert upstream.connections == 0


class TestTroubleAtHome:
    async def test_the_loop_outlives_a_database_that_is_away(self, house: House, serving):
        upstream = await serving()
        tries = []

        class Away(type(house.queue)):
            async def claim(self, *arguments):
                tries.append(1)
                if len(tries) == 1:
                    raise Unavailable("away")
                return await super().claim(*arguments)

        house.queue = Away(house.database, "node", LEASE, house.clock)
        await house.submit()
        async with running(house.runner()):
            await until(lambda: len(upstream.messages) == 1)

    @pytest.mark.parametrize("fault", [RuntimeError("bug"), Unavailable("away")])
    async def test_a_departure_that_cannot_be_read_hurts_nobody_else(self, house: House, serving, fault):
        upstream = await serving()
        bad = await house.submit()
        good = await house.submit()

        class Broken(type(house.queue)):
            async def load(self, claim):
                if claim.message == bad:
                    raise fault
                return await super().load(claim)

        house.queue = Broken(house.database, "node", LEASE, house.clock)
        house.courier = replace(house.courier, queue=house.queue)
        async with running(house.runner()):
            await until(lambda: len(upstream.messages) == 1)
        assert await house.states(good) == {"a@there.example": "sent"}
        assert await house.states(bad) == {"a@there.example": "queued"}
