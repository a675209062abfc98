"""What people were told of waiting mail, each thing once, and the held messages that they may be told of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects import postgresql, sqlite

from gateway.store import jobs
from gateway.store.kinds import MessageState
from gateway.store.latest import latest
from gateway.store.models import DecisionRow, MessageRow, ReminderRow

KIND = "held.remind"
"""The job that tells people that mail waits."""

_OF_COUNCIL = ""


def hasten(connection: Connection, councils: Iterable[str], now: datetime) -> None:
    """Have somebody told soon of what was held just now."""
    for council in sorted(set(councils)):
        jobs.hasten(connection, council, KIND, now)


def tell_once(
    connection: Connection, council: str, step: str, now: datetime, message: str | None = None
) -> bool:
    """Note that a step is done for a message, or for the council as a whole. False where it was done before."""
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert
    added = connection.execute(
        insert(ReminderRow)
        .values(council_id=council, message_id=message or _OF_COUNCIL, step=step, at=now)
        .on_conflict_do_nothing()
        .returning(ReminderRow.step)
    )
    return added.first() is not None


def told(connection: Connection, council: str) -> dict[str, frozenset[str]]:
    """The steps that are done for each of the council's held messages."""
    rows = connection.execute(
        select(ReminderRow.message_id, ReminderRow.step)
        .join(
            MessageRow,
            (MessageRow.council_id == ReminderRow.council_id) & (MessageRow.id == ReminderRow.message_id),
        )
        .where(ReminderRow.council_id == council, MessageRow.state == MessageState.HELD.value)
    )
    found: dict[str, frozenset[str]] = {}
    for row in rows:
        found[row.message_id] = found.get(row.message_id, frozenset()) | {row.step}
    return found


def of_message(connection: Connection, council: str, message: str) -> dict[str, datetime]:
    """The steps that are done for a message, and when."""
    rows = connection.execute(
        select(ReminderRow.step, ReminderRow.at)
        .where(ReminderRow.council_id == council, ReminderRow.message_id == message)
        .order_by(ReminderRow.at, ReminderRow.step)
    )
    return {row.step: row.at for row in rows}


def waiting_ids(connection: Connection, council: str) -> frozenset[str]:
    """The queue ids of the council's held messages."""
    rows = connection.execute(
        select(MessageRow.id).where(
            MessageRow.council_id == council, MessageRow.state == MessageState.HELD.value
        )
    )
    return frozenset(rows.scalars())


def waiting(connection: Connection, council: str) -> Sequence[Row[*tuple[Any, ...]]]:
    """The council's held messages, sealed ones among them, oldest first, with the policy's findings."""
    rows = connection.execute(
        select(
            MessageRow.id,
            MessageRow.received_at,
            MessageRow.person,
            MessageRow.sealed,
            DecisionRow.findings,
        )
        .join(DecisionRow, latest())
        .where(MessageRow.council_id == council, MessageRow.state == MessageState.HELD.value)
        .order_by(MessageRow.received_at, MessageRow.id)
    )
    return rows.all()
