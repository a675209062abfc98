"""Bringing a backup back: into a database with nothing in it, verified before it counts."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from gateway.archive.verify import verify
from gateway.backup import BackupFailed, manifest
from gateway.backup.manifest import Manifest
from gateway.backup.take import POSTGRESQL, SQLITE
from gateway.store import copies, councils, jobs, ledger, queue, schema
from gateway.store.engine import assert_durable, open_engine, reading, writing
from gateway.store.errors import Unavailable
from gateway.store.upgrade import upgrade
from gateway.store.vault import Vault

_FAR_AWAY = timedelta(days=36_525)
_MOST_TOLD = 5
_NEEDS_KEY = (
    "{} is the backup of an encrypted archive: put its key, which is not in the backup, where `archive.key` in the "
    "settings names it; nothing was changed"
)


@dataclass(frozen=True, slots=True)
class Restored:
    """What was brought back. `waiting` departures are in the queue, `held_back` where they stay there.

    `faults` are what is amiss in the archive, by council: empty unless that was to be put up with.
    """

    manifest: Manifest
    waiting: int
    held_back: bool
    faults: tuple[str, ...]


def restore(
    folder: Path,
    url: str,
    now: datetime,
    *,
    key: bytes | None = None,
    resume_queue: bool = False,
    despite_faults: bool = False,
) -> Restored:
    """Bring the backup in `folder` into the database at `url`. Nobody may be at work there.

    What waited to be delivered is held back, unless `resume_queue`. `key` is the archive's, where it has one. Raises
    BackupFailed and other StoreErrors; then the database is as empty as it was.
    """
    taken = manifest.read(folder)
    try:
        target = copies.sqlite_file(url)
        if (taken.database == "sqlite") != (target is not None):
            kind = "SQLite" if taken.database == "sqlite" else "PostgreSQL"
            raise BackupFailed(f"{folder} is a backup of {kind}; the settings name another kind of database")
        if taken.revision not in schema.revisions():
            raise BackupFailed(
                f"{folder} was taken by a newer version ({taken.program}): its tables are unknown"
            )
        if taken.encrypted and key is None:
            raise BackupFailed(_NEEDS_KEY.format(folder))
        with _into_file(folder, target) if target is not None else _into_server(folder, url) as fresh:
            upgrade(fresh, key)
            faults = _compared(fresh, key, taken, despite_faults)
            until = None if resume_queue else now + _FAR_AWAY
            waiting = _quieted(fresh, taken, now, until)
    except SQLAlchemyError as error:
        raise Unavailable("the database cannot be restored") from error
    except OSError as error:
        raise BackupFailed(f"the backup cannot be put in place: {error.strerror}") from error
    return Restored(taken, waiting, until is not None and waiting > 0, faults)


@contextlib.contextmanager
def _into_file(folder: Path, target: Path) -> Iterator[str]:
    """The address of a copy beside `target`, put in its place if all goes well."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if target.exists():
        with _opened(f"sqlite:///{target}") as engine:
            _assert_empty(engine)
    fresh = target.with_name(target.name + ".restoring")
    try:
        shutil.copyfile(folder / SQLITE, fresh)
        fresh.chmod(0o600)
        yield f"sqlite:///{fresh}"
        manifest.sync(fresh)
        for left_over in ("-wal", "-shm"):
            target.with_name(target.name + left_over).unlink(missing_ok=True)
        fresh.replace(target)
        manifest.sync(target.parent)
    finally:
        for path in target.parent.glob(fresh.name + "*"):
            path.unlink()


@contextlib.contextmanager
def _into_server(folder: Path, url: str) -> Iterator[str]:
    """`url`, with the backup in it; emptied again if anything goes wrong."""
    with _opened(url) as engine:
        assert_durable(engine)
        _assert_empty(engine)
        copies.drop_tables(engine)
        try:
            copies.load_postgresql(engine, folder / POSTGRESQL)
            yield url
        except BaseException:
            copies.drop_tables(engine)
            raise


@contextlib.contextmanager
def _opened(url: str, key: bytes | None = None) -> Iterator[Engine]:
    engine = open_engine(url, Vault(key))
    try:
        yield engine
    finally:
        engine.dispose()


def _assert_empty(engine: Engine) -> None:
    with engine.connect() as connection:
        if copies.has_councils(connection):
            raise BackupFailed("the database is not empty: there are councils in it; nothing was changed")
        if engine.dialect.name == "postgresql" and copies.others_at_work(connection):
            raise BackupFailed("a node is at work on this database; stop it first; nothing was changed")


def _compared(url: str, key: bytes | None, taken: Manifest, despite_faults: bool) -> tuple[str, ...]:
    """What is amiss in the restored archive. Raises BackupFailed, where that is not to be put up with."""
    with _opened(url, key) as engine, reading(engine) as connection:
        found = tuple(_faults(connection, taken))
    if found and not despite_faults:
        told = "; ".join(found[:_MOST_TOLD]) + ("; …" if len(found) > _MOST_TOLD else "")
        raise BackupFailed(f"the archive in the backup is not whole, and nothing was restored: {told}")
    return found


def _faults(connection: Connection, taken: Manifest) -> Iterator[str]:
    there = {council for council, _, _ in councils.everyone(connection)}
    if there != set(taken.councils):
        yield "the councils are not those of the manifest"
    for council in sorted(there & set(taken.councils)):
        for fault in verify(connection, council):
            yield f"{council}: link {fault.sequence}, message {fault.message}: {fault.what}"
        head = taken.councils[council]
        if ledger.head(connection, council) != (head.links, head.hash):
            yield f"{council}: the ledger does not end where the manifest says"


def _quieted(url: str, taken: Manifest, now: datetime, until: datetime | None) -> int:
    """End the leases of those who were at work, and hold back what waited. Returns how many departures wait."""
    reply = f"451 4.3.0 held back: restored from the backup of {taken.taken_at:%Y-%m-%d %H:%M} UTC"
    with _opened(url) as engine, writing(engine) as connection, connection.begin():
        jobs.end_all_leases(connection)
        return queue.hold_back(connection, now, until, reply)
