"""A clock that is set back leaves nothing waiting for the time it showed before."""

from __future__ import annotations

import asyncio

from gateway.delivery import set_back
from tests.unit.delivery.conftest import House


async def test_what_was_put_off_by_the_old_time_is_due(house: House, serving):
    upstream = await serving({"MAIL": "451 4.3.0 later"})
    message = await house.submit()
    await house.turn()
    house.clock.move(hours=-2)
    assert await set_back.put_right(house.database, house.clock) == 1
    assert await house.due_in(message) == 0
    assert await set_back.put_right(house.database, house.clock) == 0, "once is enough"
    upstream.script = {}
    await house.turn()
    assert await house.states(message) == {"a@there.example": "sent"}


async def test_what_was_put_off_by_this_clock_waits(house: House, serving):
    await serving({"MAIL": "451 4.3.0 later"})
    message = await house.submit()
    await house.turn()
    house.clock.move(seconds=-5)
    assert await set_back.put_right(house.database, house.clock) == 0
    assert await house.due_in(message) == 35


async def test_what_is_done_stays_done(house: House, serving):
    upstream = await serving()
    await house.submit()
    await house.turn()
    house.clock.move(hours=-2)
    assert await set_back.put_right(house.database, house.clock) == 0
    assert len(upstream.messages) == 1


async def test_an_upstream_is_not_left_in_peace_until_the_old_time(house: House, serving):
    upstream = await serving({"greeting": "421 4.3.2 closing"})
    message = await house.submit()
    await house.turn()
    resting = house.upstreams["default"]
    assert resting.wants_no_more()
    house.clock.move(hours=-2)
    assert not resting.wants_no_more()
    await set_back.put_right(house.database, house.clock)
    upstream.script = {}
    await house.turn()
    assert await house.states(message) == {"a@there.example": "sent"}


async def test_it_is_looked_for_again_and_again(house: House, serving):
    await serving({"MAIL": "451 4.3.0 later"})
    message = await house.submit()
    await house.turn()
    found = asyncio.Event()
    watching = asyncio.create_task(set_back.watch(house.database, house.clock, found.set, every=0.01))
    try:
        house.clock.move(hours=-2)
        await asyncio.wait_for(found.wait(), 10)
        assert await house.due_in(message) == 0
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
