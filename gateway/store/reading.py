"""Which items are still to be read for the archive, and the beginning of each attempt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, func, select, update

from gateway.store import archive, jobs
from gateway.store.entry import Heading
from gateway.store.errors import Altered
from gateway.store.index.content import ItemState
from gateway.store.models import ItemRow

KIND = "archive.read"
"""The job that reads what a council has pending."""

_PENDING = ItemRow.state == ItemState.PENDING.value


@dataclass(frozen=True, slots=True)
class Pending:
    """An item that is to be read. `attempts` counts how often that was begun before; `raw` is the message, None where
    it was refused or, `altered`, is not what came in, and `recipients` are the rows of its envelope. `heading` is what
    its own row says of it.
    """

    council: str
    number: int
    message: str
    attempts: int
    raw: bytes | None
    altered: bool
    recipients: tuple[Row[tuple[object, ...]], ...]
    heading: Heading


def hasten(connection: Connection, councils: Iterable[str], now: datetime) -> None:
    """Have the job of each council begin as soon as may be: something of its is pending."""
    for council in sorted(set(councils)):
        jobs.hasten(connection, council, KIND, now)


def begin(connection: Connection, council: str) -> Pending | None:
    """The next item to be read; None where none is pending. That it was begun is counted, so that whoever brings down
    its reader is known by it.

    The newest is first, as what comes in is looked for within the minute, and behind it may be years of an archive that
    was upgraded. Sealed ones are behind it, which are in no search; and last what was begun before, which may take its
    reader ten minutes again.
    """
    pending = select(ItemRow.number, ItemRow.message_id, ItemRow.attempts).where(
        ItemRow.council_id == council, _PENDING
    )
    new = pending.where(ItemRow.attempts == 0).limit(1)
    row = (
        connection.execute(new.where(ItemRow.number > 0).order_by(ItemRow.number.desc())).first()
        or connection.execute(new.where(ItemRow.number < 0).order_by(ItemRow.number)).first()
        or connection.execute(pending.order_by(ItemRow.attempts, ItemRow.number.desc()).limit(1)).first()
    )
    if row is None:
        return None
    _count(connection, council, row.number, 1)
    of = archive.message(connection, council, row.message_id)
    raw, altered = _body(connection, council, row.message_id)
    return Pending(
        council=council,
        number=row.number,
        message=row.message_id,
        attempts=row.attempts,
        raw=raw,
        altered=altered,
        recipients=tuple(archive.recipients(connection, council, row.message_id)),
        heading=Heading(of.message_id, of.subject, of.header_from or of.mail_from, of.from_domain),
    )


def _body(connection: Connection, council: str, message: str) -> tuple[bytes | None, bool]:
    """A message's octets, and whether the archive holds them no longer as they were: that one must hinder no other."""
    try:
        return archive.body(connection, council, message), False
    except Altered:
        return None, True


def put_back(connection: Connection, item: Pending) -> None:
    """The attempt does not count: it was given up for no fault of the item's."""
    _count(connection, item.council, item.number, -1)


def is_pending(connection: Connection, council: str, number: int) -> bool:
    """Whether an item is still to be read."""
    wanted = select(ItemRow.number).where(ItemRow.council_id == council, ItemRow.number == number, _PENDING)
    return connection.execute(wanted).first() is not None


def count(connection: Connection, council: str) -> int:
    """How many of a council's items are pending."""
    wanted = select(func.count()).where(ItemRow.council_id == council, _PENDING)
    return int(connection.execute(wanted).scalar_one())


def _count(connection: Connection, council: str, number: int, more: int) -> None:
    connection.execute(
        update(ItemRow)
        .where(ItemRow.council_id == council, ItemRow.number == number)
        .values(attempts=ItemRow.attempts + more)
    )
