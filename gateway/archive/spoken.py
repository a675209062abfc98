"""What a link of the ledger speaks of, as it stands in the archive now."""

from __future__ import annotations

from sqlalchemy import Connection

from gateway.store import archive, audit, messages, papers, queue
from gateway.store.errors import NotFound
from gateway.store.ledger import Event, Link

OF_PAPERS = frozenset({Event.WATCHED.value, Event.UNWATCHED.value})


def parts_of(connection: Connection, council: str, link: Link) -> list[bytes]:
    """The parts that the link's content hash covers. Raises NotFound where what it speaks of is not there."""
    if link.event == Event.RECEIVED:
        return messages.received_parts(
            archive.message(connection, council, link.message),
            archive.recipients(connection, council, link.message),
        )
    if link.event in OF_PAPERS:
        return papers.parts_now(connection, council, link.event, link.message)
    if link.event == Event.AUDITED:
        return audit.parts_now(connection, council, link.part)
    if link.event == Event.DECIDED:
        return _decided(connection, council, link)
    return _departed(connection, council, link)


def _decided(connection: Connection, council: str, link: Link) -> list[bytes]:
    for row in archive.decisions(connection, council, link.message):
        if str(row.number) == link.part:
            return messages.decided_parts(row)
    raise NotFound(f"{link.message} has no decision {link.part}")


def _departed(connection: Connection, council: str, link: Link) -> list[bytes]:
    for row in archive.departures(connection, council, link.message):
        if row.id == link.part and row.prepended is not None:
            numbers = queue.numbers_of(connection, [council], [row.id])[row.id]
            return queue.departed_parts(numbers, row.splices, row.prepended, row.sent_sha256)
    raise NotFound(f"{link.message} has no departure {link.part}")
