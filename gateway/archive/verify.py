"""Proof that a council's archive is whole: the chain, and everything the chain speaks of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from gateway.archive.versions import Altered, rebuild
from gateway.store import archive, ledger, messages, queue
from gateway.store.errors import NotFound
from gateway.store.ledger import Event, Link
from signatures.message.splices import SplicesOverlap


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as the ledger says: at which link (0 where none), which message, what."""

    sequence: int
    message: str
    what: str


def verify(connection: Connection, council: str) -> Iterator[Fault]:
    """Every fault in the council's archive: altered, missing or reordered entries; none means whole."""
    previous, expected = ledger.GENESIS, 1
    seen: set[tuple[str, str, str]] = set()
    for link, salt, recorded_hash in ledger.links(connection, council):
        if link.sequence != expected:
            yield Fault(link.sequence, link.message, f"link {expected} is missing or out of order")
        if link.previous != previous:
            yield Fault(link.sequence, link.message, "the link does not follow the one before it")
        if link.hash() != recorded_hash:
            yield Fault(link.sequence, link.message, "the link was altered")
        if (link.message, link.event, link.part) in seen:
            yield Fault(link.sequence, link.message, "the link stands twice")
        seen.add((link.message, link.event, link.part))
        if salt is not None:
            yield from _content(connection, council, link, salt)
        previous, expected = recorded_hash, link.sequence + 1
    if ledger.head(connection, council) != (expected - 1, previous):
        yield Fault(expected, "", "the end of the ledger is missing or was altered")
    yield from _unchained(connection, council, seen)


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
    if link.event == Event.DECIDED:
        rows = archive.decisions(connection, council, link.message)
        return messages.decided_parts(next(row for row in rows if str(row.number) == link.part))
    gone = archive.departures(connection, council, link.message)
    row = next(row for row in gone if row.id == link.part and row.prepended is not None)
    return queue.departed_parts(connection, row.id, row.splices, row.prepended, row.sent_sha256)


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
            except (Altered, SplicesOverlap):
                yield Fault(link.sequence, link.message, "the message cannot be made again as it was sent")


def _unchained(connection: Connection, council: str, seen: set[tuple[str, str, str]]) -> Iterator[Fault]:
    """Rows that no link speaks of: slipped in, or their links were taken out."""
    for message in archive.message_ids(connection, council):
        if (message, Event.RECEIVED.value, "") not in seen:
            yield Fault(0, message, "the message is not in the ledger")
    for message, number in archive.all_decisions(connection, council):
        if (message, Event.DECIDED.value, str(number)) not in seen:
            yield Fault(0, message, f"decision {number} is not in the ledger")
    for message, departure in archive.all_prepared(connection, council):
        if (message, Event.DEPARTED.value, departure) not in seen:
            yield Fault(0, message, f"departure {departure} is not in the ledger")
