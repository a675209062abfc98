"""The whole database into a file and back, by the database's own means, which see one moment of it."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from psycopg.conninfo import make_conninfo
from sqlalchemy import Connection, Engine, inspect, select, text

from gateway.store import append_only
from gateway.store.engine import open_engine, reading, writing
from gateway.store.errors import Unavailable
from gateway.store.models import Base, CouncilRow

_SERVER_PROGRAMS = Path("/usr/lib/postgresql")
_REVISION = "alembic_version"
_INDEX = re.compile("(?:words|vocabulary)_[0-9]+")


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite database; None for another kind."""
    engine = open_engine(url)
    engine.dispose()
    if engine.dialect.name != "sqlite" or not engine.url.database:
        return None
    return Path(engine.url.database)


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a database that may be at work: one moment of it, and writers go on meanwhile. Raises Unavailable.

    All in one step: the copying begins again whenever somebody writes between two steps.
    """
    try:
        with closing(sqlite3.connect(source)) as here, closing(sqlite3.connect(target)) as there:
            here.execute("PRAGMA busy_timeout=15000")
            here.backup(there, pages=-1)
    except sqlite3.Error as error:
        raise Unavailable(f"the database cannot be copied: {error}") from error


@contextlib.contextmanager
def postgresql_moment(engine: Engine) -> Iterator[tuple[Connection, str]]:
    """A connection that sees one moment, and the moment's name, for `dump_postgresql`."""
    with reading(engine) as connection:
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        moment = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        yield connection, str(moment)


def dump_postgresql(engine: Engine, moment: str, target: Path) -> None:
    """Write the tables as they were at `moment` to a file, by pg_dump. Raises Unavailable."""
    with reading(engine) as connection:
        indexes = _index_tables(connection)
    tables = [f"--table={name}" for name in (*Base.metadata.tables, *indexes, _REVISION)]
    _run(
        engine,
        "pg_dump",
        ["--format=custom", "--no-owner", "--no-acl", f"--snapshot={moment}", f"--file={target}", *tables],
    )


def load_postgresql(engine: Engine, source: Path) -> None:
    """Make the tables that `dump_postgresql` wrote, whole or not at all, by pg_restore. Raises Unavailable."""
    with writing(engine) as connection, connection.begin():
        append_only.prepare(connection)
    options = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-acl"]
    _run(engine, "pg_restore", [*options, str(source)])


def has_councils(connection: Connection) -> bool:
    """Whether there is anything in the database that must not be lost."""
    if not inspect(connection).has_table(CouncilRow.__tablename__):
        return False
    return connection.execute(select(CouncilRow.id).limit(1)).first() is not None


def others_at_work(connection: Connection) -> bool:
    """Whether a node of ours is connected to this PostgreSQL database, besides this connection."""
    others = text(
        "SELECT true FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND application_name = current_setting('application_name') LIMIT 1"
    )
    return connection.execute(others).first() is not None


def drop_tables(engine: Engine) -> None:
    """Remove all our tables, and nothing else."""
    with writing(engine) as connection, connection.begin():
        for name in _index_tables(connection):
            connection.exec_driver_sql(f"DROP TABLE {name}")
        Base.metadata.drop_all(connection)
        connection.execute(text(f"DROP TABLE IF EXISTS {_REVISION}"))


def _index_tables(connection: Connection) -> list[str]:
    """The tables of councils' indexes on PostgreSQL, which no model tells of."""
    return sorted(name for name in inspect(connection).get_table_names() if _INDEX.fullmatch(name))


def _run(engine: Engine, program: str, arguments: Sequence[str]) -> None:
    """Run one of PostgreSQL's programs on the database. The password is in no argument and in no message."""
    path = _program(program)
    if path is None:
        raise Unavailable(
            f"{program} is not on this machine: install PostgreSQL's client programs "
            "(Debian: postgresql-client), of the server's version or newer"
        )
    _, parameters = engine.dialect.create_connect_args(engine.url)
    password = parameters.pop("password", None)
    # The driver's own objects among them are no options of libpq.
    where = {name: str(value) for name, value in parameters.items() if isinstance(value, str | int)}
    environment = os.environ | ({} if password is None else {"PGPASSWORD": str(password)})
    done = subprocess.run(
        [path, *arguments[:-1], f"--dbname={make_conninfo(**where)}", arguments[-1]],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        # The line that says what went wrong; those behind it may quote the data.
        said = next((line for line in done.stderr.splitlines() if "error:" in line), "")
        raise Unavailable(f"{program} failed: {said or f'exit code {done.returncode}'}")


def _program(name: str) -> str | None:
    """The path of a program: in the PATH, or where Debian keeps each version's, the newest first."""
    found = shutil.which(name)
    if found is not None:
        return found
    versions = [folder for folder in _SERVER_PROGRAMS.glob("*") if folder.name.isdigit()]
    for folder in sorted(versions, key=lambda folder: -int(folder.name)):
        found = shutil.which(name, path=str(folder / "bin"))
        if found is not None:
            return found
    return None
