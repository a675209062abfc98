"""Words as expressions of SQLite's FTS5 (https://sqlite.org/fts5.html §3): quoted words and names of columns alone.

An item is one row of each table, so what must hold of words of one table together is one expression.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.archive.query.terms import And, Form, Not, Or, Term, Words
from gateway.store.index import tables
from gateway.store.search.attributes import Few, Source
from gateway.store.search.conditions import Conditions, Interval

_DEEPEST = 8
"""Parentheses in one another that FTS5 is given: its parser gives up at a hundred, some of which a term needs."""


@dataclass(frozen=True, slots=True)
class Match:
    """An expression for one of a council's tables. `deep`: how many parentheses stand in one another."""

    table: str
    expression: str
    deep: int = 0


def quoted(text: str) -> str:
    """A string of FTS5."""
    return '"' + text.replace('"', '""').replace("\0", " ") + '"'


class SqliteConditions(Conditions):
    """Conditions for SQLite."""

    def words(self, words: Sequence[Words]) -> Source:
        """See `Conditions`."""
        return self._matching(_any([atom(each, self.number) for each in words]))

    def alternatives(self, terms: Sequence[Term]) -> tuple[list[Source], list[Term]]:
        """See `Conditions`."""
        matches: dict[str, list[Match]] = {}
        sources: list[Source] = []
        rest: list[Term] = []
        for each in terms:
            match = self._match(each)
            if match is not None:
                matches.setdefault(match.table, []).append(match)
                continue
            source = self.source(each)
            if source is None:
                rest.append(each)
            else:
                sources.append(source)
        return [*(self._matching(_any(group)) for group in matches.values()), *sources], rest

    def conjuncts(self, terms: Sequence[Term]) -> tuple[list[Source], list[str]]:
        """What must all hold: words of one table, and those that must not stand there, as one expression."""
        wanted: dict[str, list[Match]] = {}
        unwanted: dict[str, list[Match]] = {}
        rest: list[Term] = []
        for each in terms:
            match = self._match(each)
            denied = self._match(each.term) if isinstance(each, Not) else None
            if match is not None:
                wanted.setdefault(match.table, []).append(match)
            elif denied is not None:
                unwanted.setdefault(denied.table, []).append(denied)
            else:
                rest.append(each)
        sources, tests = super().conjuncts(rest)
        for table, matches in wanted.items():
            sources.append(self._matching(_all(matches, unwanted.pop(table, []))))
        tests += [f"NOT {self.within(self._matching(_any(group)))}" for group in unwanted.values()]
        return sources, tests

    def among(self, source: Source) -> str:
        """See `Conditions`. The sign keeps SQLite from looking up each number of the set by itself."""
        return f"+i.number IN ({source.select})"

    def during(self, interval: Interval) -> str:
        """See `Conditions`."""
        moments = self.moments(interval, "at")
        return (
            "+i.number IN (SELECT number FROM item INDEXED BY ix_item_at WHERE council_id = :council "
            f"AND {moments} AND number BETWEEN :low AND :high)"
        )

    def _matching(self, match: Match) -> Source:
        table = match.table
        bound = self.bind(match.expression)
        return Source(
            f"SELECT rowid AS number FROM {table} WHERE {table} MATCH {bound} "
            "AND rowid BETWEEN :low AND :high",
            Few.WORDS,
        )

    def _match(self, term: Term) -> Match | None:
        """A term of words of one table alone, as an expression; None where it is no such term."""
        if isinstance(term, Words):
            return atom(term, self.number) if term.tokens else None
        if not isinstance(term, And | Or) or not term.terms:
            return None
        wanted: list[Match] = []
        unwanted: list[Match] = []
        for each in term.terms:
            denied = isinstance(each, Not) and isinstance(term, And)
            match = self._match(each.term if isinstance(each, Not) and denied else each)
            if match is None:
                return None
            (unwanted if denied else wanted).append(match)
        all_of = [*wanted, *unwanted]
        if not wanted or len({each.table for each in all_of}) > 1 or max(e.deep for e in all_of) >= _DEEPEST:
            return None
        return _any(wanted) if isinstance(term, Or) else _all(wanted, unwanted)


def atom(words: Words, number: int) -> Match:
    """Words as an expression, for the index of the council with this number."""
    columns = "{" + " ".join(each.title for each in words.columns) + "} : " if words.columns else ""
    star = " *" if words.form is Form.PREFIX else ""
    of = tables.stemmed if words.form is Form.STEMMED else tables.exact
    return Match(of(number), columns + quoted(" ".join(words.tokens)) + star)


def _any(matches: Sequence[Match]) -> Match:
    return _joined(matches, "OR")


def _all(wanted: Sequence[Match], unwanted: Sequence[Match]) -> Match:
    match = _joined(wanted, "AND")
    if not unwanted:
        return match
    but = _joined(unwanted, "OR")
    deep = max(match.deep, but.deep) + 1
    return Match(match.table, f"({match.expression}) NOT ({but.expression})", deep)


def _joined(matches: Sequence[Match], word: str) -> Match:
    """One expression of several. What is an expression of several itself goes into parentheses."""
    if len(matches) == 1:
        return matches[0]
    parts = [f"({each.expression})" if each.deep else each.expression for each in matches]
    return Match(matches[0].table, f" {word} ".join(parts), max(each.deep for each in matches) + 1)
