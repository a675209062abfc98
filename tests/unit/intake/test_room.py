"""No mail is taken in while the disk is almost full or the queue too long."""

from __future__ import annotations

import asyncio

import pytest

from config.settings import Settings
from gateway.intake.room import LOOK_AGAIN_SECONDS, Room
from gateway.store import queue
from gateway.store.errors import Unavailable
from gateway.store.kinds import RecipientState
from tests.unit.intake.conftest import submission

FAR_TOO_MUCH = 1 << 40


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


def with_limits(settings: Settings, **limits: int) -> Settings:
    return settings.model_copy(update={"limits": settings.limits.model_copy(update=limits)})


async def test_there_is_room(settings, database, clock):
    assert await Room(settings, database, clock).refusal() is None


async def test_too_little_disk_is_452_until_there_is_more(settings, database, clock):
    room = Room(with_limits(settings, free_disk_mb=FAR_TOO_MUCH), database, clock)
    reply = await room.refusal()
    assert (reply.code, reply.enhanced) == (452, "4.3.1")
    room.use(settings)
    assert await room.refusal() is None


async def test_a_long_queue_is_452_until_it_is_shorter(settings, database, intake, clock):
    room = Room(with_limits(settings, queue_messages=2), database, clock)
    await intake.accept(submission("One."))
    assert await room.refusal() is None
    await intake.accept(submission("Two."))
    assert await room.refusal() is None, "looked at again within the second"
    clock.now += LOOK_AGAIN_SECONDS
    assert (await room.refusal()).code == 452
    [claim, _] = await database.write(lambda c: queue.claim(c, "node", intake._now(), 2, 60))
    sent = queue.Outcome(0, RecipientState.SENT, "250 ok", "2.0.0")
    await database.write(lambda c: queue.finish(c, queue.End(claim, [sent]), intake._now()))
    clock.now += LOOK_AGAIN_SECONDS
    assert await room.refusal() is None


async def test_many_who_ask_at_once_cost_one_look(settings, database, clock):
    looked = []

    class Counting:
        async def read(self, act):
            looked.append(1)
            return await database.read(act)

    room = Room(settings, Counting(), clock)
    await asyncio.gather(*(room.refusal() for _ in range(20)))
    assert len(looked) == 1


async def test_what_cannot_be_measured_turns_nobody_away(settings, database, clock):
    class Away:
        async def read(self, act):
            raise Unavailable("away")

    assert await Room(settings, Away(), clock).refusal() is None
