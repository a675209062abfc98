"""The tables of a council's index."""

from __future__ import annotations

from sqlalchemy import Connection

from gateway.store.index.columns import Column

_TOKENS = "unicode61 remove_diacritics 2"


def exact(number: int) -> str:
    """SQLite's table of words as they stand, of the council with this number. Its rowid is the item's number."""
    return f"exact_{number:d}"


def stemmed(number: int) -> str:
    """SQLite's table of stems. It knows columns, and no places: phrases are looked for in `exact`."""
    return f"stemmed_{number:d}"


def vocabulary(number: int) -> str:
    """The words that stand in the index: on SQLite as FTS5 tells them (term, doc, cnt), on PostgreSQL `word` alone."""
    return f"vocabulary_{number:d}"


def words(number: int) -> str:
    """PostgreSQL's table: a row for a piece of a column of an item."""
    return f"words_{number:d}"


def create(connection: Connection, number: int) -> None:
    """Make the index of the council with this number."""
    for statement in _statements(connection.dialect.name, number):
        connection.exec_driver_sql(statement)


def drop(connection: Connection, number: int) -> None:
    """Take away the index of the council with this number; it can be made anew from the table `text`."""
    names = (
        (words(number), vocabulary(number))
        if connection.dialect.name == "postgresql"
        else (vocabulary(number), stemmed(number), exact(number))
    )
    for name in names:
        connection.exec_driver_sql(f"DROP TABLE {name}")


def _statements(dialect: str, number: int) -> list[str]:
    if dialect == "postgresql":
        table = words(number)
        return [
            f"CREATE TABLE {table} (item bigint NOT NULL, field smallint NOT NULL, ordinal integer NOT NULL, "
            "piece integer NOT NULL, exact tsvector NOT NULL, stemmed tsvector NOT NULL, "
            "PRIMARY KEY (item, field, ordinal, piece))",
            f"CREATE INDEX ix_{table}_exact ON {table} USING gin (exact)",
            f"CREATE INDEX ix_{table}_stemmed ON {table} USING gin (stemmed)",
            f'CREATE TABLE {vocabulary(number)} (word text COLLATE "C" PRIMARY KEY)',
        ]
    columns = ", ".join(each.title for each in Column)
    return [
        f"CREATE VIRTUAL TABLE {exact(number)} USING fts5({columns}, content='', tokenize='{_TOKENS}')",
        f"CREATE VIRTUAL TABLE {stemmed(number)} USING fts5({columns}, content='', detail=column, "
        f"tokenize='porter {_TOKENS}')",
        f"CREATE VIRTUAL TABLE {vocabulary(number)} USING fts5vocab('{exact(number)}', 'row')",
    ]
