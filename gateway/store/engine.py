"""Opening the database so that what is committed is durable, and asserting it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, ExceptionContext, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from gateway.store.errors import NotDurable, Unavailable, Unsuitable
from gateway.store.turns import turn
from gateway.store.vault import OPEN, OPTION, Vault

_WRITE = "vestry_write"
"""Execution option of a connection that will write: SQLite then takes its write lock at BEGIN, so that a
transaction never has to be given up half-way because another one wrote first."""

_OLDEST_POSTGRESQL = 150_000

_POSTGRESQL_DURABILITY = {
    "fsync": ("on",),
    "full_page_writes": ("on",),
    # All of these have the commit on the server's own disk before it is answered. `local` does too, but where
    # there are standbys it loses what was acknowledged when one of them takes over; where there are none it
    # is the same as `on`.
    "synchronous_commit": ("on", "remote_apply", "remote_write"),
}

_POSTGRESQL_SESSION = {
    "application_name": "vestry",
    "client_encoding": "utf8",
    "connect_timeout": "5",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "15000",
    # A node that stands still in the middle of a transaction holds a council's ledger. It loses the
    # transaction before those who wait for the lock lose their patience.
    "options": "-c idle_in_transaction_session_timeout=10000 -c lock_timeout=15000",
}


def open_engine(url: str, vault: Vault = OPEN) -> Engine:
    """An engine on `url`, with durability set. Nothing is connected yet. Raises Unsuitable.

    Every connection of it has the `vault` (`vault_of`).

    What is logged of an error never holds the values that a statement was given.
    """
    address = _address(url)
    if address.get_backend_name() == "sqlite":
        engine = create_engine(
            address,
            poolclass=QueuePool,
            pool_size=8,
            max_overflow=8,
            hide_parameters=True,
            connect_args={"check_same_thread": False},
            execution_options={OPTION: vault},
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    session = {name: value for name, value in _POSTGRESQL_SESSION.items() if name not in address.query}
    engine = create_engine(
        address,
        pool_size=8,
        max_overflow=8,
        pool_pre_ping=True,
        hide_parameters=True,
        isolation_level="READ COMMITTED",
        connect_args=session,
        execution_options={OPTION: vault},
    )
    # Many rows in one statement, and not in the driver's pipeline: behind that the server would not count how
    # long a transaction stands idle, and a node that stopped there would keep its locks.
    engine.dialect.use_insertmanyvalues_wo_returning = True
    event.listen(engine, "handle_error", _leave_values_out)
    return engine


def reading(engine: Engine) -> Connection:
    """A connection whose transaction sees the database as it is at its first statement, and changes nothing.

    SQLite's read transactions are like that by themselves.
    """
    connection = engine.connect()
    if engine.dialect.name == "postgresql":
        return connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A connection for one transaction that writes; on SQLite it is this process's turn until the end."""
    path = engine.url.database if engine.dialect.name == "sqlite" else None
    path = None if path == ":memory:" else path
    with (
        turn(path) if path else nullcontext(),
        engine.connect().execution_options(**{_WRITE: True}) as connection,
    ):
        yield connection


def assert_durable(engine: Engine) -> None:
    """Check that the database keeps what it commits. Raises NotDurable, Unsuitable or Unavailable."""
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                _assert_sqlite(connection)
            else:
                _assert_postgresql(connection)
    except SQLAlchemyError as error:
        raise Unavailable("the database cannot be opened") from error


def _address(url: str) -> URL:
    """The address, read. What cannot be read is not repeated: it may hold a password."""
    try:
        address = make_url(url)
    except ArgumentError:
        raise Unsuitable("the database address cannot be read") from None
    if address.drivername == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
    if address.drivername not in {"sqlite", "postgresql+psycopg"}:
        raise Unsuitable(f"no database of the kind {address.drivername!r}; there is sqlite, and postgresql")
    return address


def _assert_sqlite(connection: Connection) -> None:
    journal = connection.execute(text("PRAGMA journal_mode")).scalar_one()
    synchronous = connection.execute(text("PRAGMA synchronous")).scalar_one()
    if journal != "wal" or synchronous != 2:
        raise NotDurable(f"SQLite must run in WAL with synchronous=FULL; found {journal}, {synchronous}")


def _assert_postgresql(connection: Connection) -> None:
    rows = connection.execute(text("SELECT name, setting FROM pg_settings"))
    found: dict[str, str] = {row.name: row.setting for row in rows}
    if int(found["server_version_num"]) < _OLDEST_POSTGRESQL:
        raise Unsuitable(f"PostgreSQL 15 or newer is needed; the server is {found['server_version']}")
    if found["server_encoding"] != "UTF8":
        raise Unsuitable(f"the PostgreSQL database must be in UTF8; found {found['server_encoding']}")
    if connection.execute(text("SELECT pg_is_in_recovery()")).scalar_one():
        raise Unsuitable("the PostgreSQL server is a standby, which cannot be written")
    for setting, allowed in _POSTGRESQL_DURABILITY.items():
        if found[setting] not in allowed:
            wanted = " or ".join(allowed)
            raise NotDurable(f"PostgreSQL must run with {setting}={wanted}; found {found[setting]}")


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
    writes = connection.get_execution_options().get(_WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _leave_values_out(context: ExceptionContext) -> None:
    """Keep of PostgreSQL's message its first line: the others may quote the row that it would not take."""
    primary = getattr(getattr(context.original_exception, "diag", None), "message_primary", None)
    if primary is not None:
        context.original_exception.args = (primary,)
        if context.sqlalchemy_exception is not None:
            context.sqlalchemy_exception.args = (primary,)
