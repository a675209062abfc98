"""Proof that a council's archive is whole: the chain, and everything the chain speaks of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from gateway.archive.offline.check import Anchor
from gateway.archive.spoken import parts_of
from gateway.archive.versions import Altered, rebuild
from gateway.store import anchors as signed
from gateway.store import archive, audit, ledger, papers
from gateway.store.errors import NotFound
from gateway.store.index import whole
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


def verify(connection: Connection, council: str, anchors: Sequence[Anchor] = ()) -> Iterator[Fault]:
    """Every fault in the council's archive: altered, missing or reordered entries; none means whole.

    It is held against `anchors`, which were kept elsewhere, and against those that the database has itself. Only the
    former tell of a chain that was made anew, or cut at its end, by somebody who could change all of the database.
    """
    position, over = Position(), False
    while not over:
        stretch = verify_stretch(connection, council, position, _STRETCH, anchors)
        yield from stretch.faults
        position, over = stretch.position, stretch.over


def verify_stretch(
    connection: Connection, council: str, position: Position, most: int, anchors: Sequence[Anchor] = ()
) -> Stretch:
    """The faults in up to `most` links from behind `position`, and at the end in what no link speaks of.

    A walk may take each stretch in a transaction of its own, while mail goes on: links are only ever added,
    and what a link says is looked up with it.
    """
    found: list[Fault] = []
    links = ledger.links(connection, council, position.sequence, most)
    over = len(links) < most
    begun = position
    hashes = {0: ledger.GENESIS} if begun.sequence == 0 else {}
    for link, salt, recorded_hash in links:
        found += _chained(link, recorded_hash, position)
        if salt is not None:
            found += _content(connection, council, link, salt)
        position = Position(link.sequence, recorded_hash)
        hashes[link.sequence] = recorded_hash
    own = signed.from_link(connection, council, begun.sequence or -1, None if over else position.sequence)
    found += _own(connection, own)
    usable = [each for each in anchors if each.council == council and each.is_signed()]
    found += _anchored(hashes, [*usable, *own], position if over else None)
    if begun.sequence == 0:
        found += _acceptable(connection, council, anchors)
    if over:
        found += _end(connection, council, position)
    return Stretch(tuple(found), position, over)


def _acceptable(connection: Connection, council: str, anchors: Iterable[Anchor]) -> Iterator[Fault]:
    """Whether anchors that somebody brings are of this council, and signed by this installation."""
    key = signed.public_key(connection)
    for anchor in anchors:
        if anchor.council != council:
            yield Fault(anchor.links, "", f"{anchor.of()} is of another council")
        elif not anchor.is_signed():
            yield Fault(anchor.links, "", f"the signature of {anchor.of()} is not of what it says")
        elif anchor.key != key:
            yield Fault(anchor.links, "", f"{anchor.of()} is signed with a key that is not this database's")


def _own(connection: Connection, anchors: Sequence[Anchor]) -> Iterator[Fault]:
    key = signed.public_key(connection) if anchors else None
    for anchor in anchors:
        if anchor.key != key or not anchor.is_signed():
            yield Fault(anchor.links, "", f"{anchor.of()}, as the database has it, was altered")


def _anchored(hashes: dict[int, str], anchors: Sequence[Anchor], end: Position | None) -> Iterator[Fault]:
    """Whether links are those that anchors were made of, and whether there are all that were anchored."""
    for anchor in anchors:
        if anchor.links in hashes and hashes[anchor.links] != anchor.head:
            what = f"it is not the link that {anchor.of()} was made of: the chain was made anew"
            yield Fault(anchor.links, "", what)
        elif end is not None and anchor.links > end.sequence:
            what = (
                f"links {end.sequence + 1} to {anchor.links} are missing: {anchor.of()} counts {anchor.links}"
            )
            yield Fault(anchor.links, "", what)


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
    for message, number in audit.unchained(connection, council):
        yield Fault(0, message, f"row {number} of what was done with the archive is not in the ledger")
    there = {anchor.links for anchor in signed.from_link(connection, council)}
    for row in audit.rows(connection, council, act=audit.Act.ANCHORED):
        links = (row.done.detail or {}).get("links")
        if isinstance(links, int) and links not in there:
            yield Fault(links, "", "the anchor that was made of it is missing")
    for message, what in whole.faults(connection, council):
        yield Fault(0, message, what)


def _content(connection: Connection, council: str, link: Link, salt: bytes) -> Iterator[Fault]:
    """Whether what a link speaks of is there and as it was."""
    try:
        parts = parts_of(connection, council, link)
    except NotFound:
        yield Fault(link.sequence, link.message, f"what was {link.event} is missing")
        return
    if ledger.content_hash(salt, parts) != link.content:
        yield Fault(link.sequence, link.message, f"what was {link.event} was altered")
    if link.event == Event.RECEIVED:
        yield from _bytes_received(connection, council, link)
    elif link.event == Event.DEPARTED:
        yield from _bytes_sent(connection, council, link)


def _bytes_received(connection: Connection, council: str, link: Link) -> Iterator[Fault]:
    row = archive.message(connection, council, link.message)
    try:
        raw = archive.body(connection, council, link.message)
    except Altered:
        yield Fault(link.sequence, link.message, "the message's text was altered")
        return
    if raw is None:
        if row.state != "refused":
            yield Fault(link.sequence, link.message, "the message's text is missing")
    elif row.state == "refused":
        yield Fault(link.sequence, link.message, "a refused message's text was kept")
    elif hashlib.sha256(raw).hexdigest() != row.sha256:
        yield Fault(link.sequence, link.message, "the message's text was altered")


def _bytes_sent(connection: Connection, council: str, link: Link) -> Iterator[Fault]:
    try:
        raw = archive.body(connection, council, link.message)
    except Altered:
        raw = None
    if raw is None:
        return  # Reported where the message was received.
    for row in archive.departures(connection, council, link.message):
        if row.id == link.part:
            try:
                rebuild(raw, row)
            except (Altered, SplicesOverlap, ValueError, TypeError):  # Splices may have become anything.
                yield Fault(link.sequence, link.message, "the message cannot be made again as it was sent")
