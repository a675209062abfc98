"""That somebody opened the body of a member's casework: by whom, when and why, in a row and in the ledger."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from config.council import Council
from gateway.store import archive
from gateway.store.models import OpeningRow
from gateway.store.remarks import remark


def record(
    connection: Connection,
    council: Council,
    version: int,
    message: str,
    *,
    act: str,
    by: str,
    why: str,
    now: datetime,
) -> None:
    """Record it. It is a decision too, in the record of the message, that changes nothing of its state.

    The council's ledger must be locked. Raises NotFound.
    """
    archive.message(connection, council.id, message)
    connection.execute(
        insert(OpeningRow).values(
            id=secrets.token_hex(8), council_id=council.id, message_id=message, by=by, at=now, why=why
        )
    )
    remark(connection, council, version, message, act=act, by=by, why=why, now=now)


def of_message(connection: Connection, council: str, message: str) -> Sequence[Row[*tuple[Any, ...]]]:
    """Who opened a message, the first first."""
    rows = connection.execute(
        select(OpeningRow.by, OpeningRow.at, OpeningRow.why)
        .where(OpeningRow.council_id == council, OpeningRow.message_id == message)
        .order_by(OpeningRow.at, OpeningRow.id)
    )
    return rows.all()
