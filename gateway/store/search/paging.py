"""What a term holds for, page by page, or all of it.

Items are numbered as they are archived, and mostly that is the order in which they came in; but imported mail is older
than its number, so the order is always that of `at`, and among equals of the number. On SQLite there are three ways to
the newest hits, and which is the quickest depends on how many there are: looking among the newest few thousand items
alone, whose numbers narrow down how much of the index is read; sorting all hits; and going through all items from the
newest on, which is quick where hits are many. Each gives the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, CursorResult

from gateway.archive.query.terms import Term
from gateway.store.search import ranking
from gateway.store.search.conditions import EPOCH
from gateway.store.search.plan import Plan, plan
from gateway.store.search.results import Hit, Order

_NEWEST = 2_000
"""Items among which the first pages are looked for first."""

_SORTED = 5_000
"""Hits that are sorted rather than met on a walk along all items."""


def page(
    connection: Connection, council: str, term: Term, order: Order, limit: int, offset: int = 0
) -> Sequence[Hit]:
    """Items for which the term holds, in this order, from behind the first `offset` of them.

    Raises NotFound where there is no such council.
    """
    return _ordered(plan(connection, council, term), term, order, limit, offset)


def counted(
    connection: Connection, council: str, term: Term, order: Order, limit: int, offset: int = 0
) -> tuple[int, Sequence[Hit]]:
    """How many items there are for which the term holds, and a page of them: `count` and `page`, asked together.

    Raises NotFound where there is no such council.
    """
    made = plan(connection, council, term)
    total = int(made.run(f"SELECT count(*) {made.hits}").scalar_one())
    return total, _ordered(made, term, order, limit, offset, total) if total else []


def every(connection: Connection, council: str, term: Term) -> Iterator[Hit]:
    """All items for which the term holds, oldest first, without all of them being in memory.

    Raises NotFound where there is no such council.
    """
    made = plan(connection, council, term)
    sql = _sorted(made, "ASC") if made.lite and _few(made) else walked(made, "ASC")
    for row in made.run(sql, stream=True):
        yield _hit(row)


def _ordered(
    made: Plan, term: Term, order: Order, limit: int, offset: int, total: int | None = None
) -> Sequence[Hit]:
    """A page; `total` hits are known to be there, or None."""
    if order is Order.RELEVANCE and ranking.can_rank(term):
        ranked = _read(ranking.ranked(made, term, limit, offset)) if offset < ranking.RANKED else []
        if len(ranked) == limit or offset + limit <= ranking.RANKED:
            return ranked
        behind = max(offset, ranking.RANKED)
        return [*ranked, *_page(made, "DESC", limit - len(ranked), behind, total)]
    return _page(made, "ASC" if order is Order.OLDEST else "DESC", limit, offset, total)


def walked(made: Plan, direction: str) -> str:
    """The hits as they are met on a walk along all items, or however PostgreSQL does it."""
    by = "INDEXED BY ix_item_at " if made.lite else ""
    return (
        f"SELECT i.number, i.message_id, i.at FROM item i {by}WHERE {made.walk} "
        f"ORDER BY i.at {direction}, i.number {direction}"
    )


def _page(made: Plan, direction: str, limit: int, offset: int, total: int | None = None) -> list[Hit]:
    if made.lite and not made.everything:
        few = None if total is None or made.begin is None else total <= _SORTED
        found = None if few else _of_newest(made, direction, limit, offset)
        if found is not None:
            return found
        if _few(made) if few is None else few:
            return _read(_limited(made, _sorted(made, direction), limit, offset))
    return _read(_limited(made, walked(made, direction), limit, offset))


def _of_newest(made: Plan, direction: str, limit: int, offset: int) -> list[Hit] | None:
    """The page, where it is full with hits among the first items in this order, or those are all; or None."""
    if offset + limit > _NEWEST:
        return None
    first = (
        "SELECT i.number, i.at FROM item i INDEXED BY ix_item_at WHERE i.council_id = :council "
        f"AND i.number BETWEEN :low AND :high AND {made.interval} "
        f"ORDER BY i.at {direction}, i.number {direction} LIMIT {_NEWEST:d}"
    )
    row = made.run(
        f"SELECT count(*) AS total, min(number) AS low, max(number) AS high FROM ({first}) i"
    ).one()
    if not row.total:
        return []
    sql = (
        f"SELECT h.number, m.message_id, h.at FROM (SELECT i.number, i.at FROM ({first}) i "
        f"WHERE {made.member} ORDER BY i.at {direction}, i.number {direction} "
        "LIMIT :limit OFFSET :offset) h JOIN item m ON m.council_id = :council AND m.number = h.number "
        f"ORDER BY h.at {direction}, h.number {direction}"
    )
    values = {"limit": limit, "offset": offset, "low": row.low, "high": row.high}
    found = _read(made.run(sql, values))
    return found if len(found) == limit or row.total < _NEWEST else None


def _few(made: Plan) -> bool:
    """Whether there are so few hits that they are better sorted."""
    if made.begin is None:
        return False
    sql = f"SELECT count(*) FROM (SELECT 1 {made.hits} LIMIT {_SORTED + 1:d}) f"
    return bool(made.run(sql).scalar_one() <= _SORTED)


def _sorted(made: Plan, direction: str) -> str:
    return (
        f"SELECT m.number, m.message_id, m.at FROM (SELECT i.number {made.hits}) h CROSS JOIN item m "
        "WHERE m.council_id = :council AND m.number = h.number "
        f"ORDER BY m.at {direction}, m.number {direction}"
    )


def _limited(made: Plan, sql: str, limit: int, offset: int) -> CursorResult[Any]:
    return made.run(f"{sql} LIMIT :limit OFFSET :offset", {"limit": limit, "offset": offset})


def _read(rows: CursorResult[Any]) -> list[Hit]:
    return [_hit(row) for row in rows]


def _hit(row: Any) -> Hit:
    return Hit(row.number, row.message_id, moment(row.at))


def moment(number: int) -> datetime:
    """A moment that was read as the database has it."""
    return EPOCH + timedelta(microseconds=number)
