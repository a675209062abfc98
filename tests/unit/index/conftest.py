from __future__ import annotations

import itertools

import pytest
from sqlalchemy import text

from gateway.store import ledger, messages, sheet
from gateway.store.database import Database
from gateway.store.index import tables
from gateway.store.index.columns import Column
from gateway.store.index.content import Content, Piece, Said
from gateway.store.index.tokens import stems, tokens
from gateway.store.index.vectors import OVERLAP
from gateway.store.vault import vault_of
from tests.unit.store.conftest import NOW, council, database, url
from tests.unit.store.test_store import COUNCIL, entry

__all__ = ["COUNCIL", "NOW", "Index", "content", "council", "database", "entry", "index", "piece", "url"]


def piece(text: str = "", **said) -> Piece:
    return Piece(
        **{"part": 2, "name": "paper.pdf", "kind": "application/pdf", "size": 9, "sha256": "ab", **said},
        text=text,
    )


def content(own: str = "", *pieces: Piece, **said) -> Content:
    more = {name: said.pop(name) for name in list(said) if name in Said.model_fields}
    return Content(said=Said(own=own, **more), pieces=pieces, **said)


class Index:
    """The index of the test's council, asked in its own words: what search does with it is search's."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._ids = itertools.count(1)

    def take(self, content: Content | None, **changes) -> str:
        """Take a message in. Returns its queue id."""
        number = next(self._ids)
        one = entry(
            heading=messages.Heading(f"<{number}@x>", "Hi", "jo@nether.example", "nether.example"),
            content=content,
            **changes,
        )

        def write(connection):
            ledger.lock(connection, COUNCIL)
            made = sheet.of_submission(one, vault_of(connection), connection.dialect.name)
            sheet.write(connection, [made])

        self.database.write_blocking(write)
        return one.id

    def number(self, message: str) -> int:
        return self.rows("select number from item where message_id = :message", message=message)[0][0]

    def rows(self, statement: str, **values) -> list:
        return self.database.read_blocking(lambda c: list(c.execute(text(statement), values)))

    def phrase(self, words: str, *columns: Column) -> list[int]:
        """The items in which these words stand one after another, in one of the columns."""
        said = tokens(words)
        assert 0 < len(said) <= OVERLAP + 1
        wanted = columns or tuple(Column)
        if self.database.engine.dialect.name == "sqlite":
            names = " ".join(each.title for each in wanted)
            asked = f'{{{names}}} : "{" ".join(said)}"'
            table = tables.exact(1)
            return [
                row[0]
                for row in self.rows(f"select rowid from {table} where {table} match :q order by 1", q=asked)
            ]
        return self._vectors("exact", " <-> ".join(f"'{each}'" for each in said), wanted)

    def stem(self, word: str, *columns: Column) -> list[int]:
        """The items in which a form of this word stands."""
        [said] = tokens(word)
        wanted = columns or tuple(Column)
        if self.database.engine.dialect.name == "sqlite":
            names = " ".join(each.title for each in wanted)
            table = tables.stemmed(1)
            asked = f'{{{names}}} : "{said}"'
            return [
                row[0]
                for row in self.rows(f"select rowid from {table} where {table} match :q order by 1", q=asked)
            ]
        return self._vectors("stemmed", f"'{stems.of([said])[said]}'", wanted)

    def _vectors(self, vector: str, asked: str, columns) -> list[int]:
        return [
            row[0]
            for row in self.rows(
                f"select distinct item from {tables.words(1)} where {vector} @@ cast(:q as tsquery) "
                "and field = any(:fields) order by 1",
                q=asked,
                fields=[int(each) for each in columns],
            )
        ]

    def vocabulary(self) -> set[str]:
        name = tables.vocabulary(1)
        column = "term" if self.database.engine.dialect.name == "sqlite" else "word"
        return {row[0] for row in self.rows(f"select {column} from {name}")} - {"\ue000"}

    def sound(self) -> None:
        """Everything archived is indexed or pending, and SQLite finds nothing amiss in its tables."""
        [[archived]] = self.rows("select count(*) from message")
        counted = dict(self.rows("select state, count(*) from item group by state"))
        assert archived == counted.get("indexed", 0) + counted.get("pending", 0)
        if self.database.engine.dialect.name == "sqlite":
            with self.database.engine.connect() as connection:
                for table in (tables.exact(1), tables.stemmed(1)):
                    connection.exec_driver_sql(f"insert into {table} ({table}) values ('integrity-check')")


@pytest.fixture
def index(database) -> Index:
    return Index(database)
