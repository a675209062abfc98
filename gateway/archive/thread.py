"""The thread of a message: what is archived of an exchange, in order, with a gap for each message that is not.

A gap is told by the Message-ID that a message of the thread names and no other has: mail that came from elsewhere, was
never archived, or is sealed. Of that, nothing more is told, and nothing is connected by it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import Connection

from gateway.holds.casework import is_casework
from gateway.notices import mask
from gateway.store.errors import NotFound
from gateway.store.search import threads
from gateway.store.search.described import Described, described
from gateway.store.search.threads import Member


@dataclass(frozen=True, slots=True)
class Known:
    """A message of a thread that is archived; of a resident's casework subject and recipients are masked."""

    message: str
    at: datetime
    kind: str
    state: str
    author: str
    subject: str
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """A message that others of the thread answer or refer to, by its Message-ID, and that is not in the archive."""

    message_id: str


Step: TypeAlias = Known | Gap

_AT_ONCE = 500


def thread(connection: Connection, council: str, message: str) -> tuple[Step, ...]:
    """All that is connected with a message, by its queue id or Message-ID, oldest first. A gap stands right before the
    first message that refers to it. Raises NotFound, for a sealed message too.
    """
    asked = threads.of_id(connection, council, message)
    if not asked:
        raise NotFound(f"{council} has no message {message}")
    members = threads.members(connection, council, threads.connected(connection, council, asked))
    return tuple(_steps(members, _told(connection, council, members)))


def _steps(members: list[Member], told: dict[int, Described]) -> Iterator[Step]:
    met = {each.message_id for each in members}
    for each in members:
        for ref in each.references:
            if ref not in met:
                met.add(ref)
                yield Gap(ref)
        yield _known(told[each.number])


def _told(connection: Connection, council: str, members: list[Member]) -> dict[int, Described]:
    numbers = [each.number for each in members]
    found: dict[int, Described] = {}
    for start in range(0, len(numbers), _AT_ONCE):
        found |= described(connection, council, numbers[start : start + _AT_ONCE])
    return found


def _known(each: Described) -> Known:
    hide = is_casework(each.row)
    return Known(
        each.row.id,
        each.row.received_at,
        each.row.kind,
        each.row.state,
        each.author,
        mask.hidden(each.row.subject) if hide else each.row.subject,
        tuple(mask.address(to) if hide else to for to in each.recipients),
    )
