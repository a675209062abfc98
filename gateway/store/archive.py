"""Archive entries as rows, for showing and for verifying. Everything here asks for the council."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Row, select

from gateway.store.errors import NotFound
from gateway.store.models import DecisionRow, DepartureRow, MessageBody, MessageRow, RecipientRow


def message(connection: Connection, council: str, message_id: str) -> Row[Any]:
    """The message's row. Raises NotFound."""
    row = connection.execute(
        select(MessageRow.__table__).where(MessageRow.council_id == council, MessageRow.id == message_id)
    ).first()
    if row is None:
        raise NotFound(f"{council} has no message {message_id}")
    return row


def message_ids(connection: Connection, council: str) -> list[str]:
    """The queue ids of all the council's messages, oldest first."""
    rows = connection.execute(
        select(MessageRow.id)
        .where(MessageRow.council_id == council)
        .order_by(MessageRow.received_at, MessageRow.id)
    )
    return list(rows.scalars())


def body(connection: Connection, council: str, message_id: str) -> bytes | None:
    """The message as received, byte for byte; None where it was refused."""
    return connection.execute(
        select(MessageBody.raw).where(MessageBody.council_id == council, MessageBody.message_id == message_id)
    ).scalar()


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


def all_decisions(connection: Connection, council: str) -> Iterator[tuple[str, int]]:
    """Message and number of every decision of the council."""
    rows = connection.execute(
        select(DecisionRow.message_id, DecisionRow.number).where(DecisionRow.council_id == council)
    )
    for row in rows:
        yield row.message_id, row.number


def all_prepared(connection: Connection, council: str) -> Iterator[tuple[str, str]]:
    """Message and id of every departure of the council that has gone out, or was about to."""
    rows = connection.execute(
        select(DepartureRow.message_id, DepartureRow.id).where(
            DepartureRow.council_id == council, DepartureRow.prepended.is_not(None)
        )
    )
    for row in rows:
        yield row.message_id, row.id
