"""A PostgreSQL of the tests' own: in a folder of its own, on a free port, gone at the end.

`cluster` is one for the whole run, each test in databases of its own there. A test that stops or damages its
server starts one for itself: `with Cluster() as mine: ...`.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import psycopg
import pytest

from gateway.store.models import Base
from gateway.store.upgrade import upgrade
from tests.installation import free_port
from tests.neighbours import program

_STARTS_WITHIN = 60.0
_numbers = itertools.count()


class Cluster:
    """A server. Use it with `with`, or call `start` and `stop`."""

    def __init__(self, **settings: str) -> None:
        # Not in pytest's folder: that is closed to the user that the server runs as.
        self.folder = Path(tempfile.mkdtemp(prefix="vestry-postgresql-"))
        self.settings = settings
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._template: str | None = None
        self._free: list[str] = []
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Start the server, making it first where it is new, and wait until it answers."""
        if not (self.folder / "data").exists():
            self._run("initdb", "-D", str(self.folder / "data"), "-U", "vestry", "-A", "trust", "-E", "UTF8")
        values = {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(self.folder),
            "shared_buffers": "32MB",
            "max_connections": "60",
            "deadlock_timeout": "200ms",
        } | self.settings
        options = [word for name, value in values.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*_as_owner(), program("postgres") or "postgres", "-D", str(self.folder / "data"), *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
            )
        deadline = time.monotonic() + _STARTS_WITHIN
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"PostgreSQL did not start: {(self.folder / 'log').read_text()}")
            time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop: SIGINT ends sessions and shuts down; SIGQUIT is a crash."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(how)
            self._process.wait(60)
        self._process = None

    def close(self) -> None:
        """Stop, and leave nothing behind."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str, port: int | None = None) -> str:
        """The address of a database there; through another port where a test stands in between."""
        return f"postgresql+psycopg://vestry@127.0.0.1:{port or self.port}/{database}"

    def create(self, template: str = "template1") -> str:
        """A new database. Returns its name."""
        name = f"test{next(_numbers)}_{os.getpid()}"
        self.ask(f"create database {name} template {template}")
        return name

    def with_tables(self) -> str:
        """A new database with Vestry's tables, and nothing in them. Returns its name."""
        if self._template is None:
            name = self.create()
            upgrade(self.url(name))
            self._template = name
        return self.create(self._template)

    def lend(self) -> str:
        """A database with Vestry's tables, and nothing in them, until `give_back`. Returns its name."""
        return self._free.pop() if self._free else self.with_tables()

    def give_back(self, database: str) -> None:
        """Empty a database for the next test: sooner done than dropping it, which waits for a checkpoint."""
        others = f"select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '{database}'"
        self.ask(others)
        indexes = (
            "select coalesce('drop table ' || string_agg(quote_ident(relname), ', '), 'select 1') from pg_class "
            "where relkind = 'r' and relname ~ '^(words|vocabulary)_[0-9]+$'"
        )
        [(dropping,)] = self.ask(indexes, database)
        self.ask(str(dropping), database)
        # Some tables refuse to be emptied.
        self.ask(
            f"set session_replication_role = replica; truncate {', '.join(Base.metadata.tables)}", database
        )
        self._free.append(database)

    def drop(self, database: str) -> None:
        """Remove a database, whoever is still connected."""
        self.ask(f"drop database if exists {database} with (force)")

    def ask(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """What a statement gives, run as the superuser."""
        with self.connection(database) as connection, connection.cursor() as cursor:
            cursor.execute(statement)  # type: ignore[arg-type]  # Tests put it together.
            return cursor.fetchall() if cursor.description else []

    @contextlib.contextmanager
    def connection(self, database: str = "postgres") -> Iterator[psycopg.Connection]:
        """A superuser's connection that commits each statement."""
        with psycopg.connect(
            host="127.0.0.1", port=self.port, user="vestry", dbname=database, autocommit=True
        ) as connection:
            yield connection

    def _answers(self) -> bool:
        try:
            return bool(self.ask("select true"))
        except psycopg.OperationalError:
            return False

    def _run(self, name: str, *arguments: str) -> None:
        done = subprocess.run(
            [*_as_owner(), program(name) or name, *arguments],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr


def _as_owner() -> list[str]:
    """What goes before a server's command: root may not run it; and it ends when the tests do."""
    words = ["setpriv", "--pdeathsig", "INT"]
    if os.geteuid() == 0:
        words += ["--reuid", "postgres", "--regid", "postgres", "--init-groups"]
    return words


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The server that tests share. Ask for it in tests marked `neighbour("postgresql")` alone."""
    with Cluster() as cluster:
        yield cluster


@pytest.fixture
def postgresql_url(cluster: Cluster) -> Iterator[str]:
    """The address of a database of the test's own, with Vestry's tables."""
    name = cluster.lend()
    yield cluster.url(name)
    cluster.give_back(name)
