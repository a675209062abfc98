"""Order by relevance: how often the words that were asked for stand in an item, and how rare they are.

Only the newest of the hits are ranked, for ranking reads all places of all words; the count is of all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import CursorResult

from gateway.archive.query.terms import And, Form, Or, Term, Words
from gateway.store.index import tables
from gateway.store.index.tokens import stems
from gateway.store.search import postgresql, sqlite
from gateway.store.search.plan import Plan

RANKED = 20_000
"""Hits that are ranked. Those behind them follow, newest first."""

_FEWEST = 4
"""Letters of a stem whose other endings count as well."""

_MOST = 50
"""Words that count. A question has few; with many, each tells little."""


def can_rank(term: Term) -> bool:
    """Whether there is any word to rank by."""
    return any(True for _ in positive(term))


def positive(term: Term) -> Iterator[Words]:
    """The words of a term that are not denied."""
    if isinstance(term, Words) and term.tokens:
        yield term
    elif isinstance(term, And | Or):
        for each in term.terms:
            yield from positive(each)


def ranked(made: Plan, term: Term, limit: int, offset: int) -> CursorResult[Any]:
    """Of the newest hits these, the best first, and among equals the newest."""
    # Where there are more hits than are ranked, other endings would only make the words more frequent still.
    many = (
        made.run(f"SELECT count(*) FROM (SELECT 1 {made.hits} LIMIT {RANKED + 1:d}) f").scalar_one() > RANKED
    )
    forms = [form for each in positive(term) for form in _forms(each, not many)][:_MOST]
    by = "INDEXED BY ix_item_at " if made.lite else ""
    candidate = f"SELECT i.number {made.hits}"
    if many:
        newest = f"ORDER BY i.at DESC, i.number DESC LIMIT {RANKED:d}"
        candidate = f"SELECT i.number FROM item i {by}WHERE {made.walk} {newest}"
    score = _score_sqlite(made, forms) if made.lite else _score_postgresql(made, forms)
    # Brought together by number, in one pass: SQLite would compare each with each in an outer join.
    sql = (
        f"WITH candidate AS MATERIALIZED ({candidate}) "
        "SELECT m.number, m.message_id, m.at FROM (SELECT number, max(score) AS score FROM "
        f"(SELECT number, 0.0 AS score FROM candidate UNION ALL {score}) u GROUP BY number) s "
        "CROSS JOIN item m WHERE m.council_id = :council AND m.number = s.number "
        "ORDER BY s.score DESC, m.at DESC, m.number DESC LIMIT :limit OFFSET :offset"
    )
    return made.run(sql, {"limit": limit, "offset": offset})


def _forms(words: Words, endings: bool) -> Iterator[Words]:
    """What counts for a word: itself, and, with other endings, what begins with its stem."""
    if words.form is not Form.STEMMED:
        yield words
        return
    [token] = words.tokens
    stem = stems.of([token])[token]
    yield Words((token,), Form.EXACT, words.columns)
    if endings and len(stem) >= _FEWEST:
        yield Words((stem,), Form.PREFIX, words.columns)


def _score_sqlite(made: Plan, forms: list[Words]) -> str:
    table = tables.exact(made.conditions.number)
    matches = [sqlite.atom(each, made.conditions.number).expression for each in forms]
    bound = made.conditions.bind(" OR ".join(matches))
    return (
        f"SELECT rowid AS number, -bm25({table}) AS score FROM {table} WHERE {table} MATCH {bound} "
        "AND rowid BETWEEN (SELECT min(number) FROM candidate) AND :high AND +rowid IN (SELECT number FROM candidate)"
    )


def _score_postgresql(made: Plan, forms: list[Words]) -> str:
    table = tables.words(made.conditions.number)
    short = [each for form in forms for each in postgresql.windows(form)]
    query = " | ".join(f"({postgresql.phrase(each.tokens, each.form)})" for each in short)
    bound = f"CAST({made.conditions.bind(query)} AS tsquery)"
    return (
        f"SELECT item AS number, sum(ts_rank(exact, {bound})) AS score FROM {table} WHERE exact @@ {bound} "
        "AND item IN (SELECT number FROM candidate) GROUP BY item"
    )
