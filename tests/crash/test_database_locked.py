"""Something else has the database locked: mail is put off while it lasts, and goes on by itself afterwards.

(That the whole server of a PostgreSQL goes away and comes back is tested in end_to_end/test_postgresql.py.)
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from tests.crash.settle import settle, waiting
from tests.crash.siege import ROLES, process_of
from tests.crash.test_disk_full import Sender
from tests.crash.upstream import RecordingUpstream
from tests.installation import Installation, until


@contextlib.contextmanager
def locked(installation: Installation) -> Iterator[None]:
    """Nobody else can write to the database."""
    path = installation.folder / "data/vestry.sqlite"
    with contextlib.closing(sqlite3.connect(path, isolation_level=None, timeout=30)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


def test_locked_for_long_it_is_4xx_and_passes(installation: Installation, upstream: RecordingUpstream):
    installation.upstream(upstream.port, data_seconds=60)
    installation.prepare()
    installation.start()
    processes = {role: process_of(installation, role) for role in ROLES}
    sender = Sender(installation)
    upstream.moments.arm("taken")
    assert sender.send()[0] == 250
    assert upstream.moments.reached(30)
    with locked(installation):
        upstream.moments.let_go()  # What came of it cannot be written down for now.
        code, text = sender.send()
        assert (code, text[:6]) == (451, "4.3.0 ")
    until(lambda: sender.send()[0] == 250, 60)
    with installation.database() as database:
        until(lambda: waiting(database) == 0, 60)
        account = settle(database, installation.council.id, sender.letters, upstream)
    assert account.faults == ()
    assert account.acknowledged == account.archived == account.delivered
    assert account.duplicates == account.departures_unknown == 0
    assert {role: process_of(installation, role) for role in ROLES} == processes
    assert installation.stop() == 0


def test_locked_for_a_moment_nobody_notices(installation: Installation, upstream: RecordingUpstream):
    installation.prepare()
    installation.start()
    sender = Sender(installation)
    with ThreadPoolExecutor(1) as pool:
        with locked(installation):
            reply = pool.submit(sender.send)
            until(lambda: sender.letters)
        assert reply.result(60)[0] == 250
    until(lambda: len(upstream.taken) == 1)
    assert installation.stop() == 0
