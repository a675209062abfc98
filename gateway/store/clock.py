"""The clock that leases are measured by: one for all nodes that share a database."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, ColumnElement, Connection, cast, func, literal, type_coerce

from gateway.store.models import Instant


def lease_moment(connection: Connection, now: datetime, later: float = 0.0) -> ColumnElement[datetime]:
    """This moment, or `later` seconds from it, as an expression.

    On PostgreSQL it is the server's clock when the statement is carried out, and not when its transaction
    began: a transaction may have waited for a lock since. So nodes whose own clocks differ agree on whose
    lease has ended. SQLite serves one node, whose clock `now` is.
    """
    if connection.dialect.name != "postgresql":
        return literal(now + timedelta(seconds=later), Instant())
    microseconds = cast(func.extract("epoch", func.clock_timestamp()) * 1_000_000, BigInteger)
    return type_coerce(microseconds + round(later * 1_000_000), Instant())
