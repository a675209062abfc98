"""Taking a backup while mail flows."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from gateway.backup import BackupFailed, manifest
from gateway.backup.manifest import Head, Manifest
from gateway.store import copies, councils, departures, holds, ledger, marks
from gateway.store.engine import assert_durable, open_engine, reading
from gateway.store.errors import Unavailable
from gateway.store.schema import assert_current, revision_of

SQLITE = "vestry.sqlite"
POSTGRESQL = "vestry.dump"
SETTINGS = "vestry.toml"


def take(url: str, settings: Path | None, folder: Path, now: datetime) -> Manifest:
    """Copy the database at `url`, and the settings file, into `folder`, which is made, or is empty.

    Raises BackupFailed and other StoreErrors; then nothing is left in the folder.
    """
    made = _empty(folder)
    try:
        return _take(url, settings, folder, now)
    except SQLAlchemyError as error:
        _clear(folder, made)
        raise Unavailable("the database cannot be read") from error
    except OSError as error:
        _clear(folder, made)
        raise BackupFailed(f"{folder} cannot be written: {error.strerror}") from error
    except BaseException:
        _clear(folder, made)
        raise


def _take(url: str, settings: Path | None, folder: Path, now: datetime) -> Manifest:
    with _copied(url, folder) as connection:
        postgresql = connection.dialect.name == "postgresql"
        revision = revision_of(connection)
        heads = {council: _head(connection, council) for council, _, _ in councils.everyone(connection)}
        waiting = sum(departures.depth(connection)[0].values())
        held = sum(holds.counts(connection).values())
        encrypted = marks.is_encrypted(connection)
    if settings is not None:
        shutil.copyfile(settings, folder / SETTINGS)
    taken = Manifest(
        program=version("vestry"),
        taken_at=now,
        database="postgresql" if postgresql else "sqlite",
        revision=revision,
        councils=heads,
        waiting=waiting,
        held=held,
        encrypted=encrypted,
        files={path.name: manifest.describe(path) for path in sorted(folder.iterdir())},
    )
    manifest.write(folder, taken)
    return taken


def _head(connection: Connection, council: str) -> Head:
    links, head = ledger.head(connection, council)
    return Head(links=links, hash=head)


@contextlib.contextmanager
def _copied(url: str, folder: Path) -> Iterator[Connection]:
    """Copy the database, and give a connection that sees the moment which was copied."""
    source = copies.sqlite_file(url)
    engine = open_engine(url)
    try:
        assert_durable(engine)
        assert_current(engine)
        if source is None:
            with copies.postgresql_moment(engine) as (connection, moment):
                copies.dump_postgresql(engine, moment, folder / POSTGRESQL)
                yield connection
            return
        copies.copy_sqlite(source, folder / SQLITE)
    finally:
        engine.dispose()
    copy = open_engine(f"sqlite:///{folder / SQLITE}")
    try:
        with reading(copy) as connection:
            yield connection
    finally:
        copy.dispose()


def _empty(folder: Path) -> bool:
    """Have an empty folder. Returns whether it was made. Raises BackupFailed."""
    try:
        if folder.exists():
            if not folder.is_dir() or any(folder.iterdir()):
                raise BackupFailed(f"{folder} is not an empty folder; nothing was written")
            return False
        folder.mkdir(mode=0o700, parents=True)
    except OSError as error:
        raise BackupFailed(f"{folder} cannot be made: {error.strerror}") from error
    return True


def _clear(folder: Path, made: bool) -> None:
    """Leave nothing behind that could be taken for a backup."""
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            path.unlink()
        if made:
            folder.rmdir()
