"""What is remembered of logins for all nodes, and across restarts: failures, and familiar networks.

A failure is a debt of so many seconds, which time pays off: a row says when its key will be clear again. So
that however many nodes count, they let pass together what one would. Keys are made by whoever asks. Times
are the database's own, as for leases; a row so far in the future that no counting leads there is of a clock
that was put back, and says nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    bindparam,
    case,
    delete,
    func,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import Insert

from gateway.store.clock import lease_moment, lease_parameter, lease_value
from gateway.store.models import AuthFailureRow, FamiliarNetworkRow, Instant

MOST_DEBT = 600.0
"""The most seconds that a key may be in debt."""

FORGIVEN_TO = 30.0
"""Half of the minute that a full brake is worth."""

_BELIEVED = MOST_DEBT + 60
_FAMILIAR_DAYS = 90
_MOST_FAILURES = 20_000
_MOST_FAMILIAR = 200_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to know: the debts of `keys`, and whether `pair` is familiar."""

    keys: tuple[str, ...]
    pair: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """Seconds of debt for those keys that have any."""

    debts: Mapping[str, float]
    familiar: bool


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be written: failures by key, each of so many seconds; keys half forgiven; pairs met."""

    failures: Mapping[str, int]
    seconds: float
    forgiven: Collection[str] = ()
    met: Collection[str] = ()


def look_up(connection: Connection, several: Sequence[Asked]) -> list[Known]:
    """What is known, for each."""
    now = max(asked.now for asked in several)
    keys = sorted({key for asked in several for key in asked.keys})
    left = type_coerce(AuthFailureRow.clear_at, BigInteger()) - type_coerce(
        lease_moment(connection, now), BigInteger()
    )
    rows = connection.execute(
        select(AuthFailureRow.key, type_coerce(left, BigInteger())).where(AuthFailureRow.key.in_(keys))
    )
    debts = {key: left / 1_000_000 for key, left in rows if 0 < left <= _BELIEVED * 1_000_000}
    pairs = select(FamiliarNetworkRow.key).where(
        FamiliarNetworkRow.key.in_(sorted({asked.pair for asked in several}))
    )
    familiar = set(connection.execute(pairs).scalars())
    return [
        Known({key: debts[key] for key in asked.keys if key in debts}, asked.pair in familiar)
        for asked in several
    ]


def write(connection: Connection, change: Change, now: datetime) -> None:
    """Add to debts, forgive others down to half a minute's, and note who was met where.

    Keys are taken in their order, so that two nodes do not wait for each other.
    """
    debts = [(key, min(times * change.seconds, MOST_DEBT)) for key, times in sorted(change.failures.items())]
    if debts:
        add = _add(connection.dialect.name)
        connection.execute(add, [_debt(connection, key, debt, now) for key, debt in debts])
    most = lease_moment(connection, now, FORGIVEN_TO)
    for key in sorted(change.forgiven):
        connection.execute(
            update(AuthFailureRow)
            .where(AuthFailureRow.key == key, AuthFailureRow.clear_at > most)
            .values(clear_at=most)
        )
    if change.met:
        connection.execute(
            _meet(connection.dialect.name), [{"name": pair, "seen": now} for pair in sorted(change.met)]
        )


def _debt(connection: Connection, key: str, debt: float, now: datetime) -> dict[str, Any]:
    """What `_add` asks for."""
    return {
        "name": key,
        "step": round(debt * 1_000_000),
        "moment": lease_value(connection, now),
        "first": lease_value(connection, now, debt),
        "most": lease_value(connection, now, MOST_DEBT),
        "absurd": lease_value(connection, now, _BELIEVED),
    }


def prune(
    connection: Connection,
    now: datetime,
    most_failures: int = _MOST_FAILURES,
    most_familiar: int = _MOST_FAMILIAR,
) -> None:
    """Let go what is paid off or was seen long ago, and what is too much: the smallest debts, the longest unseen."""
    moment, absurd = lease_moment(connection, now), lease_moment(connection, now, _BELIEVED)
    clear_at, seen_at = AuthFailureRow.clear_at, FamiliarNetworkRow.seen_at
    connection.execute(delete(AuthFailureRow).where(or_(clear_at <= moment, clear_at > absurd)))
    connection.execute(delete(FamiliarNetworkRow).where(seen_at < now - timedelta(days=_FAMILIAR_DAYS)))
    for row, by, most in (
        (AuthFailureRow, clear_at, most_failures),
        (FamiliarNetworkRow, seen_at, most_familiar),
    ):
        excess = connection.execute(select(func.count()).select_from(row)).scalar_one() - most
        if excess > 0:
            first = select(row.key).order_by(by, row.key).limit(excess)
            connection.execute(delete(row).where(row.key.in_(first)))


@cache
def _add(dialect: str) -> Insert:
    """Give `name` its `first` debt, or `step` more, but no more than `most`."""
    first, moment, most, absurd = (
        lease_parameter(dialect, each) for each in ("first", "moment", "most", "absurd")
    )
    clear_at: ColumnElement[datetime] = AuthFailureRow.clear_at.expression
    more = type_coerce(type_coerce(clear_at, BigInteger()) + bindparam("step", type_=BigInteger()), Instant())
    debt = case((or_(clear_at < moment, clear_at > absurd), first), (more > most, most), else_=more)
    return (
        _insert(dialect, AuthFailureRow)
        .values(key=bindparam("name"), clear_at=first)
        .on_conflict_do_update(index_elements=["key"], set_={"clear_at": debt})
    )


@cache
def _meet(dialect: str) -> Insert:
    return (
        _insert(dialect, FamiliarNetworkRow)
        .values(key=bindparam("name"), seen_at=bindparam("seen"))
        .on_conflict_do_update(index_elements=["key"], set_={"seen_at": bindparam("seen")})
    )


def _insert(
    dialect: str, row: type[AuthFailureRow | FamiliarNetworkRow]
) -> sqlite.Insert | postgresql.Insert:
    return postgresql.insert(row) if dialect == "postgresql" else sqlite.insert(row)
