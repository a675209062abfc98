"""The clock that leases are measured by: one for all nodes that share a database."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Connection,
    bindparam,
    cast,
    func,
    type_coerce,
)

from gateway.store.models import Instant


def lease_moment(connection: Connection, now: datetime, later: float = 0.0) -> ColumnElement[datetime]:
    """This moment, or `later` seconds from it, as an expression.

    On PostgreSQL it is the server's clock when the statement is carried out, and not when its transaction
    began: a transaction may have waited for a lock since. So nodes whose own clocks differ agree on whose
    lease has ended. SQLite serves one node, whose clock `now` is.
    """
    value = lease_value(connection, now, later)
    return _moment(connection.dialect.name, bindparam(None, value, unique=True))


def lease_parameter(dialect: str, name: str) -> ColumnElement[datetime]:
    """`lease_moment` for statements that are made once: its parameter `name` is to be a `lease_value`."""
    return _moment(dialect, bindparam(name, required=True))


def lease_value(connection: Connection, now: datetime, later: float = 0.0) -> datetime | int:
    """What to give for a `lease_parameter`: on PostgreSQL the microseconds to come, on SQLite the moment."""
    if connection.dialect.name != "postgresql":
        return now + timedelta(seconds=later)
    return round(later * 1_000_000)


def _moment(dialect: str, value: BindParameter[Any]) -> ColumnElement[datetime]:
    if dialect != "postgresql":
        return type_coerce(value, Instant())
    microseconds = cast(func.extract("epoch", func.clock_timestamp()) * 1_000_000, BigInteger)
    return type_coerce(microseconds + type_coerce(value, BigInteger()), Instant())
