"""Who is looking at a held message, so that a second person does not do the same work. Nobody is kept from deciding."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from gateway.store.models import ClaimRow

LASTS = timedelta(hours=1)
"""How long somebody is taken to be looking at a message that they have done nothing more about."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody, and since when they have been looking."""

    by: str
    at: datetime


def standing(
    connection: Connection, council: str, now: datetime, message: str | None = None
) -> dict[str, Claim]:
    """Who is looking at which of the council's messages; on request at one of them alone."""
    wanted = select(ClaimRow.message_id, ClaimRow.by, ClaimRow.at).where(
        ClaimRow.council_id == council, ClaimRow.at > now - LASTS
    )
    if message is not None:
        wanted = wanted.where(ClaimRow.message_id == message)
    return {row.message_id: Claim(row.by, row.at) for row in connection.execute(wanted)}


def put(connection: Connection, council: str, message: str, claim: Claim) -> None:
    """Record who is looking from now on, whoever did before."""
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert
    connection.execute(
        insert(ClaimRow)
        .values(council_id=council, message_id=message, by=claim.by, at=claim.at)
        .on_conflict_do_update(
            index_elements=[ClaimRow.council_id, ClaimRow.message_id], set_={"by": claim.by, "at": claim.at}
        )
    )


def drop(connection: Connection, council: str, message: str) -> None:
    """Nobody is looking any more: it was decided."""
    connection.execute(delete(ClaimRow).where(ClaimRow.council_id == council, ClaimRow.message_id == message))
