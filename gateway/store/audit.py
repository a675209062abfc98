"""Who did what with the archive, when and why: rows that are only ever added, each chained to the council's ledger."""

from __future__ import annotations

import json
import re
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, Text, cast, func, insert, select

from gateway.store import ledger
from gateway.store.errors import NotFound
from gateway.store.ledger import Event
from gateway.store.models import AuditRow, LedgerRow


class Act(StrEnum):
    """What was done."""

    SEARCHED = "searched"
    VIEWED = "viewed"
    LISTED = "listed"
    EXPORTED = "exported"
    CERTIFIED = "certified"
    ANCHORED = "anchored"


_ACTS = frozenset(each.value for each in Act)
_NUMBER = re.compile(r"[1-9][0-9]{0,17}")


@dataclass(frozen=True, slots=True)
class Audited:
    """Something that was done. `detail` never holds words out of a message; a query that somebody typed may be there."""

    act: Act
    by: str
    why: str
    at: datetime
    message: str | None = None
    detail: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Numbered:
    """Something that was done, as it stands in the record. Numbers ascend from 1 in each council."""

    number: int
    done: Audited


def record(connection: Connection, council: str, done: Audited) -> int:
    """Add a row and chain it, in the caller's transaction. Returns its number."""
    ledger.lock(connection, council)
    last = connection.execute(
        select(func.max(AuditRow.number)).where(AuditRow.council_id == council)
    ).scalar()
    number = (last or 0) + 1
    values = {
        "council_id": council,
        "number": number,
        "at": done.at,
        "by": done.by,
        "act": done.act.value,
        "why": done.why,
        "message_id": done.message,
        "detail": json.dumps(dict(done.detail or {}), sort_keys=True),
    }
    connection.execute(insert(AuditRow), values)
    happening = ledger.Happening(Event.AUDITED, done.message or "", _parts(values), done.at, str(number))
    ledger.append(connection, council, [happening])
    return number


def rows(
    connection: Connection,
    council: str,
    since: datetime | None = None,
    until: datetime | None = None,
    act: Act | None = None,
    by: str | None = None,
    limit: int | None = None,
    after: int = 0,
) -> list[Numbered]:
    """What was done, the first first: from `since` on, before `until`, behind number `after`, at most `limit` rows."""
    wanted: Select[Any] = select(AuditRow.__table__).where(
        AuditRow.council_id == council, AuditRow.number > after
    )
    if since is not None:
        wanted = wanted.where(AuditRow.at >= since)
    if until is not None:
        wanted = wanted.where(AuditRow.at < until)
    if act is not None:
        wanted = wanted.where(AuditRow.act == act.value)
    if by is not None:
        wanted = wanted.where(AuditRow.by == by)
    found = connection.execute(wanted.order_by(AuditRow.number).limit(limit))
    return [_numbered(row) for row in found]


def last(connection: Connection, council: str, act: Act) -> Numbered | None:
    """The latest of what was done of one kind, if anything."""
    row = connection.execute(
        select(AuditRow.__table__)
        .where(AuditRow.council_id == council, AuditRow.act == act.value)
        .order_by(AuditRow.number.desc())
        .limit(1)
    ).first()
    return None if row is None else _numbered(row)


def parts_now(connection: Connection, council: str, number: str) -> list[bytes]:
    """What a link about a row covers, from the row as it stands. Raises NotFound."""
    row = None
    if _NUMBER.fullmatch(number):
        wanted = select(AuditRow.__table__).where(
            AuditRow.council_id == council, AuditRow.number == int(number)
        )
        row = connection.execute(wanted).first()
    if row is None:
        raise NotFound(f"{council} has no row {number} of what was done with the archive")
    return _parts(row._mapping)


def unchained(connection: Connection, council: str) -> list[tuple[str, int]]:
    """Message (empty where there is none) and number of each row that no link of the ledger speaks of."""
    # Set against each other as a whole: no index leads from a row to its link.
    said = select(LedgerRow.part).where(
        LedgerRow.council_id == council, LedgerRow.event == Event.AUDITED.value
    )
    there = select(cast(AuditRow.number, Text)).where(AuditRow.council_id == council)
    numbers = sorted(int(number) for number in connection.execute(there.except_(said)).scalars())
    return [(_message(connection, council, number), number) for number in numbers]


def _message(connection: Connection, council: str, number: int) -> str:
    wanted = select(AuditRow.message_id).where(AuditRow.council_id == council, AuditRow.number == number)
    return connection.execute(wanted).scalar() or ""


def _parts(row: Mapping[Any, Any]) -> list[bytes]:
    return [json.dumps({**row, "at": row["at"].isoformat()}, sort_keys=True).encode()]


def _numbered(row: Row[Any]) -> Numbered:
    try:
        detail = json.loads(row.detail)
    except ValueError:
        detail = None
    # A later version may have rows of a kind that this one has no word for.
    act = Act(row.act) if row.act in _ACTS else typing.cast("Act", row.act)
    done = Audited(act, row.by, row.why, row.at, row.message_id, detail if isinstance(detail, dict) else None)
    return Numbered(row.number, done)
