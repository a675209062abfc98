"""Reports: a row for each message that somebody reported, until and after it is closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from gateway.store.errors import Conflict, NotFound
from gateway.store.kinds import MessageKind
from gateway.store.models import MessageRow, ReportRow


@dataclass(frozen=True, slots=True)
class Report:
    """A new report; `message` is the queue id under which the archive has it. See `ReportRow`."""

    message: str
    by: str
    at: datetime
    original: str
    author: str
    subject: str
    original_id: str
    known_as: str | None
    alternate: str


def keep(connection: Connection, council: str, report: Report) -> None:
    """Keep a new report."""
    connection.execute(
        insert(ReportRow).values(
            council_id=council,
            message_id=report.message,
            by=report.by,
            at=report.at,
            original=report.original,
            author=report.author,
            subject=report.subject,
            original_id=report.original_id,
            known_as=report.known_as,
            alternate=report.alternate,
            closed_at=None,
            closed_by=None,
            outcome="",
        )
    )


def listing(connection: Connection, council: str, *, closed: bool = False) -> Sequence[Row[Any]]:
    """The council's reports that are open, oldest first; with `closed` all of them."""
    wanted = select(ReportRow.__table__).where(ReportRow.council_id == council)
    if not closed:
        wanted = wanted.where(ReportRow.closed_at.is_(None))
    return connection.execute(wanted.order_by(ReportRow.at, ReportRow.message_id)).all()


def find(connection: Connection, council: str, message: str) -> Row[Any]:
    """A report. Raises NotFound."""
    row = connection.execute(
        select(ReportRow.__table__).where(ReportRow.council_id == council, ReportRow.message_id == message)
    ).first()
    if row is None:
        raise NotFound(f"{council} has no report {message}")
    return row


def close(connection: Connection, council: str, message: str, by: str, outcome: str, now: datetime) -> None:
    """Close a report, once. Raises NotFound, Conflict."""
    find(connection, council, message)
    changed = connection.execute(
        update(ReportRow)
        .where(
            ReportRow.council_id == council, ReportRow.message_id == message, ReportRow.closed_at.is_(None)
        )
        .values(closed_at=now, closed_by=by, outcome=outcome)
    )
    if changed.rowcount != 1:
        raise Conflict(f"the report {message} is closed already")


def taken_since(connection: Connection, council: str, by: str, since: datetime) -> int:
    """How many reports somebody has made since a moment."""
    asked = select(func.count()).where(
        ReportRow.council_id == council, ReportRow.by == by, ReportRow.at > since
    )
    return int(connection.execute(asked).scalar_one())


def known_as(connection: Connection, council: str, message_id: str) -> Row[str, str | None] | None:
    """The message with this Message-ID that somebody of the council submitted: queue id and login. None is sealed."""
    if not message_id:
        return None
    return connection.execute(
        select(MessageRow.id, MessageRow.person)
        .where(
            MessageRow.council_id == council,
            MessageRow.message_id == message_id,
            MessageRow.kind == MessageKind.SUBMITTED.value,
            MessageRow.sealed.is_not(True),
        )
        .order_by(MessageRow.id)
        .limit(1)
    ).first()
