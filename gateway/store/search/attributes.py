"""What is known of an item besides its words, as statements that give the numbers of the items that have it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from gateway.archive.query.terms import Attribute, Is
from gateway.store.search import threads

if TYPE_CHECKING:
    from gateway.store.search.conditions import Conditions


class Few(IntEnum):
    """How few items a set is likely to have: a search begins with the smallest."""

    VERY = 0
    WORDS = 1
    MANY = 2
    MOST = 3


@dataclass(frozen=True, slots=True)
class Source:
    """A statement that gives numbers of items, as `number`; on SQLite none twice. `test`, where there is one, asks the
    same of the one item `i`: quicker where only few are asked about.
    """

    select: str
    few: Few
    test: str = ""


_OF = "council_id = :council AND number BETWEEN :low AND :high"
_ITEM = "council_id = :council AND item BETWEEN :low AND :high"

_ATTACHED = "EXISTS (SELECT 1 FROM attachment x WHERE x.council_id = :council AND x.item = i.number{and_})"
_ONE = "EXISTS (SELECT 1 FROM item x WHERE x.council_id = :council AND x.number = i.number AND {and_})"

WITH_ATTACHMENT = Source(
    f"SELECT DISTINCT item AS number FROM attachment WHERE {_ITEM}", Few.MOST, _ATTACHED.format(and_="")
)
UNSEARCHED = Source(
    f"SELECT number FROM item WHERE {_OF} AND state = 'pending' "
    f"UNION SELECT number FROM item WHERE {_OF} AND unread <> '' "
    f"UNION SELECT item FROM attachment WHERE {_ITEM} AND unread <> ''",
    Few.MANY,
)
_NO_TEXT = "NOT EXISTS (SELECT 1 FROM text t WHERE t.council_id = :council AND t.item = {item})"
NOTHING_READ = Source(
    f"SELECT number FROM item WHERE {_OF} AND state = 'pending' AND {_NO_TEXT.format(item='item.number')}",
    Few.MANY,
    "(" + _ONE.format(and_="x.state = 'pending'") + " AND " + _NO_TEXT.format(item="i.number") + ")",
)

# SQLite looks at what stands first in a CROSS JOIN first: the few messages, and not all items; or the one item.
_MESSAGE = (
    "SELECT n.number FROM message m CROSS JOIN item n WHERE n.council_id = :council AND n.message_id = m.id "
    "AND m.council_id = :council AND n.number BETWEEN :low AND :high AND m.state = {v}"
)
_ONE_MESSAGE = (
    "EXISTS (SELECT 1 FROM item n CROSS JOIN message m WHERE n.council_id = :council AND n.number = i.number "
    "AND m.council_id = :council AND m.id = n.message_id AND m.state = {v})"
)
_PERSON = f"SELECT number FROM item WHERE {_OF} AND person = {{v}} UNION ALL SELECT number FROM item WHERE {_OF} AND "
_BEFORE_AT = {
    # What comes behind "@" is "A". PostgreSQL has an order of its own for that.
    "sqlite": "person > {v} || '@' AND person < {v} || 'A'",
    "postgresql": "starts_with(person, {v} || '@')",
}
"""That a login is this and "@" and something."""

_TYPE = "lower(substr(kind, 1, length({v}))) = {v}"
_STATEMENTS = {
    Attribute.STATE: Source(_MESSAGE, Few.MOST, _ONE_MESSAGE),
    Attribute.VERDICT: Source(
        f"SELECT number FROM item WHERE {_OF} AND verdict = {{v}}",
        Few.MOST,
        _ONE.format(and_="x.verdict = {v}"),
    ),
    Attribute.KIND: Source(
        f"SELECT number FROM item WHERE {_OF} AND kind = {{v}}", Few.MOST, _ONE.format(and_="x.kind = {v}")
    ),
    Attribute.CHECK: Source(f'SELECT item AS number FROM found WHERE {_ITEM} AND "check" = {{v}}', Few.MANY),
    Attribute.HASH: Source(
        f"SELECT DISTINCT item AS number FROM attachment WHERE {_ITEM} AND sha256 = {{v}}", Few.VERY
    ),
    Attribute.TYPE: Source(
        f"SELECT DISTINCT item AS number FROM attachment WHERE {_ITEM} AND {_TYPE}",
        Few.MOST,
        _ATTACHED.format(and_=f" AND {_TYPE}"),
    ),
}


def source(conditions: Conditions, term: Is) -> Source:
    """The numbers of the items of which an attribute has a value."""
    if term.attribute in {Attribute.ID, Attribute.THREAD}:
        found = threads.of_id(conditions.connection, conditions.council, term.value)
        if term.attribute is Attribute.THREAD:
            found = threads.connected(conditions.connection, conditions.council, found)
        return _listed(conditions, sorted(found))
    if term.attribute is Attribute.PERSON:
        dialect = conditions.connection.dialect.name
        return Source((_PERSON + _BEFORE_AT[dialect]).format(v=_text(conditions, term.value)), Few.MANY)
    known = _STATEMENTS[term.attribute]
    value = _text(conditions, term.value)
    return Source(known.select.format(v=value), known.few, known.test.format(v=value))


def _text(conditions: Conditions, value: str) -> str:
    return f"CAST({conditions.bind(value)} AS text)"


def _listed(conditions: Conditions, numbers: list[int]) -> Source:
    """Numbers that are known already, however many."""
    listed = conditions.bind(",".join(map(str, numbers)))
    if conditions.connection.dialect.name == "postgresql":
        given = f"SELECT CAST(unnest(string_to_array({listed}, ',')) AS bigint) AS number"
    else:
        given = f"SELECT value AS number FROM json_each('[' || {listed} || ']')"
    return Source(f"SELECT g.number FROM ({given}) g WHERE g.number BETWEEN :low AND :high", Few.VERY)
