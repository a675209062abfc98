from __future__ import annotations

import asyncio

import pytest

from gateway.workers.turns import Closed, Turns


async def started(coroutine):
    task = asyncio.create_task(coroutine)
    await asyncio.sleep(0)
    return task


async def test_the_last_one_put_back_is_the_first_to_go():
    turns = Turns()
    turns.put_nowait(1)
    turns.put_nowait(2)
    assert (turns.qsize(), await turns.get(), await turns.get(), turns.empty()) == (2, 2, 1, True)


async def test_who_waits_longest_is_served_first_and_nobody_overtakes():
    turns = Turns()
    first, second = await started(turns.get()), await started(turns.get())
    turns.put_nowait(1)
    late = await started(turns.get())
    turns.put_nowait(2)
    turns.put_nowait(3)
    assert [await first, await second, await late] == [1, 2, 3]


async def test_what_comes_in_the_moment_of_giving_up_is_not_lost():
    turns = Turns()
    gone, waiting = await started(turns.get()), await started(turns.get())
    turns.put_nowait(1)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    assert await waiting == 1


async def test_who_has_given_up_is_passed_over():
    turns = Turns()
    gone, waiting = await started(turns.get()), await started(turns.get())
    gone.cancel()
    turns.put_nowait(1)
    assert await waiting == 1
    assert gone.cancelled() or gone.cancelling()


async def test_closing_sends_everybody_away():
    turns = Turns()
    waiting = await started(turns.get())
    turns.put_nowait(1)
    turns.put_nowait(2)
    late = await started(turns.get())
    turns.close()
    assert await waiting == 1
    assert await late == 2
    with pytest.raises(Closed):
        await turns.get()


async def test_closing_wakes_those_who_wait():
    turns = Turns()
    waiting = await started(turns.get())
    turns.close()
    with pytest.raises(Closed):
        await waiting
