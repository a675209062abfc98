"""Whom a council's mail has left for: kept up as messages leave, so that one who is new to it can be told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from gateway.store.direct import Direct
from gateway.store.models import CorrespondentDomain, CorrespondentRow

Values = Mapping[str, Any]


def rows_of(council: str, addresses: Iterable[str], now: datetime) -> tuple[Values, ...]:
    """The rows for canonical `addresses`, which mail of `council` leaves for."""
    return tuple(_row(council, address, now) for address in dict.fromkeys(addresses))


def keep(connection: Connection, rows: Sequence[Values]) -> None:
    """Write the rows of those who are not there yet. The ledgers of their councils must be locked."""
    if not rows:
        return
    add, add_domain = _statements(connection.dialect.name)
    ordered = sorted(rows, key=lambda row: (row["council_id"], row["address"], row["first_written_at"]))
    add.run(connection, ordered)
    domains = sorted({(row["council_id"], row["domain"]) for row in rows})
    add_domain.run(
        connection,
        [{"council_id": council, "domain": name, "backwards": name[::-1]} for council, name in domains],
    )


def _row(council: str, address: str, now: datetime) -> Values:
    local, _, domain = address.rpartition("@")
    return {
        "council_id": council,
        "address": address,
        "domain": domain,
        "local": local,
        "local_backwards": local[::-1],
        "first_written_at": now,
    }


@cache
def _statements(dialect: str) -> tuple[Direct, Direct]:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return (
        Direct(insert(CorrespondentRow).on_conflict_do_nothing()),
        Direct(insert(CorrespondentDomain).on_conflict_do_nothing()),
    )
