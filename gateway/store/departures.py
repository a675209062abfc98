"""The queue as people look at it: what waits, for whom, since when, and what the upstream said."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, false, func, select, update

from gateway.store.kinds import RecipientState
from gateway.store.models import DeliveryRow, DepartureRow, MessageRow, RecipientRow

_CLOCKS_DIFFER = timedelta(minutes=1)
"""By how much the clocks of nodes may differ without one of them having been set back."""


def depth(connection: Connection) -> tuple[dict[str, int], datetime | None]:
    """Waiting recipients by council, and since when the oldest departure among them waits."""
    counts = connection.execute(
        select(DeliveryRow.council_id, func.count())
        .join(
            DepartureRow,
            and_(
                DepartureRow.council_id == DeliveryRow.council_id, DepartureRow.id == DeliveryRow.departure_id
            ),
        )
        .where(DepartureRow.done == false(), DeliveryRow.state == RecipientState.QUEUED.value)
        .group_by(DeliveryRow.council_id)
    ).all()
    oldest = connection.execute(
        select(func.min(DepartureRow.created_at)).where(DepartureRow.done == false())
    ).scalar()
    return {row[0]: row[1] for row in counts}, oldest


def waiting(connection: Connection, most: int) -> int:
    """How many departures are not done, counted up to `most` and no further."""
    some = select(DepartureRow.id).where(DepartureRow.done == false()).limit(most).subquery()
    return connection.execute(select(func.count()).select_from(some)).scalar_one()


def listing(connection: Connection, council: str | None = None) -> list[dict[str, Any]]:
    """Departures that are not done, oldest first, each with its recipients. Those of sealed messages are not named."""
    wanted: ColumnElement[bool] = DepartureRow.done == false()
    if council is not None:
        wanted = and_(wanted, DepartureRow.council_id == council)
    rows = connection.execute(
        select(DepartureRow, MessageRow.kind, MessageRow.sealed)
        .join(
            MessageRow,
            and_(MessageRow.council_id == DepartureRow.council_id, MessageRow.id == DepartureRow.message_id),
        )
        .where(wanted)
        .order_by(DepartureRow.created_at)
    ).all()
    return [_described(connection, row) for row in rows]


def of_message(connection: Connection, council: str, message: str) -> list[dict[str, Any]]:
    """All departures of a message, done or not, oldest first, each with its recipients, as in `listing`."""
    rows = connection.execute(
        select(DepartureRow, MessageRow.sealed)
        .join(
            MessageRow,
            and_(MessageRow.council_id == DepartureRow.council_id, MessageRow.id == DepartureRow.message_id),
        )
        .where(DepartureRow.council_id == council, DepartureRow.message_id == message)
        .order_by(DepartureRow.created_at)
    ).all()
    return [_described(connection, row) for row in rows]


def retry(connection: Connection, departure: str | None, now: datetime) -> int:
    """Make a waiting departure (or all of them) due now. Returns how many."""
    waiting = and_(DepartureRow.done == false(), DepartureRow.lease_until.is_(None))
    if departure is not None:
        waiting = and_(waiting, DepartureRow.id == departure)
    connection.execute(
        update(DeliveryRow)
        .where(
            DeliveryRow.departure_id.in_(select(DepartureRow.id).where(waiting)),
            DeliveryRow.state == RecipientState.QUEUED.value,
        )
        .values(next_attempt=now)
    )
    return connection.execute(update(DepartureRow).where(waiting).values(next_attempt=now)).rowcount


def ahead(connection: Connection, now: datetime) -> bool:
    """Whether something waits that was last dealt with at a time that is yet to come."""
    found = select(DepartureRow.id).where(DepartureRow.done == false(), _ahead(now).exists()).limit(1)
    return connection.execute(found).first() is not None


def catch_up(connection: Connection, now: datetime) -> int:
    """Make due now what is `ahead`: the clock was set back since. Returns how many departures that were."""
    changed = connection.execute(
        update(DepartureRow)
        .where(DepartureRow.done == false(), _ahead(now).exists())
        .values(next_attempt=now)
    )
    connection.execute(
        update(DeliveryRow)
        .where(
            DeliveryRow.state == RecipientState.QUEUED.value, DeliveryRow.changed_at > now + _CLOCKS_DIFFER
        )
        .values(next_attempt=now, changed_at=now)
    )
    return changed.rowcount


def _ahead(now: datetime) -> Select[int]:
    """The deliveries of a departure that were last dealt with in the future."""
    return select(DeliveryRow.number).where(
        DeliveryRow.council_id == DepartureRow.council_id,
        DeliveryRow.departure_id == DepartureRow.id,
        DeliveryRow.state == RecipientState.QUEUED.value,
        DeliveryRow.changed_at > now + _CLOCKS_DIFFER,
    )


def _described(connection: Connection, row: Any) -> dict[str, Any]:
    recipients = connection.execute(
        select(
            RecipientRow.address,
            DeliveryRow.number,
            DeliveryRow.state,
            DeliveryRow.status,
            DeliveryRow.reply,
            DeliveryRow.changed_at,
            DeliveryRow.next_attempt,
        )
        .join(
            RecipientRow,
            and_(
                RecipientRow.council_id == DeliveryRow.council_id,
                RecipientRow.message_id == row.message_id,
                RecipientRow.number == DeliveryRow.number,
            ),
        )
        .where(DeliveryRow.council_id == row.council_id, DeliveryRow.departure_id == row.id)
        .order_by(DeliveryRow.number)
    )
    return {
        "departure": row.id,
        "council": row.council_id,
        "message": row.message_id,
        "upstream": row.upstream,
        "created_at": row.created_at,
        "attempts": row.attempts,
        "starts": row.starts,
        "next_attempt": row.next_attempt,
        "done": row.done,
        "outcome_unknown": row.outcome_unknown,
        "recipients": [_recipient(recipient, row.sealed) for recipient in recipients],
    }


def _recipient(recipient: Row[*tuple[Any, ...]], sealed: bool | None) -> dict[str, Any]:
    """A recipient; of a sealed message neither who it is nor what was said, where they may be named."""
    said = dict(recipient._mapping)
    return {**said, "address": "", "reply": ""} if sealed else said
