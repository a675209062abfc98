"""Delay notices and turns in the tables, on both kinds of database."""

from __future__ import annotations

from datetime import timedelta

from gateway.store import delays, messages, queue
from tests.unit.store.conftest import NOW
from tests.unit.store.test_store import COUNCIL, entry

LATER = NOW + timedelta(hours=2)


async def test_a_departure_that_waits_is_taken_once(database):
    made = entry()
    await database.write(lambda c: messages.record(c, made))
    assert await database.read(lambda c: delays.due(c, NOW - timedelta(seconds=1), LATER, 10)) == []
    [(council, departure)] = await database.read(lambda c: delays.due(c, NOW, LATER, 10))
    assert council == COUNCIL
    taken = await database.write(lambda c: delays.take(c, departure))
    assert taken.message == made.id
    assert taken.beginning == made.raw
    assert [(one.address, one.notify) for one in taken.recipients] == [
        ("A@b.example", None),
        ("c@d.example", "NEVER"),
    ]
    assert await database.write(lambda c: delays.take(c, departure)) is None
    assert await database.read(lambda c: delays.due(c, NOW, LATER, 10)) == []


async def test_what_is_being_tried_is_not_looked_at(database):
    await database.write(lambda c: messages.record(c, entry()))
    [claim] = await database.write(lambda c: queue.claim(c, "node", LATER, 1, 60))
    assert await database.read(lambda c: delays.due(c, NOW, LATER, 10)) == []
    assert await database.write(lambda c: queue.reroute(c, claim, "back"))
    assert not await database.write(lambda c: queue.reroute(c, claim, "back"))
    assert len(await database.read(lambda c: delays.due(c, NOW, LATER, 10))) == 1
    [again] = await database.write(lambda c: queue.claim(c, "node", LATER, 1, 60, ("default",)))
    assert (again.upstream, again.attempts, again.starts) == ("back", 0, 1)


async def test_turns_had_lately_count(database):
    await database.write(lambda c: messages.record(c, entry()))
    recent = {COUNCIL: 3, "other": 1}
    assert len(await database.write(lambda c: queue.claim(c, "node", LATER, 1, 60, recent=recent))) == 1
