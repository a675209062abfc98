"""What somebody sends again: while the first waits, or after it was given back to be amended."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select, text

from gateway.store.entry import Entry
from gateway.store.kinds import MessageKind, MessageState
from gateway.store.models import DecisionRow, MessageRow, RecipientRow

AMENDED_WITHIN = timedelta(days=14)
"""How long after it was given back a message that is sent again is taken to be the amended one."""

_RETURNED = "returned"
_PREFIXES = re.compile(r"(?:\s*+(?:re|fwd?|aw|sv|vs|tr|wg|ateb|ymlaen)\s*+:)++\s*+", re.IGNORECASE)
_MOST = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked about a message that somebody sends. `parents` are Message-IDs that it names."""

    council: str
    person: str
    subject: str
    recipients: frozenset[str]
    parents: tuple[str, ...]
    now: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """`amends` is the queue id of the one that was given back and that this one amends, if any; `waiting` are those
    with the same subject, to the same people, that wait, the oldest first.
    """

    amends: str | None = None
    waiting: tuple[str, ...] = ()


# As in the index: a value that is bound is not known to be one of these.
_OPEN = text("message.state IN ('held', 'returned')")
_SUBMITTED = text("message.kind = 'submitted'")
# Neither kind nor order is asked for: SQLite would look through all that the council has.
_OURS = select(
    MessageRow.council_id,
    MessageRow.id,
    MessageRow.person,
    MessageRow.kind,
    MessageRow.state,
    MessageRow.subject,
    MessageRow.message_id,
    MessageRow.sealed,
).where(
    MessageRow.council_id.in_(bindparam("councils", expanding=True)),
    MessageRow.person.in_(bindparam("people", expanding=True)),
    _OPEN,
)
_GIVEN_BACK = select(DecisionRow.message_id, DecisionRow.at).where(
    DecisionRow.council_id.in_(bindparam("councils", expanding=True)),
    DecisionRow.message_id.in_(bindparam("ids", expanding=True)),
    DecisionRow.act == _RETURNED,
)
_SENT_TO = select(RecipientRow.message_id, RecipientRow.canonical).where(
    RecipientRow.council_id.in_(bindparam("councils", expanding=True)),
    RecipientRow.message_id.in_(bindparam("ids", expanding=True)),
    RecipientRow.added_by.is_(None),
)


def asked_about(entry: Entry, parents: tuple[str, ...] = ()) -> Asked:
    """What is asked about what `entry` is again. Somebody must be known to have sent it."""
    return Asked(
        council=entry.council,
        person=entry.person or "",
        subject=entry.heading.subject,
        recipients=frozenset(each.canonical for each in entry.envelope.recipients),
        parents=parents,
        now=entry.received_at,
    )


def look_all(connection: Connection, asked: Sequence[Asked]) -> list[Found]:
    """What each is, if anything, of what its sender sent before."""
    wanted = {
        "councils": sorted({one.council for one in asked}),
        "people": sorted({one.person for one in asked}),
    }
    rows: dict[tuple[str, str], list[Any]] = {}
    for row in _ours(connection, wanted):
        rows.setdefault((row.council_id, row.person), []).append(row)
    if not rows:
        return [Found() for _ in asked]
    return [_look(connection, one, rows.get((one.council, one.person), [])) for one in asked]


def waiting(connection: Connection, asked: Asked) -> tuple[str, ...]:
    """Those that wait, as in `Found`."""
    wanted = {"councils": [asked.council], "people": [asked.person]}
    return _waiting(connection, asked, _ours(connection, wanted))


def linked(connection: Connection, council: str, message: str) -> list[Any]:
    """What people sent later that is about a message: the same again, amended, or in the Clerk's name. Rows of id,
    state and person, the oldest first. None that is sealed.
    """
    rows = connection.execute(
        select(MessageRow.id, MessageRow.state, MessageRow.person, MessageRow.received_at)
        .where(
            MessageRow.council_id == council,
            MessageRow.about == message,
            MessageRow.sealed.is_not(True),
            _SUBMITTED,
        )
        .order_by(MessageRow.id)
    )
    return list(rows)


def plain(subject: str) -> str:
    """A subject as it is compared."""
    return " ".join(subject.casefold().split())


def subject_of(subject: str) -> str:
    """A subject as it is compared within a thread: without what replies and forwards put before it."""
    found = _PREFIXES.match(subject)
    return plain(subject[found.end() if found else 0 :])


def _ours(connection: Connection, wanted: Mapping[str, Sequence[str]]) -> list[Any]:
    """What of somebody's waits or was given back, the newest first; none that is sealed."""
    rows = connection.execute(_OURS, wanted)
    found = [row for row in rows if row.kind == MessageKind.SUBMITTED.value and not row.sealed]
    return sorted(found, key=lambda row: str(row.id), reverse=True)


def _look(connection: Connection, asked: Asked, rows: Sequence[Any]) -> Found:
    return Found(amends=_amends(connection, asked, rows), waiting=_waiting(connection, asked, rows))


def _waiting(connection: Connection, asked: Asked, rows: Sequence[Any]) -> tuple[str, ...]:
    subject = plain(asked.subject)
    held = [row.id for row in rows if row.state == MessageState.HELD.value and plain(row.subject) == subject][
        :_MOST
    ]
    if not held:
        return ()
    people: dict[str, set[str]] = {}
    for row in connection.execute(_SENT_TO, {"councils": [asked.council], "ids": held}):
        people.setdefault(row.message_id, set()).add(row.canonical)
    return tuple(sorted(each for each in held if people.get(each, set()) == set(asked.recipients)))


def _amends(connection: Connection, asked: Asked, rows: Sequence[Any]) -> str | None:
    """The latest that was given back within the time, and has the subject or is in the thread."""
    subject = subject_of(asked.subject)
    returned = [
        row.id
        for row in rows
        if row.state == MessageState.RETURNED.value
        and ((subject and subject_of(row.subject) == subject) or row.message_id in asked.parents)
    ][:_MOST]
    if not returned:
        return None
    lately = connection.execute(_GIVEN_BACK, {"councils": [asked.council], "ids": returned})
    ids = [row.message_id for row in lately if row.at > asked.now - AMENDED_WITHIN]
    return max(ids, default=None)
