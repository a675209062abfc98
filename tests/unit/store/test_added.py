"""Recipients whom policy added: rows of their own kind, in the ledger, in what departs."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from config.policy import Verdict
from filters.context import Added
from filters.finding import Decision
from gateway.archive.verify import verify
from gateway.store import archive, departures, holds, messages, sheet
from gateway.store.kinds import MessageState
from gateway.store.models import RecipientRow
from tests.unit.store.test_store import COUNCIL, entry, finding
from tests.unit.store.test_together import at_once, named  # noqa: F401  # fixture

CLERK = Added(address="clerk@nether.example", name="Ann Clerk", by="clerk_copy")


def recipients(database, message):
    rows = database.read_blocking(lambda c: archive.recipients(c, COUNCIL, message))
    return [(row.number, row.address, row.added_by, row.hidden, row.notify) for row in rows]


def faults(database):
    return database.read_blocking(lambda c: [fault.what for fault in verify(c, COUNCIL)])


def departed_to(database):
    listed = database.read_blocking(departures.listing)
    return [[recipient["address"] for recipient in departure["recipients"]] for departure in listed]


def test_it_stands_behind_those_of_the_envelope_and_gets_the_message(database):
    made = entry(added=(CLERK,))
    database.write_blocking(lambda c: messages.record(c, made))
    assert recipients(database, made.id)[2] == (2, CLERK.address, "clerk_copy", False, None)
    assert [row[2] for row in recipients(database, made.id)[:2]] == [None, None]
    assert departed_to(database) == [["A@b.example", "c@d.example", CLERK.address]]
    assert faults(database) == []


@pytest.mark.parametrize("changed", [{"added_by": None}, {"added_by": "somebody"}])
def test_who_added_it_is_covered_by_the_ledger(database, changed):
    made = entry(added=(CLERK,))
    database.write_blocking(lambda c: messages.record(c, made))
    with database.engine.begin() as connection:
        connection.execute(update(RecipientRow).where(RecipientRow.number == 2).values(**changed))
    assert "what was received was altered" in faults(database)


def test_nobody_can_be_made_out_to_have_been_added(database):
    made = entry()
    database.write_blocking(lambda c: messages.record(c, made))
    with database.engine.begin() as connection:
        connection.execute(update(RecipientRow).where(RecipientRow.number == 1).values(added_by="clerk_copy"))
    assert "what was received was altered" in faults(database)


def test_the_same_submission_is_the_same_whoever_was_added(database):
    first, again = entry(added=(CLERK,)), entry()
    assert sheet.of_submission(first).key == sheet.of_submission(again).key
    database.write_blocking(lambda c: messages.record(c, first))
    outcome = database.write_blocking(lambda c: messages.record(c, again))
    assert (outcome.id, outcome.repeated) == (first.id, True)
    assert len(departed_to(database)) == 1


def test_of_a_held_message_it_is_kept_and_nothing_leaves(database):
    made = entry(added=(CLERK,), decision=Decision(findings=(finding(Verdict.HOLD),)))
    database.write_blocking(lambda c: messages.record(c, made))
    assert len(recipients(database, made.id)) == 3
    assert departed_to(database) == []
    assert [row.id for row in database.read_blocking(lambda c: holds.listing(c, COUNCIL))] == [made.id]


async def test_committed_together_each_has_its_own(database, at_once):
    made = [named(number, added=(CLERK,) if number % 2 else ()) for number in range(6)]
    outcomes = await at_once(*made)
    assert [outcome.state for outcome in outcomes] == [MessageState.PASSED] * 6
    for number, one in enumerate(made):
        assert len(recipients(database, one.id)) == 2 + number % 2
    assert sorted(map(len, departed_to(database))) == [2, 2, 2, 3, 3, 3]
    assert faults(database) == []


async def test_it_counts_towards_the_rate_in_a_batch_and_after_it(database, at_once):
    limited = {"recipients_per_hour": 6, "added": (CLERK,)}
    outcomes = await at_once(*(named(number, **limited) for number in range(3)))
    assert [type(one) for one in outcomes] == [messages.Recorded] * 2 + [messages.OverRate]
    with pytest.raises(messages.OverRate):
        database.write_blocking(lambda c: messages.record(c, named(9, recipients_per_hour=6)))


def test_what_the_ledger_covers_where_nobody_was_added_is_what_it_always_was():
    received = sheet.of_submission(entry()).happenings[0]
    assert received.parts[1] == (
        b'[[0, "A@b.example", "a@b.example", null, null], [1, "c@d.example", "c@d.example", "NEVER", null]]'
    )
