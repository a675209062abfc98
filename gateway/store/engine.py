"""Opening the database so that what is committed is durable, and asserting it."""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool

from gateway.store.errors import NotDurable, Unavailable

WRITE = "vestry_write"
"""Execution option of a connection that will write: SQLite then takes its write lock at BEGIN, so that a
transaction never has to be given up half-way because another one wrote first."""

_POSTGRESQL_DURABILITY = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}


def open_engine(url: str) -> Engine:
    """An engine on `url`, with durability set. Nothing is connected yet."""
    if url.startswith("sqlite"):
        engine = create_engine(
            url,
            poolclass=QueuePool,
            pool_size=8,
            max_overflow=8,
            connect_args={"check_same_thread": False},
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(url, pool_size=8, max_overflow=8, pool_pre_ping=True)


def assert_durable(engine: Engine) -> None:
    """Check that the database keeps what it commits. Raises NotDurable or Unavailable."""
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                _assert_sqlite(connection)
            else:
                _assert_postgresql(connection)
    except SQLAlchemyError as error:
        raise Unavailable("the database cannot be opened") from error


def _assert_sqlite(connection: Connection) -> None:
    journal = connection.execute(text("PRAGMA journal_mode")).scalar_one()
    synchronous = connection.execute(text("PRAGMA synchronous")).scalar_one()
    if journal != "wal" or synchronous != 2:
        raise NotDurable(f"SQLite must run in WAL with synchronous=FULL; found {journal}, {synchronous}")


def _assert_postgresql(connection: Connection) -> None:
    for setting, wanted in _POSTGRESQL_DURABILITY.items():
        found = connection.execute(text(f"SHOW {setting}")).scalar_one()
        if found != wanted:
            raise NotDurable(f"PostgreSQL must run with {setting}={wanted}; found {found}")


def _prepare_sqlite(connection: sqlite3.Connection, record: Any) -> None:
    # The driver's own transaction handling would commit behind our back; BEGIN is ours (see _begin_sqlite).
    connection.isolation_level = None
    for pragma in (
        "busy_timeout=15000",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "temp_store=MEMORY",
        "cache_size=-16000",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
