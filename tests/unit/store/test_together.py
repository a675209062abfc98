"""Submissions that are committed together are each treated as if they had come alone."""

from __future__ import annotations

import asyncio
import time

import pytest

from filters.finding import Decision
from gateway.archive.verify import verify
from gateway.store import councils, messages, sheet
from gateway.store.errors import NotFound
from gateway.store.kinds import MessageState
from tests.unit.store.conftest import NOW
from tests.unit.store.test_store import COUNCIL, count, entry


def named(number: int, **changes) -> messages.Entry:
    heading = messages.Heading(f"<{number}@x>", "Hi", "jo@nether.example", "nether.example")
    return entry(id=messages.new_id(NOW), heading=heading, **changes)


async def together(database, *entries):
    """What becomes of entries that wait for the writer at the same time."""
    works = [
        database.write_together(messages.record_all, sheet.of_submission(one), council=one.council)
        for one in entries
    ]
    return await asyncio.gather(*works, return_exceptions=True)


@pytest.fixture
def at_once(database):
    """Keep the writer busy until the others wait, so that they are one batch."""

    async def run(*entries):
        async def busy():
            await database.write(lambda _: time.sleep(0.2))

        waiting = asyncio.create_task(busy())
        await asyncio.sleep(0.05)
        outcomes = await together(database, *entries)
        await waiting
        return outcomes

    return run


async def test_each_is_written_whole_and_the_ledger_verifies(database, at_once):
    made = [named(number) for number in range(10)]
    outcomes = await at_once(*made)
    assert outcomes == [messages.Recorded(one.id, MessageState.PASSED) for one in made]
    assert count(database, "message") == count(database, "departure") == 10
    assert count(database, "recipient") == count(database, "delivery") == 20
    assert count(database, "ledger") == 20
    assert database.read_blocking(lambda c: list(verify(c, COUNCIL))) == []


async def test_the_same_submission_twice_is_one_message(database, at_once):
    first, again, other = named(1), named(1), named(2)
    outcomes = await at_once(first, again, other)
    assert [(one.id, one.repeated) for one in outcomes] == [
        (first.id, False),
        (first.id, True),
        (other.id, False),
    ]
    assert count(database, "message") == 2


async def test_those_written_just_before_count_towards_the_rate(database, at_once):
    # Two recipients each, so the third goes over.
    outcomes = await at_once(*(named(number, recipients_per_hour=5) for number in range(4)))
    assert [type(one) for one in outcomes] == [messages.Recorded] * 2 + [messages.OverRate] * 2
    assert outcomes[2].first
    assert count(database, "message") == 2
    [later] = await together(database, named(9, recipients_per_hour=5))
    assert isinstance(later, messages.OverRate)


async def test_one_decided_on_an_older_council_leaves_the_others_alone(database, at_once):
    outcomes = await at_once(named(1), named(2, council_version=7), named(3))
    assert [type(one) for one in outcomes] == [messages.Recorded, messages.CouncilChanged, messages.Recorded]
    assert count(database, "message") == 2


async def test_one_of_no_council_leaves_the_others_alone(database, at_once):
    outcomes = await at_once(named(1), named(2, council="nowhere"))
    assert [type(one) for one in outcomes] == [messages.Recorded, NotFound]


async def test_one_that_cannot_be_written_leaves_the_others_alone(database, at_once):
    twice = named(1)
    outcomes = await at_once(
        named(2), twice, named(3, decision=Decision()), entry(id=twice.id, raw=b"\r\nx\r\n")
    )
    assert [isinstance(one, Exception) for one in outcomes] == [False, False, False, True]
    assert count(database, "message") == 3
    assert database.read_blocking(lambda c: list(verify(c, COUNCIL))) == []


async def test_councils_are_kept_apart(database, council, at_once):
    other = council.model_copy(update={"id": "upper", "domains": ("upper.example",)})
    await database.write(lambda c: councils.save(c, other, NOW, "test"))
    outcomes = await at_once(named(1), named(1, council="upper"), named(2), named(2, council="upper"))
    assert not any(one.repeated for one in outcomes)
    for one in (COUNCIL, "upper"):
        assert len(database.read_blocking(lambda c, one=one: list(verify(c, one)))) == 0
    assert count(database, "ledger") == 8
