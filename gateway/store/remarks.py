"""What somebody does or says about a message that changes nothing of its state: a decision in its record, chained."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from config.council import Council
from gateway.store import archive, sheet
from gateway.store.latest import of_policy


def remark(
    connection: Connection,
    council: Council,
    version: int,
    message: str,
    *,
    act: str,
    by: str,
    why: str,
    now: datetime,
    detail: str | None = None,
) -> None:
    """Record it. The council's ledger must be locked."""
    earlier = archive.decisions(connection, council.id, message)
    stands = of_policy(earlier)
    sheet.insert_decision(
        connection,
        {
            "council_id": council.id,
            "message_id": message,
            "number": len(earlier),
            "at": now,
            "by": by,
            "act": act,
            "verdict": stands.verdict,
            "why": why,
            "findings": stands.findings,
            "policy_version": council.policy.version,
            "council_version": version,
            "detail": detail,
        },
    )
