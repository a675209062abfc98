"""Archive entries as rows, for showing and for verifying. Everything here asks for the council."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, Text, cast, select, update

from gateway.store import bodies
from gateway.store.errors import NotFound
from gateway.store.kinds import MessageKind
from gateway.store.ledger import Event
from gateway.store.models import (
    DecisionRow,
    DepartureRow,
    LedgerRow,
    MessageRow,
    RecipientRow,
)
from signatures.block.record import Record


def message(connection: Connection, council: str, message_id: str) -> Row[Any]:
    """The message's row. Raises NotFound."""
    row = connection.execute(
        select(MessageRow.__table__).where(MessageRow.council_id == council, MessageRow.id == message_id)
    ).first()
    if row is None:
        raise NotFound(f"{council} has no message {message_id}")
    return row


def open_message(connection: Connection, council: str, message_id: str) -> Row[Any]:
    """The message's row, for people to look at: a sealed one is not there. Raises NotFound."""
    row = message(connection, council, message_id)
    if row.sealed:
        raise NotFound(f"{council} has no message {message_id}")
    return row


def keep_written(connection: Connection, council: str, message_id: str, record: Record) -> None:
    """Keep what is written into a message, where that was not known when it came in."""
    connection.execute(
        update(MessageRow)
        .where(MessageRow.council_id == council, MessageRow.id == message_id)
        .values(written=record.model_dump_json(exclude_defaults=True), without_waiver=record.without_waiver)
    )


def listing(
    connection: Connection,
    council: str,
    since: datetime | None = None,
    until: datetime | None = None,
    *,
    without_waiver: bool = False,
) -> list[Row[Any]]:
    """The messages that people of the council submitted, oldest first; on request only those that go without
    the waiver that they should have. None that is sealed.
    """
    wanted = select(
        MessageRow.id,
        MessageRow.state,
        MessageRow.received_at,
        MessageRow.person,
        MessageRow.header_from,
        MessageRow.subject,
        MessageRow.without_waiver,
        MessageRow.written,
        MessageRow.capacity,
    ).where(
        MessageRow.council_id == council,
        MessageRow.kind == MessageKind.SUBMITTED.value,
        MessageRow.sealed.is_not(True),
    )
    if without_waiver:
        wanted = wanted.where(MessageRow.without_waiver.is_not(None))
    if since is not None:
        wanted = wanted.where(MessageRow.received_at >= since)
    if until is not None:
        wanted = wanted.where(MessageRow.received_at < until)
    return list(connection.execute(wanted.order_by(MessageRow.received_at, MessageRow.id)))


def message_ids(connection: Connection, council: str) -> list[str]:
    """The queue ids of all the council's messages, oldest first."""
    rows = connection.execute(
        select(MessageRow.id)
        .where(MessageRow.council_id == council)
        .order_by(MessageRow.received_at, MessageRow.id)
    )
    return list(rows.scalars())


def body(connection: Connection, council: str, message_id: str) -> bytes | None:
    """The message as received, byte for byte; None where it was refused. Raises Altered."""
    return bodies.load_one(connection, council, message_id)


def recipients(connection: Connection, council: str, message_id: str) -> list[Row[Any]]:
    """The envelope recipients, in their order."""
    rows = connection.execute(
        select(RecipientRow.__table__)
        .where(RecipientRow.council_id == council, RecipientRow.message_id == message_id)
        .order_by(RecipientRow.number)
    )
    return list(rows)


def decisions(connection: Connection, council: str, message_id: str) -> list[Row[Any]]:
    """The decisions on a message, the policy's first."""
    rows = connection.execute(
        select(DecisionRow.__table__)
        .where(DecisionRow.council_id == council, DecisionRow.message_id == message_id)
        .order_by(DecisionRow.number)
    )
    return list(rows)


def departures(connection: Connection, council: str, message_id: str) -> list[Row[Any]]:
    """The message's departures, oldest first."""
    rows = connection.execute(
        select(DepartureRow.__table__)
        .where(DepartureRow.council_id == council, DepartureRow.message_id == message_id)
        .order_by(DepartureRow.created_at, DepartureRow.id)
    )
    return list(rows)


def unchained_messages(connection: Connection, council: str) -> list[str]:
    """The messages that no link of the ledger says were received."""
    said = _said(council, Event.RECEIVED).where(LedgerRow.message_id == MessageRow.id, LedgerRow.part == "")
    rows = connection.execute(
        select(MessageRow.id).where(MessageRow.council_id == council, ~said.exists()).order_by(MessageRow.id)
    )
    return list(rows.scalars())


def unchained_decisions(connection: Connection, council: str) -> list[tuple[str, int]]:
    """Message and number of each decision that no link of the ledger speaks of."""
    said = _said(council, Event.DECIDED).where(
        LedgerRow.message_id == DecisionRow.message_id, LedgerRow.part == cast(DecisionRow.number, Text)
    )
    rows = connection.execute(
        select(DecisionRow.message_id, DecisionRow.number).where(
            DecisionRow.council_id == council, ~said.exists()
        )
    )
    return [(row.message_id, row.number) for row in rows]


def unchained_departures(connection: Connection, council: str) -> list[tuple[str, str]]:
    """Message and id of each departure that went out, or was about to, and no link of the ledger says so."""
    said = _said(council, Event.DEPARTED).where(
        LedgerRow.message_id == DepartureRow.message_id, LedgerRow.part == DepartureRow.id
    )
    rows = connection.execute(
        select(DepartureRow.message_id, DepartureRow.id).where(
            DepartureRow.council_id == council, DepartureRow.prepended.is_not(None), ~said.exists()
        )
    )
    return [(row.message_id, row.id) for row in rows]


def _said(council: str, event: Event) -> Select[int]:
    return select(LedgerRow.sequence).where(LedgerRow.council_id == council, LedgerRow.event == event.value)
