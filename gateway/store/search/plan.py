"""A term as it is looked for: what to begin with, and what else must hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, CursorResult, text

from gateway.archive.query.terms import Term
from gateway.store.search.attributes import Source
from gateway.store.search.conditions import ALL, ITEM, Conditions, Interval, joined, simple
from gateway.store.search.postgresql import PostgresqlConditions
from gateway.store.search.sqlite import SqliteConditions

_NAMED = re.compile(r"(?<![:\w]):(\w+)")
"""The names of values in a statement. There is nothing quoted in one that has a colon."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a term is looked for. `member` is what must hold of `i.number`, `interval` of when an item `i` came in, and
    `walk` all that must hold of an item `i`. `begin` is the smallest set that all hits are in, and `rest` what must hold
    besides; None on PostgreSQL, which finds out by itself, and where there is no such set.
    """

    conditions: Conditions
    begin: Source | None
    member: str
    walk: str
    interval: str
    rest: str = ALL

    @property
    def lite(self) -> bool:
        """Whether the database is SQLite."""
        return isinstance(self.conditions, SqliteConditions)

    @property
    def everything(self) -> bool:
        """Whether nothing must hold but when items came in."""
        return self.member == ALL

    @property
    def hits(self) -> str:
        """A FROM and WHERE that have `i.number` of each hit, once."""
        if self.begin is None:
            return f"FROM item i WHERE {self.walk}"
        return f"FROM ({self.begin.select}) i WHERE {self.rest}"

    def run(
        self, sql: str, values: Mapping[str, object] | None = None, *, stream: bool = False
    ) -> CursorResult[Any]:
        """Carry out a statement with the values that the term speaks of, and these."""
        return _run(self.conditions, sql, values or {}, stream)


def _run(made: Conditions, sql: str, values: Mapping[str, object], stream: bool = False) -> CursorResult[Any]:
    """A statement is given the values that it names; a database would not take others."""
    if made.named:
        named = f"WITH {', '.join(made.named)}"
        sql = f"{named}, {sql.removeprefix('WITH ')}" if sql.startswith("WITH ") else f"{named} {sql}"
    known = {**made.values, **values}
    needed = {name: known[name] for name in _NAMED.findall(sql)}
    options = {"stream_results": True, "yield_per": 500} if stream else {}
    return made.connection.execute(text(sql), needed, execution_options=options)


def conditions(connection: Connection, council: str, few: bool = False) -> Conditions:
    """What makes conditions for this database. Raises NotFound where there is no such council."""
    kind = PostgresqlConditions if connection.dialect.name == "postgresql" else SqliteConditions
    return kind(connection, council, few)


def plan(connection: Connection, council: str, term: Term, few: bool = False) -> Plan:
    """How to look for a term; `few`, among few items only. Raises NotFound where there is no such council."""
    made = conditions(connection, council, few)
    parts = made.parts(simple(term))
    interval = made.moments(parts.interval, "i.at")
    sources = sorted(parts.sources, key=lambda each: each.few)
    member = _all([*map(made.within, sources), *parts.tests])
    walk = _all([ITEM, interval, member])
    if isinstance(made, PostgresqlConditions) or not sources:
        if isinstance(made, SqliteConditions) and parts.interval:
            _narrowed(made, parts.interval)
        return Plan(made, None, member, walk, interval)
    rest = [*map(made.within, sources[1:]), *parts.tests]
    if parts.interval:
        rest.append(_narrowed(made, parts.interval))
    return Plan(made, sources[0], member, walk, interval, _all(rest))


def _all(tests: list[str]) -> str:
    needed = [each for each in tests if each != ALL]
    return joined(needed, "AND") if needed else ALL


def _narrowed(made: Conditions, interval: Interval) -> str:
    """Look among the numbers only that items of the interval have. Returns what else must hold: nothing, where all
    items with such numbers are of the interval, as they are unless mail was imported.
    """
    sql = (
        "SELECT count(*) AS total, min(number) AS low, max(number) AS high FROM item INDEXED BY ix_item_at "
        f"WHERE council_id = :council AND number > 0 AND {made.moments(interval, 'at')}"
    )
    row = _run(made, sql, {}).one()
    total, low, high = row.total, row.low, row.high
    made.values["low"], made.values["high"] = (low, high) if total else (1, 0)
    return ALL if not total or total == high - low + 1 else made.during(interval)
