"""A term as conditions on the number of an item, `i.number`, in SQL. Values are bound, always."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import Connection

from gateway.archive.query.terms import (
    And,
    HasAttachment,
    Is,
    Not,
    Or,
    Since,
    Term,
    Unsearched,
    Until,
    Words,
)
from gateway.store import councils
from gateway.store.search import attributes
from gateway.store.search.attributes import Few, Source

LAST = 2**62
"""Above every number of an item."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BALANCED = 30
"""Conditions that are joined in a row. Beyond that they go into groups: databases limit how deep a chain may be."""

_DEEPEST = 8
"""Conditions within one another before one gets a name: SQLite's parser gives up at a hundred signs that are open."""

ALL, NONE = "1=1", "1=0"
ITEM = "i.council_id = :council AND i.number BETWEEN :low AND :high"


@dataclass(frozen=True, slots=True)
class Interval:
    """Moments from `since` to before `until`, in microseconds since 1970; open where None."""

    since: int | None = None
    until: int | None = None

    def within(self, term: Since | Until) -> Interval:
        """The part of it for which the term holds."""
        moment = micros(term.moment)
        if isinstance(term, Since):
            return replace(self, since=moment if self.since is None else max(self.since, moment))
        return replace(self, until=moment if self.until is None else min(self.until, moment))

    def __bool__(self) -> bool:
        return self.since is not None or self.until is not None


@dataclass(frozen=True, slots=True)
class Parts:
    """A conjunction, taken apart: sets of numbers that an item must be in, other conditions, and when it came in."""

    sources: tuple[Source, ...]
    tests: tuple[str, ...]
    interval: Interval


def micros(moment: datetime) -> int:
    """A moment as the database has it."""
    delta = moment - EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def simple(term: Term) -> Term:
    """The same term with nothing nested that need not be, and nothing denied twice."""
    if isinstance(term, Not):
        inner = simple(term.term)
        if isinstance(inner, Not):
            return inner.term
        if isinstance(inner, Since):
            return Until(inner.moment)
        return Since(inner.moment) if isinstance(inner, Until) else Not(inner)
    if isinstance(term, And | Or):
        kind = type(term)
        flat: list[Term] = []
        for each in map(simple, term.terms):
            flat += each.terms if isinstance(each, kind) else (each,)
        unique = tuple(dict.fromkeys(flat))
        return unique[0] if len(unique) == 1 else kind(unique)
    return term


def joined(tests: Sequence[str], word: str) -> str:
    """Conditions with AND or OR between them."""
    if len(tests) > _BALANCED:
        half = len(tests) // 2
        return f"({joined(tests[:half], word)} {word} {joined(tests[half:], word)})"
    return tests[0] if len(tests) == 1 else "(" + f" {word} ".join(tests) + ")"


class Conditions(ABC):
    """Makes conditions of terms for one council, and keeps the values that they speak of."""

    def __init__(self, connection: Connection, council: str, few: bool = False) -> None:
        """`few`: only few items are asked about. Raises NotFound where there is no such council."""
        self.few = few
        self.connection = connection
        self.council = council
        self.number = councils.number(connection, council)
        self.values: dict[str, object] = {"council": council, "low": 1, "high": LAST}
        self.named: list[str] = []
        """Conditions with names of their own, as a WITH has them; each may speak of those before it."""
        self._deep = 0

    def bind(self, value: object) -> str:
        """A name for a value, as it is written in SQL."""
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f":{name}"

    def parts(self, term: Term) -> Parts:
        """A simple term taken apart as a conjunction."""
        terms = term.terms if isinstance(term, And) else (term,)
        interval = Interval()
        rest: list[Term] = []
        for each in terms:
            if isinstance(each, Since | Until):
                interval = interval.within(each)
            else:
                rest.append(each)
        sources, tests = self.conjuncts(rest)
        return Parts(tuple(sources), tuple(tests), interval)

    def test(self, term: Term) -> str:
        """The condition that a simple term is. What is deep in parentheses gets a name, and is spoken of by it."""
        self._deep += 1
        try:
            test = self._test(term)
            return self._name(test) if self._deep % _DEEPEST == 0 else test
        finally:
            self._deep -= 1

    def _name(self, test: str) -> str:
        name = f"d{len(self.named)}"
        self.named.append(f"{name} AS (SELECT i.number FROM item i WHERE {ITEM} AND {test})")
        return self.within(Source(f"SELECT number FROM {name}", Few.MOST))

    def _test(self, term: Term) -> str:
        if isinstance(term, Not):
            return f"NOT {self.test(term.term)}"
        if isinstance(term, Or):
            return self._either(term.terms)
        parts = self.parts(term)
        tests = [*map(self.within, parts.sources), *parts.tests]
        if parts.interval:
            tests.append(self.during(parts.interval))
        return joined(tests, "AND") if tests else ALL

    def _either(self, terms: Sequence[Term]) -> str:
        sources, rest = self.alternatives(terms)
        tests = [*map(self.within, sources), *(self.test(each) for each in rest)]
        return joined(tests, "OR") if tests else NONE

    def conjuncts(self, terms: Sequence[Term]) -> tuple[list[Source], list[str]]:
        """What must all hold, as sets of numbers and other conditions."""
        sources, tests = [], []
        for each in terms:
            source = self.source(each)
            if source is None:
                tests.append(self.test(each))
            else:
                sources.append(source)
        return sources, tests

    def source(self, term: Term) -> Source | None:
        """The numbers of the items for which a single term holds; None where it is not a single one."""
        if isinstance(term, Words):
            return self.words((term,)) if term.tokens else Source(_NOBODY, Few.VERY)
        if isinstance(term, Is):
            return attributes.source(self, term)
        if isinstance(term, HasAttachment):
            return attributes.WITH_ATTACHMENT
        if isinstance(term, Unsearched):
            return attributes.NOTHING_READ if term.wholly else attributes.UNSEARCHED
        return None

    @abstractmethod
    def words(self, words: Sequence[Words]) -> Source:
        """The numbers of the items in which one of these stands; all of them in the same form and columns."""

    @abstractmethod
    def alternatives(self, terms: Sequence[Term]) -> tuple[list[Source], list[Term]]:
        """Of what one must hold, as sets of numbers, and the terms that are none."""

    def within(self, source: Source) -> str:
        """The condition that `i.number` is in a set."""
        return source.test if self.few and source.test else self.among(source)

    @abstractmethod
    def among(self, source: Source) -> str:
        """The same, with all of the set."""

    @abstractmethod
    def during(self, interval: Interval) -> str:
        """The condition that an item came in in an interval."""

    def moments(self, interval: Interval, of: str) -> str:
        """The condition on a moment; ALL where the interval is open."""
        tests = []
        if interval.since is not None:
            tests.append(f"{of} >= {self.bind(interval.since)}")
        if interval.until is not None:
            tests.append(f"{of} < {self.bind(interval.until)}")
        return joined(tests, "AND") if tests else ALL


_NOBODY = f"SELECT number FROM item WHERE {NONE}"


def grouped(words: Iterable[Words]) -> list[tuple[Words, ...]]:
    """Words in groups of the same form and columns."""
    groups: dict[object, list[Words]] = {}
    for each in words:
        groups.setdefault((each.form, each.columns), []).append(each)
    return [tuple(group) for group in groups.values()]
