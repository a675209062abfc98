"""When a copy is ordered: with the first upstream that takes the message, once, and for nobody who did not ask."""

from __future__ import annotations

from datetime import timedelta

from prometheus_client import REGISTRY
from sqlalchemy import text

from gateway.sent.order import Order, Orders
from gateway.store import jobs, queue
from gateway.store.kinds import MessageKind
from gateway.store.queue import Leaving
from tests.unit.delivery.conftest import COUNCIL, TRACE
from tests.unit.sent.conftest import submit, tasks


async def orders(house) -> list[Order]:
    return [Order.of(task.job) for task in await tasks(house)]


async def rows(house) -> int:
    return await house.database.read(lambda c: c.execute(text("select count(*) from job")).scalar_one())


async def test_nobody_asked_and_there_is_no_job(house, serving):
    await serving()
    message = await submit(house)
    await house.turn()
    assert await house.states(message) == {"a@there.example": "sent"}
    assert await rows(house) == 0


async def test_taken_and_it_is_ordered_as_it_was_sent(house, serving, ask_for):
    await serving()
    await ask_for(way="sent_folder")
    message = await submit(house)
    await house.turn()
    [departure] = await house.departures(message)
    assert await orders(house) == [Order(message, departure["departure"], house.clock())]


async def test_not_taken_and_there_is_none(house, serving, ask_for):
    await ask_for(way="mail")
    await serving({"RCPT": ["550 5.1.1 no", "450 4.2.0 later"]})
    await submit(house)
    await submit(house, "b@there.example")
    await house.turn()
    assert await rows(house) == 0


async def test_some_of_them_taken_now_and_others_later_is_one_copy(house, serving, ask_for):
    await ask_for(way="sent_folder")
    await serving({"RCPT": ["250 ok", "450 4.2.0 later", "250 ok"]})
    message = await submit(house, "a@there.example", "b@there.example")
    await house.turn()
    first = house.clock()
    assert await rows(house) == 1
    house.clock.move(minutes=10)
    await house.turn()
    assert set((await house.states(message)).values()) == {"sent"}
    [order] = await orders(house)
    assert order.sent_at == first


async def test_departures_one_after_the_other_are_one_copy_of_the_first(house, serving, ask_for):
    await ask_for(way="sent_folder")
    await serving()
    message = await submit(house)
    [first] = await house.departures(message)
    await house.turn()
    leaving = Leaving(COUNCIL, message, "nether.example", "default", TRACE, (), (0,), house.clock())
    await house.database.write(lambda c: queue.depart(c, leaving))
    await house.turn()
    assert len(await house.departures(message)) == 2
    assert [order.departure for order in await orders(house)] == [first["departure"]]


async def test_what_the_post_room_writes_and_what_nobody_sent_has_none(house, serving, ask_for):
    await ask_for(way="sent_folder")
    await serving()
    await house.write_own(MessageKind.NOTICE)
    await house.write_own(MessageKind.BOUNCE)
    await submit(house, person=None)
    assert len(await house.turn()) == 3
    assert await rows(house) == 0


async def test_a_council_that_changes_its_mind_is_heard(house, serving, ask_for):
    await serving()
    counts = []
    for way in ("off", "mail", "off", "sent_folder"):
        await ask_for(way=way)
        await submit(house)
        await house.turn()
        counts.append(await rows(house))
    assert counts == [0, 1, 1, 2]


async def test_a_fault_in_ordering_harms_no_delivery(house, serving, ask_for, monkeypatch):
    def fault(*_: object) -> None:
        raise ValueError("nobody foresaw it")

    before = REGISTRY.get_sample_value(
        "vestry_sent_copies_total", {"way": "unknown", "result": "not ordered"}
    )
    monkeypatch.setattr(Orders, "_place", fault)
    await serving()
    await ask_for(way="sent_folder")
    message = await submit(house)
    await house.turn()
    assert await house.states(message) == {"a@there.example": "sent"}
    after = REGISTRY.get_sample_value("vestry_sent_copies_total", {"way": "unknown", "result": "not ordered"})
    assert after == (before or 0) + 1


async def test_an_order_is_in_the_commit_that_says_it_was_taken(house, serving, ask_for, monkeypatch):
    """What the database does not take of it, it takes none of, and is offered again."""
    from sqlalchemy.exc import OperationalError

    add, failures = jobs.add, [OperationalError("insert", {}, Exception("locked"))] * 2
    seen = []

    def failing(connection, *arguments, **options):
        if failures:
            seen.append(
                connection.execute(text("select count(*) from delivery where state = 'sent'")).scalar()
            )
            raise failures.pop()
        return add(connection, *arguments, **options)

    monkeypatch.setattr("gateway.sent.order.jobs.add", failing)
    await serving()
    await ask_for(way="sent_folder")
    message = await submit(house)
    await house.turn()
    assert seen == [1, 1]
    assert await house.states(message) == {"a@there.example": "sent"}
    assert len(await orders(house)) == 1


def test_an_order_is_kept_without_a_word_of_the_message(house):
    order = Order("1M7Z", "ab12", house.clock() + timedelta(microseconds=5))
    assert order.payload == {"departure": "ab12", "sent_at": "2026-05-11T09:30:00.000005+00:00"}
