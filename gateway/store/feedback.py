"""What officers say of checks, per council: a row for each message and check, and a decision in the message's record."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from config.council import Council
from gateway.store import archive
from gateway.store.errors import Conflict
from gateway.store.models import FeedbackRow, MessageRow
from gateway.store.remarks import remark


class Kind(StrEnum):
    """What is said of a check."""

    WRONGLY_HELD = "wrongly_held"
    SHOULD_HAVE_BEEN_HELD = "should_have_been_held"


def keep(
    connection: Connection,
    council: Council,
    version: int,
    message: str,
    kind: Kind,
    checks: Collection[str],
    *,
    act: str,
    by: str,
    why: str,
    now: datetime,
) -> None:
    """Keep what `by` says of these checks on a message. It is a decision too, in the record of the message and in the
    ledger, that changes nothing of its state.

    The council's ledger must be locked. Raises NotFound, and Conflict where it was said of one of them before.
    """
    archive.message(connection, council.id, message)
    said = {row.check for row in of_council(connection, council.id) if row.message_id == message}
    if before := sorted(said.intersection(checks)):
        raise Conflict(f"{message} was marked before, for {', '.join(before)}")
    connection.execute(
        insert(FeedbackRow),
        [
            {
                "council_id": council.id,
                "message_id": message,
                "check": check,
                "kind": kind.value,
                "by": by,
                "at": now,
                "why": why,
            }
            for check in sorted(checks)
        ],
    )
    detail = json.dumps({"checks": sorted(checks)})
    remark(connection, council, version, message, act=act, by=by, why=why, now=now, detail=detail)


def of_council(connection: Connection, council: str, check: str | None = None) -> Sequence[Row[Any]]:
    """All that is said in a council, of one check or of all, oldest first. Nothing of a sealed message."""
    wanted = (
        select(FeedbackRow.__table__)
        .join(
            MessageRow,
            (MessageRow.council_id == FeedbackRow.council_id) & (MessageRow.id == FeedbackRow.message_id),
        )
        .where(FeedbackRow.council_id == council, MessageRow.sealed.is_not(True))
        .order_by(FeedbackRow.at, FeedbackRow.message_id, FeedbackRow.check)
    )
    if check is not None:
        wanted = wanted.where(FeedbackRow.check == check)
    return connection.execute(wanted).all()
