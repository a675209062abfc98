"""Departures whose author is to be told that they still wait: each once, whoever looks and however often."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, false, or_, select, update

from gateway.store import bodies
from gateway.store.clock import lease_moment
from gateway.store.errors import Altered
from gateway.store.kinds import MessageKind, RecipientState
from gateway.store.models import DeliveryRow, DepartureRow, MessageRow, RecipientRow

_MOST_HEADER = 65_536


@dataclass(frozen=True, slots=True)
class Waiting:
    """A recipient not delivered to yet: DSN parameters as given, and what was said last and when, if anything."""

    address: str
    notify: str | None
    orcpt: str | None
    reply: str
    said_at: datetime


@dataclass(frozen=True, slots=True)
class Delayed:
    """A departure that waits. `beginning` is that of the message as received: its heading, or most of it."""

    departure: str
    council: str
    message: str
    author: str
    envid: str | None
    received_at: datetime
    queued_at: datetime
    beginning: bytes
    recipients: tuple[Waiting, ...]


def due(connection: Connection, queued_before: datetime, now: datetime, limit: int) -> list[tuple[str, str]]:
    """Council and departure of up to `limit` that wait since then, the oldest first.

    Not those that are being tried at this moment, our own messages, those with the null sender, or those whose
    author was told before.
    """
    rows = connection.execute(
        select(DepartureRow.council_id, DepartureRow.id)
        .join(
            MessageRow,
            and_(MessageRow.council_id == DepartureRow.council_id, MessageRow.id == DepartureRow.message_id),
        )
        .where(
            DepartureRow.done == false(),
            DepartureRow.delay_told == false(),
            DepartureRow.created_at <= queued_before,
            or_(DepartureRow.lease_until.is_(None), DepartureRow.lease_until < lease_moment(connection, now)),
            MessageRow.kind == MessageKind.SUBMITTED.value,
            MessageRow.mail_from != "",
        )
        .order_by(DepartureRow.created_at, DepartureRow.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


def take(connection: Connection, departure: str) -> Delayed | None:
    """Mark that the author is told, in the transaction that writes the notice; nobody else ends the departure
    before that is over. None where it is done, or was marked before.
    """
    marked = connection.execute(
        update(DepartureRow)
        .where(DepartureRow.id == departure, DepartureRow.done == false(), DepartureRow.delay_told == false())
        .values(delay_told=True)
    )
    if marked.rowcount != 1:
        return None
    row = connection.execute(
        select(
            DepartureRow.council_id,
            DepartureRow.message_id,
            DepartureRow.created_at,
            MessageRow.mail_from,
            MessageRow.envid,
            MessageRow.received_at,
        )
        .join_from(
            DepartureRow,
            MessageRow,
            and_(MessageRow.council_id == DepartureRow.council_id, MessageRow.id == DepartureRow.message_id),
        )
        .where(DepartureRow.id == departure)
    ).one()
    return Delayed(
        departure=departure,
        council=row.council_id,
        message=row.message_id,
        author=row.mail_from,
        envid=row.envid,
        received_at=row.received_at,
        queued_at=row.created_at,
        beginning=_beginning(connection, row.council_id, row.message_id),
        recipients=_waiting(connection, departure, row.council_id, row.message_id),
    )


def _beginning(connection: Connection, council: str, message: str) -> bytes:
    """The header, for the notice. Of a message that was altered in the archive there is none to be shown, but its author
    is told all the same that it waits, and so are others.
    """
    try:
        return bodies.beginning(connection, council, message, _MOST_HEADER) or b""
    except Altered:
        return b""


def _waiting(connection: Connection, departure: str, council: str, message: str) -> tuple[Waiting, ...]:
    rows = connection.execute(
        select(
            RecipientRow.address,
            RecipientRow.notify,
            RecipientRow.orcpt,
            DeliveryRow.reply,
            DeliveryRow.changed_at,
        )
        .join(DeliveryRow, DeliveryRow.number == RecipientRow.number)
        .where(
            RecipientRow.council_id == council,
            RecipientRow.message_id == message,
            DeliveryRow.council_id == council,
            DeliveryRow.departure_id == departure,
            DeliveryRow.state == RecipientState.QUEUED.value,
        )
        .order_by(RecipientRow.number)
    )
    return tuple(Waiting(row.address, row.notify, row.orcpt, row.reply, row.changed_at) for row in rows)
