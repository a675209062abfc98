"""Archive entries: one transaction writes message, recipients, decision, ledger and departure, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from filters.context import Envelope, Profile, Recipient
from filters.finding import Decision
from gateway.intake.submission import Origin
from gateway.store import again, answer_addresses, councils, jobs, ledger, reminders, sheet
from gateway.store.direct import Direct
from gateway.store.entry import (
    CouncilChanged,
    Entry,
    Heading,
    NewMessage,
    OverRate,
    Recorded,
    SentMeanwhile,
    new_id,
)
from gateway.store.errors import NotFound
from gateway.store.kinds import MessageKind, MessageState
from gateway.store.models import MessageRow, RecipientRow
from gateway.store.sheet import BY_POLICY, Sheet, decided_parts, insert_decision, received_parts
from gateway.store.vault import vault_of

__all__ = [
    "BY_POLICY",
    "CHECK_AGAIN",
    "CouncilChanged",
    "Entry",
    "Heading",
    "NewMessage",
    "OverRate",
    "Recorded",
    "SentMeanwhile",
    "answered_before",
    "answers_since",
    "decided_parts",
    "insert_decision",
    "is_sealed",
    "new_id",
    "over_rate",
    "received_parts",
    "record",
    "record_all",
    "recorded",
    "write_own",
]

CHECK_AGAIN = "held.checking"
"""The job that decides anew on a message that was accepted before its attachments were read. Its key is the queue id."""

REPEAT_WINDOW = timedelta(hours=24)
RATE_WINDOW = timedelta(hours=1)

# When they came in is looked at here: asked for it, SQLite would look through everything of the last day.
_WITH_KEY = select(
    MessageRow.council_id, MessageRow.submission_key, MessageRow.id, MessageRow.state, MessageRow.received_at
)
_SAME = _WITH_KEY.where(
    MessageRow.council_id.in_(bindparam("councils", expanding=True)),
    MessageRow.submission_key.in_(bindparam("keys", expanding=True)),
)
_SAME_AS_ONE = Direct(
    _WITH_KEY.where(
        MessageRow.council_id == bindparam("council"), MessageRow.submission_key == bindparam("key")
    )
)
_WRITTEN_TO = (
    select(MessageRow.person, func.count())
    .join(
        RecipientRow,
        (RecipientRow.council_id == MessageRow.council_id) & (RecipientRow.message_id == MessageRow.id),
    )
    .where(
        MessageRow.person.in_(bindparam("people", expanding=True)),
        MessageRow.received_at > bindparam("since"),
        MessageRow.state.in_([MessageState.PASSED.value, MessageState.RELEASED.value]),
    )
    .group_by(MessageRow.person)
)


def record(connection: Connection, entry: Entry) -> Recorded:
    """Write `entry`, whole. The same submission within 24 hours gives the first one's id and writes nothing.

    Raises CouncilChanged when the council is no longer the version that was decided on, and OverRate when the
    message may not simply pass because its person has written to so many already.
    """
    [outcome] = record_all(
        connection, [sheet.of_submission(entry, vault_of(connection), connection.dialect.name)]
    )
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def record_all(connection: Connection, sheets: Sequence[Sheet]) -> list[Recorded | Exception]:
    """`record` for several submissions: for each what stands in the archive, or what `record` would raise.

    Of those that it would raise for, nothing is written.
    """
    for council in sorted({one.entry.council for one in sheets}):
        ledger.lock(connection, council)
    versions = councils.versions(connection, {one.entry.council for one in sheets})
    earlier = _earlier(connection, sheets)
    written_to = _written_to(connection, sheets)
    outcomes: list[Recorded | Exception] = []
    new: list[Sheet] = []
    for one in sheets:
        entry = one.entry
        outcome = _stands_against(connection, one, versions, earlier, written_to)
        if outcome is None and entry.waiting is not None and _sent_meanwhile(connection, one, new):
            outcome = SentMeanwhile()
        if outcome is None:
            outcome = Recorded(entry.id, entry.state, joins=entry.joins)
            new.append(one)
            if one.key is not None and entry.state is not MessageState.REFUSED:
                earlier[entry.council, one.key] = Recorded(entry.id, entry.state, repeated=True)
            if entry.person is not None and entry.state is MessageState.PASSED:
                written_to[entry.person] = written_to.get(entry.person, 0) + entry.count
        outcomes.append(outcome)
    sheet.write(connection, new)
    for one in new:
        for notice in one.entry.notices:
            write_own(connection, notice, one.entry.received_at)
    held = [one.entry for one in new if one.entry.state is MessageState.HELD]
    for entry in held:
        if entry.decision.pending:
            jobs.add(connection, entry.council, CHECK_AGAIN, entry.received_at, key=entry.id)
    if held:
        reminders.hasten(connection, (each.council for each in held), max(each.received_at for each in held))
    return outcomes


def _sent_meanwhile(connection: Connection, one: Sheet, new: Sequence[Sheet]) -> bool:
    """Whether others wait than did when it was looked for what the message is the same as."""
    entry = one.entry
    if entry.waiting is None or entry.person is None:
        return False
    asked = again.asked_about(entry)
    beside = (other.entry for other in new if other.entry.state is MessageState.HELD)
    return set(again.waiting(connection, asked)) != entry.waiting or any(
        other.person == entry.person
        and again.plain(other.heading.subject) == again.plain(asked.subject)
        and {each.canonical for each in other.envelope.recipients} == asked.recipients
        for other in beside
    )


def answered_before(connection: Connection, one: Sheet) -> Recorded | None:
    """The same answer as it stands in the archive, where it was submitted within 24 hours."""
    return None if one.key is None else _earlier(connection, [one]).get((one.entry.council, one.key))


def answers_since(
    connection: Connection, council: str, about: str | None, person: str | None, since: datetime
) -> int:
    """How many answers to notices about a message somebody has given since a moment."""
    answers = select(func.count()).where(
        MessageRow.council_id == council,
        MessageRow.received_at > since,
        MessageRow.kind == MessageKind.ANSWER.value,
        MessageRow.about == about if about is not None else MessageRow.about.is_(None),
        MessageRow.person == person if person is not None else MessageRow.person.is_(None),
    )
    return int(connection.execute(answers).scalar_one())


def recorded(connection: Connection, message: str) -> Recorded | None:
    """What stands in the archive under a queue id, if anything: the answer to an unknown COMMIT."""
    row = connection.execute(select(MessageRow.id, MessageRow.state).where(MessageRow.id == message)).first()
    return None if row is None else Recorded(row.id, MessageState(row.state))


def write_own(connection: Connection, new: NewMessage, now: datetime) -> str:
    """Write and send off a message of the post room's own. Returns its queue id."""
    recipients = tuple(Recipient(address=a, canonical=a.lower()) for a in new.recipients)
    entry = Entry(
        id=new_id(now),
        council=new.council,
        council_version=councils.version(connection, new.council),
        policy_version="",
        received_at=now,
        raw=new.raw,
        envelope=Envelope(mail_from=new.mail_from, recipients=recipients, smtputf8=not new.raw.isascii()),
        origin=Origin(Profile.SUBMISSION, None, (new.council,), "", "", ""),
        person=None,
        heading=new.heading,
        decision=Decision(),
        splices=(),
        trace=b"",
        upstream=new.upstream,
        sealed=new.about is not None and is_sealed(connection, new.council, new.about),
        content=new.content,
    )
    sheet.write(connection, [sheet.of_own(entry, new.kind, new.about, vault_of(connection))])
    if new.answer is not None:
        answer_addresses.keep(connection, new.answer)
    return entry.id


def is_sealed(connection: Connection, council: str, message: str) -> bool:
    """Whether a message is one that no officer sees; what is written about it is another."""
    row = connection.execute(
        select(MessageRow.sealed).where(MessageRow.council_id == council, MessageRow.id == message)
    ).first()
    return row is not None and bool(row.sealed)


def _stands_against(
    connection: Connection,
    one: Sheet,
    versions: dict[str, int],
    earlier: dict[tuple[str, str], Recorded],
    written_to: dict[str, int],
) -> Recorded | Exception | None:
    """Why a submission is not to be written: it stands there already, or what `record` raises."""
    entry = one.entry
    if entry.council not in versions:
        return NotFound(f"no council {entry.council}")
    if versions[entry.council] != entry.council_version:
        return CouncilChanged(entry.council)
    if one.key is not None and (entry.council, one.key) in earlier:
        return earlier[entry.council, one.key]
    if entry.state is not MessageState.PASSED or entry.person is None or entry.recipients_per_hour is None:
        return None
    if written_to.get(entry.person, 0) + entry.count <= entry.recipients_per_hour:
        return None
    return OverRate(first=not _held_lately(connection, entry))


def _earlier(connection: Connection, sheets: Sequence[Sheet]) -> dict[tuple[str, str], Recorded]:
    """The first of the same submissions within 24 hours, by council and key."""
    keys = sorted({one.key for one in sheets if one.key is not None})
    if not keys:
        return {}
    councils_of = sorted({one.entry.council for one in sheets})
    found: Sequence[Sequence[Any]] = (
        _SAME_AS_ONE.all(connection, {"council": councils_of[0], "key": keys[0]})
        if len(councils_of) == len(keys) == 1
        else connection.execute(_SAME, {"councils": councils_of, "keys": keys}).all()
    )
    since = min(one.entry.received_at for one in sheets) - REPEAT_WINDOW
    rows = sorted(((at, id, council, key, state) for council, key, id, state, at in found), reverse=True)
    return {
        (council, key): Recorded(id, MessageState(state), repeated=True)
        for at, id, council, key, state in rows
        if at > since
    }


def _written_to(connection: Connection, sheets: Sequence[Sheet]) -> dict[str, int]:
    """To how many recipients each person's mail has left in the last hour, where that is limited."""
    asked = [
        one.entry
        for one in sheets
        if one.entry.state is MessageState.PASSED and one.entry.recipients_per_hour is not None
    ]
    people = sorted({entry.person for entry in asked if entry.person is not None})
    if not people:
        return {}
    since = min(entry.received_at for entry in asked) - RATE_WINDOW
    rows = connection.execute(_WRITTEN_TO, {"people": people, "since": since})
    return {str(row[0]): int(row[1]) for row in rows}


def over_rate(connection: Connection, person: str | None, count: int, most: int, now: datetime) -> bool:
    """Whether somebody would write to more than `most` recipients within the hour with `count` more."""
    if person is None:
        return False
    rows = connection.execute(_WRITTEN_TO, {"people": [person], "since": now - RATE_WINDOW})
    return sum(int(row[1]) for row in rows) + count > most


def _held_lately(connection: Connection, entry: Entry) -> bool:
    held = select(MessageRow.id).where(
        MessageRow.person == entry.person,
        MessageRow.received_at > entry.received_at - RATE_WINDOW,
        MessageRow.state == MessageState.HELD.value,
    )
    return connection.execute(held.limit(1)).first() is not None
