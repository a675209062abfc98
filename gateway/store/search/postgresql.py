"""Words as PostgreSQL looks for them: quoted lexemes in a bound text, which is cast to a tsquery."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.archive.query.terms import Form, Not, Term, Words
from gateway.store.index import tables
from gateway.store.index.tokens import stems
from gateway.store.index.vectors import OVERLAP
from gateway.store.search.attributes import Few, Source
from gateway.store.search.conditions import Conditions, Interval, grouped

_WINDOW = OVERLAP
"""Words of a phrase that are sure to stand together in one piece of a text."""

_PULLED_UP = 12
"""Conditions that the planner may make joins of: with many it takes longer to plan than to search."""


def lexeme(word: str) -> str:
    """A word as a tsquery has it."""
    return "'" + word.replace("\\", "\\\\").replace("'", "''").replace("\0", " ") + "'"


def phrase(tokens: Sequence[str], form: Form) -> str:
    """Words one after the other as a tsquery."""
    if form is Form.STEMMED:
        [token] = tokens
        return lexeme(stems.of([token])[token])
    query = " <-> ".join(map(lexeme, tokens))
    return f"{query}:*" if form is Form.PREFIX else query


def windows(words: Words) -> list[Words]:
    """A phrase as phrases of which each is sure to stand in one piece, overlapping by half of their words."""
    tokens, step = words.tokens, _WINDOW // 2
    if len(tokens) <= _WINDOW:
        return [words]
    starts = [*range(0, len(tokens) - _WINDOW, step), len(tokens) - _WINDOW]
    last = starts[-1]
    return [
        Words(tokens[at : at + _WINDOW], words.form if at == last else Form.EXACT, words.columns)
        for at in starts
    ]


class PostgresqlConditions(Conditions):
    """Conditions for PostgreSQL."""

    def words(self, words: Sequence[Words]) -> Source:
        """See `Conditions`."""
        if len(words) == 1 and len(windows(words[0])) > 1:
            return self._long(words[0])
        select = f"SELECT item AS number FROM {self._table} WHERE {self._holds(words)}"
        return Source(select, Few.WORDS)

    def alternatives(self, terms: Sequence[Term]) -> tuple[list[Source], list[Term]]:
        """See `Conditions`."""
        short = [each for each in terms if isinstance(each, Words) and 0 < len(each.tokens) <= _WINDOW]
        sources = [self.words(group) for group in grouped(short)]
        rest: list[Term] = []
        for each in terms:
            if each in short:
                continue
            source = self.source(each)
            if source is None:
                rest.append(each)
            else:
                sources.append(source)
        return sources, rest

    def conjuncts(self, terms: Sequence[Term]) -> tuple[list[Source], list[str]]:
        """What must all hold. Many of them are kept from being made joins of."""
        denied = [each for each in terms if isinstance(each, Not)]
        sources, tests = super().conjuncts([each for each in terms if each not in denied])
        tests += [f"NOT {self.test(each.term)}" for each in denied]
        if len(sources) <= _PULLED_UP:
            return sources, tests
        kept = sources[_PULLED_UP:]
        return sources[:_PULLED_UP], [*tests, *(f"({self.within(each)}) IS TRUE" for each in kept)]

    def among(self, source: Source) -> str:
        """See `Conditions`. EXISTS becomes a join, denied or not."""
        return f"EXISTS (SELECT 1 FROM ({source.select}) w WHERE w.number = i.number)"

    def during(self, interval: Interval) -> str:
        """See `Conditions`."""
        return self.moments(interval, "i.at")

    @property
    def _table(self) -> str:
        return tables.words(self.number)

    def _holds(self, words: Sequence[Words]) -> str:
        """That one of these, all of the same form and columns, stands in a row of the table of words."""
        vector = "stemmed" if words[0].form is Form.STEMMED else "exact"
        query = " | ".join(f"({phrase(each.tokens, each.form)})" for each in words)
        test = f"{vector} @@ CAST({self.bind(query)} AS tsquery) AND item BETWEEN :low AND :high"
        if words[0].columns:
            test += f" AND field IN ({', '.join(str(int(each)) for each in words[0].columns)})"
        return test

    def _long(self, words: Words) -> Source:
        """A phrase longer than pieces overlap: all its parts, in the same column of the same thing."""
        parts = [
            f"SELECT item, field, ordinal FROM {self._table} WHERE {self._holds([each])}"
            for each in windows(words)
        ]
        return Source(f"SELECT item AS number FROM ({' INTERSECT '.join(parts)}) l", Few.WORDS)
