"""How many items a term holds for."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from gateway.archive.query.terms import Term
from gateway.store.models import ItemRow
from gateway.store.search.plan import plan
from gateway.store.search.results import Span


def count(connection: Connection, council: str, term: Term) -> int:
    """How many items there are for which the term holds: all of them, counted. None that is sealed.

    Raises NotFound where there is no such council.
    """
    made = plan(connection, council, term)
    return int(made.run(f"SELECT count(*) {made.hits}").scalar_one())


def exists(connection: Connection, council: str, term: Term) -> bool:
    """Whether there is any such item. Raises NotFound where there is no such council."""
    made = plan(connection, council, term)
    return made.run(f"SELECT 1 {made.hits} LIMIT 1").first() is not None


def span(connection: Connection, council: str) -> Span:
    """What there is to be searched."""
    row = connection.execute(
        select(func.count(), func.min(ItemRow.at), func.max(ItemRow.at)).where(
            ItemRow.council_id == council, ItemRow.number > 0
        )
    ).one()
    return Span(row[0], row[1], row[2])
