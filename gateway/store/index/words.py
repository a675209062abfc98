"""Words into a council's index and out of it, as either kind of database has it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache

from sqlalchemy import Connection, TextClause, text

from gateway.store.direct import carry_out
from gateway.store.index import tables
from gateway.store.index.columns import Column
from gateway.store.index.content import Content
from gateway.store.index.streams import columns_of
from gateway.store.index.vectors import Vector, vectors_of

Words = tuple[str, ...] | tuple[Vector, ...]
"""Of an item, as a database takes them: for SQLite a text for each column, for PostgreSQL vectors."""


def words_of(content: Content, dialect: str) -> Words:
    """An item's words for this kind of database. It costs the most of all that is done for an item."""
    return vectors_of(content) if dialect == "postgresql" else columns_of(content)


def put(connection: Connection, number: int, items: Mapping[int, Words]) -> None:
    """Put the words of new items, by their numbers, into the index of the council with this number."""
    if connection.dialect.name == "postgresql":
        _put_vectors(connection, number, items)
        return
    rows = [(item, *words) for item, words in items.items()]
    for table in (tables.exact(number), tables.stemmed(number)):
        carry_out(connection, _put(table), rows)


def take(connection: Connection, number: int, item: int, content: Content) -> frozenset[str]:
    """Take an item's words out again; `content` is what they were put in with. An index without content must be told,
    and counts wrongly from then on where it is told anything else.

    Returns the words that may now be nobody's, for `forget`.
    """
    if connection.dialect.name == "postgresql":
        known = {"item": item}
        gone = connection.execute(_sql(_WORDS_OF, number), known).scalars().all()
        connection.execute(_sql(_TAKE, number), known)
        return frozenset(gone)
    row = (item, *columns_of(content))
    for table in (tables.exact(number), tables.stemmed(number)):
        connection.exec_driver_sql(_taken(table), row)
    return frozenset()


def forget(connection: Connection, number: int, words: Collection[str]) -> None:
    """Take those of some words out of the vocabulary that stand in no item. (SQLite keeps none of its own.)"""
    if words and connection.dialect.name == "postgresql":
        connection.execute(_sql(_FORGET, number), {"words": sorted(words)})


_PUT_VECTORS = """
    INSERT INTO {words} (item, field, ordinal, piece, exact, stemmed)
    SELECT item, field, ordinal, piece, CAST(exact AS tsvector), CAST(stemmed AS tsvector)
    FROM unnest(
        CAST(:items AS bigint[]), CAST(:fields AS smallint[]), CAST(:ordinals AS integer[]),
        CAST(:pieces AS integer[]), CAST(:exact AS text[]), CAST(:stemmed AS text[])
    ) AS put (item, field, ordinal, piece, exact, stemmed)
"""
_PUT_VOCABULARY = """
    INSERT INTO {vocabulary} (word) SELECT unnest(CAST(:words AS text[])) ON CONFLICT DO NOTHING
"""
_WORDS_OF = "SELECT DISTINCT unnest(tsvector_to_array(exact)) FROM {words} WHERE item = :item"
_TAKE = "DELETE FROM {words} WHERE item = :item"
_FORGET = """
    DELETE FROM {vocabulary} AS known WHERE known.word = ANY(CAST(:words AS text[])) AND NOT EXISTS (
        SELECT 1 FROM {words} WHERE exact @@ CAST('''' || known.word || '''' AS tsquery)
    )
"""


def _put_vectors(connection: Connection, number: int, items: Mapping[int, Words]) -> None:
    rows = [(item, each) for item, words in items.items() for each in words if isinstance(each, Vector)]
    if not rows:
        return
    connection.execute(
        _sql(_PUT_VECTORS, number),
        {
            "items": [item for item, _ in rows],
            "fields": [each.field for _, each in rows],
            "ordinals": [each.ordinal for _, each in rows],
            "pieces": [each.piece for _, each in rows],
            "exact": [each.exact for _, each in rows],
            "stemmed": [each.stemmed for _, each in rows],
        },
    )
    words = sorted(_all(each.words for _, each in rows))
    connection.execute(_sql(_PUT_VOCABULARY, number), {"words": words})


def _all(words: Iterable[frozenset[str]]) -> set[str]:
    return set().union(*words)


@lru_cache(maxsize=1024)
def _sql(statement: str, number: int) -> TextClause:
    """A statement on the tables of the council with this number."""
    return text(statement.format(words=tables.words(number), vocabulary=tables.vocabulary(number)))


@lru_cache(maxsize=1024)
def _put(table: str) -> str:
    return f"INSERT INTO {table} (rowid, {_names()}) VALUES ({_marks(len(Column) + 1)})"  # noqa: S608  # As below.


@lru_cache(maxsize=1024)
def _taken(table: str) -> str:
    """FTS5's own command (https://sqlite.org/fts5.html §6.4)."""
    return f"INSERT INTO {table} ({table}, rowid, {_names()}) VALUES ('delete', {_marks(len(Column) + 1)})"  # noqa: S608  # The table's name is a number of ours.


def _names() -> str:
    return ", ".join(each.title for each in Column)


def _marks(count: int) -> str:
    return ", ".join("?" * count)
