"""Who has read which version of a council's monitoring notice, and what of theirs waits until they have."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from config.council import Council
from gateway.store import jobs
from gateway.store.errors import Conflict, NotFound
from gateway.store.kinds import MessageState
from gateway.store.latest import latest
from gateway.store.models import AcknowledgementRow, DecisionRow, MessageRow

SEND_WAITING = "monitoring.acknowledged"
"""The job that sends what waited for an acknowledgement alone. Its key is the version and the login."""

CHECK = "monitoring_notice"
"""The check by whose finding a message waits for an acknowledgement."""


def acknowledge(
    connection: Connection,
    council: Council,
    login: str,
    now: datetime,
    *,
    version: str | None = None,
    message: str | None = None,
) -> bool:
    """Record that somebody has read the council's monitoring notice, as it stands or in the version named.

    `message` is the queue id of the answer that says so, where one does. What of theirs waits for it alone is sent
    by a job, which is made here. False where it was recorded before.

    Raises NotFound where the council has nobody with this login, Conflict where it has no such notice.
    """
    if council.person(login) is None:
        raise NotFound(f"{council.id} has nobody with the login {login}")
    notice = council.monitoring_notice
    if notice is None:
        raise Conflict(f"{council.id} has no monitoring notice")
    read = version or notice.version
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert
    added = connection.execute(
        insert(AcknowledgementRow)
        .values(council_id=council.id, login=login, version=read, at=now, message_id=message)
        .on_conflict_do_nothing()
        .returning(AcknowledgementRow.version)
    ).first()
    if added is None:
        return False
    send_waiting(connection, council.id, login, now, f"{read} {login}")
    return True


def send_waiting(connection: Connection, council: str, login: str, now: datetime, key: str) -> None:
    """Have what somebody has waiting for an acknowledgement alone sent; the same key again is the same job."""
    jobs.add(connection, council, SEND_WAITING, now, key=key, payload={"login": login})


def acknowledged(connection: Connection, council: Council, login: str) -> bool:
    """Whether somebody has read the notice as it stands, or the council has none."""
    notice = council.monitoring_notice
    if notice is None:
        return True
    row = connection.execute(
        select(AcknowledgementRow.version).where(
            AcknowledgementRow.council_id == council.id,
            AcknowledgementRow.login == login,
            AcknowledgementRow.version == notice.version,
        )
    ).first()
    return row is not None


def versions_read(connection: Connection, council: str) -> dict[str, dict[str, datetime]]:
    """Of each login the versions that were acknowledged, and when."""
    rows = connection.execute(
        select(AcknowledgementRow.login, AcknowledgementRow.version, AcknowledgementRow.at)
        .where(AcknowledgementRow.council_id == council)
        .order_by(AcknowledgementRow.login, AcknowledgementRow.at)
    )
    found: dict[str, dict[str, datetime]] = {}
    for row in rows:
        found.setdefault(row.login, {})[row.version] = row.at
    return found


def waiting(connection: Connection, council: str, login: str) -> Sequence[str]:
    """The queue ids of what somebody has waiting that is held, among other reasons perhaps, for the notice."""
    rows = connection.execute(
        select(MessageRow.id)
        .join(DecisionRow, latest())
        .where(
            MessageRow.council_id == council,
            MessageRow.person == login,
            MessageRow.state == MessageState.HELD.value,
            DecisionRow.findings.contains(f'"check":"{CHECK}"', autoescape=True),
        )
        .order_by(MessageRow.received_at, MessageRow.id)
    )
    return rows.scalars().all()
