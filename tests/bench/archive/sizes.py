"""How much room an archive takes, table by table, as the database tells."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from gateway.store.database import Database
from gateway.store.index import tables
from tests.bench.archive.vestry import number_of

_BODIES = ("message_body", "blob", "blob_use")
_TEXTS = ("text",)


@dataclass(frozen=True, slots=True)
class Sizes:
    """Octets of the council's index, of what bodies and texts are kept as, and of everything."""

    index: int
    bodies: int
    texts: int
    whole: int


def sizes(database: Database) -> Sizes:
    """As they are at this moment."""
    number = number_of(database)
    if database.engine.dialect.name == "sqlite":
        return database.read_blocking(lambda connection: _of_sqlite(connection, number))
    return database.read_blocking(lambda connection: _of_postgresql(connection, number))


def optimize(database: Database) -> None:
    """Merge the pieces of the index into one, as is done in quiet hours; on PostgreSQL write out what waits."""
    number = number_of(database)
    if database.engine.dialect.name == "sqlite":
        for name in (tables.exact(number), tables.stemmed(number)):
            asked = f"INSERT INTO {name}({name}) VALUES ('optimize')"
            database.write_blocking(lambda connection, asked=asked: connection.exec_driver_sql(asked).close())
        return
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"VACUUM ANALYZE {tables.words(number)}")


def analyze(database: Database) -> None:
    """Let PostgreSQL look at what it holds."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("ANALYZE")


def _of_sqlite(connection: Connection, number: int) -> Sizes:
    names = (tables.exact(number), tables.stemmed(number))
    index = "', '".join(f"{name}_{part}" for name in names for part in ("data", "idx", "docsize", "config"))
    asked = f"SELECT coalesce(sum(pgsize), 0) FROM dbstat('main', 1) WHERE name IN ('{index}')"
    pages = connection.execute(text("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"))
    return Sizes(
        index=int(connection.execute(text(asked)).scalar_one()),
        bodies=_of_sqlite_tables(connection, _BODIES),
        texts=_of_sqlite_tables(connection, _TEXTS),
        whole=int(pages.scalar_one()),
    )


def _of_sqlite_tables(connection: Connection, names: tuple[str, ...]) -> int:
    listed = "', '".join(names)
    asked = f"SELECT coalesce(sum(pgsize), 0) FROM dbstat('main', 1) WHERE name IN ('{listed}')"
    return int(connection.execute(text(asked)).scalar_one())


def _of_postgresql(connection: Connection, number: int) -> Sizes:
    def of(*names: str) -> int:
        asked = text(
            "SELECT coalesce(sum(pg_total_relation_size(to_regclass(name))), 0) FROM unnest(:names) AS name"
        )
        return int(connection.execute(asked, {"names": list(names)}).scalar_one())

    whole = connection.execute(text("SELECT pg_database_size(current_database())"))
    return Sizes(
        index=of(tables.words(number), tables.vocabulary(number)),
        bodies=of(*_BODIES),
        texts=of(*_TEXTS),
        whole=int(whole.scalar_one()),
    )
