"""Proof that a council's archive is whole: the chain, and everything the chain speaks of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from gateway.archive.versions import Altered, rebuild
from gateway.store import archive, ledger, messages, papers, queue
from gateway.store.errors import NotFound
from gateway.store.ledger import Event, Link
from signatures.message.splices import SplicesOverlap


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as the ledger says: at which link (0 where none), which message, what."""

    sequence: int
    message: str
    what: str


@dataclass(frozen=True, slots=True)
class Position:
    """How far a walk along the ledger has come: the last link looked at, and the hash that it carries."""

    sequence: int = 0
    hash: str = ledger.GENESIS


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a stretch of the ledger came to. `over` when there is nothing behind it."""

    faults: tuple[Fault, ...]
    position: Position
    over: bool


_STRETCH = 500
_OF_PAPERS = frozenset({Event.WATCHED.value, Event.UNWATCHED.value})


def verify(connection: Connection, council: str) -> Iterator[Fault]:
    """Every fault in the council's archive: altered, missing or reordered entries; none means whole."""
    position, over = Position(), False
    while not over:
        stretch = verify_stretch(connection, council, position, _STRETCH)
        yield from stretch.faults
        position, over = stretch.position, stretch.over


def verify_stretch(connection: Connection, council: str, position: Position, most: int) -> Stretch:
    """The faults in up to `most` links from behind `position`, and at the end in what no link speaks of.

    A walk may take each stretch in a transaction of its own, while mail goes on: links are only ever added,
    and what a link says is looked up with it.
    """
    found: list[Fault] = []
    links = ledger.links(connection, council, position.sequence, most)
    for link, salt, recorded_hash in links:
        found += _chained(link, recorded_hash, position)
        if salt is not None:
            found += _content(connection, council, link, salt)
        position = Position(link.sequence, recorded_hash)
    over = len(links) < most
    if over:
        found += _end(connection, council, position)
    return Stretch(tuple(found), position, over)


def _chained(link: Link, recorded_hash: str, before: Position) -> Iterator[Fault]:
    if link.sequence != before.sequence + 1:
        yield Fault(link.sequence, link.message, f"link {before.sequence + 1} is missing or out of order")
    if link.previous != before.hash:
        yield Fault(link.sequence, link.message, "the link does not follow the one before it")
    if link.hash() != recorded_hash:
        yield Fault(link.sequence, link.message, "the link was altered")


def _end(connection: Connection, council: str, position: Position) -> Iterator[Fault]:
    """Whether the chain ends where it should; what it says twice; rows that no link speaks of.

    Those were slipped in, or their links were taken out.
    """
    if ledger.head(connection, council) != (position.sequence, position.hash):
        yield Fault(position.sequence + 1, "", "the end of the ledger is missing or was altered")
    for message, _, _, sequence in ledger.repeated(connection, council):
        yield Fault(sequence, message, "the link stands twice")
    for message in archive.unchained_messages(connection, council):
        yield Fault(0, message, "the message is not in the ledger")
    for message, number in archive.unchained_decisions(connection, council):
        yield Fault(0, message, f"decision {number} is not in the ledger")
    for message, departure in archive.unchained_departures(connection, council):
        yield Fault(0, message, f"departure {departure} is not in the ledger")
    for paper, event in papers.unchained(connection, council):
        yield Fault(0, paper, f"that the paper was {event} is not in the ledger")


def _content(connection: Connection, council: str, link: Link, salt: bytes) -> Iterator[Fault]:
    """Whether what a link speaks of is there and as it was."""
    try:
        parts = _parts(connection, council, link)
    except (NotFound, StopIteration):
        yield Fault(link.sequence, link.message, f"what was {link.event} is missing")
        return
    if ledger.content_hash(salt, parts) != link.content:
        yield Fault(link.sequence, link.message, f"what was {link.event} was altered")
    if link.event == Event.RECEIVED:
        yield from _bytes_received(connection, council, link)
    elif link.event == Event.DEPARTED:
        yield from _bytes_sent(connection, council, link)


def _parts(connection: Connection, council: str, link: Link) -> list[bytes]:
    if link.event == Event.RECEIVED:
        return messages.received_parts(
            archive.message(connection, council, link.message),
            archive.recipients(connection, council, link.message),
        )
    if link.event in _OF_PAPERS:
        return papers.parts_now(connection, council, link.event, link.message)
    if link.event == Event.DECIDED:
        rows = archive.decisions(connection, council, link.message)
        return messages.decided_parts(next(row for row in rows if str(row.number) == link.part))
    gone = archive.departures(connection, council, link.message)
    row = next(row for row in gone if row.id == link.part and row.prepended is not None)
    numbers = queue.numbers_of(connection, [council], [row.id])[row.id]
    return queue.departed_parts(numbers, row.splices, row.prepended, row.sent_sha256)


def _bytes_received(connection: Connection, council: str, link: Link) -> Iterator[Fault]:
    row = archive.message(connection, council, link.message)
    raw = archive.body(connection, council, link.message)
    if raw is None:
        if row.state != "refused":
            yield Fault(link.sequence, link.message, "the message's text is missing")
    elif row.state == "refused":
        yield Fault(link.sequence, link.message, "a refused message's text was kept")
    elif hashlib.sha256(raw).hexdigest() != row.sha256:
        yield Fault(link.sequence, link.message, "the message's text was altered")


def _bytes_sent(connection: Connection, council: str, link: Link) -> Iterator[Fault]:
    raw = archive.body(connection, council, link.message)
    if raw is None:
        return  # Reported where the message was received.
    for row in archive.departures(connection, council, link.message):
        if row.id == link.part:
            try:
                rebuild(raw, row)
            except (Altered, SplicesOverlap, ValueError, TypeError):  # Splices may have become anything.
                yield Fault(link.sequence, link.message, "the message cannot be made again as it was sent")
