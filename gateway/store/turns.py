"""Taking turns at writing to SQLite, so that no process keeps the others out.

SQLite has whoever finds the database locked ask again after ever longer pauses. A process that writes without
a pause then keeps the others waiting for seconds, and delivery loses its leases to submission. So whoever is
about to write first takes the place of the next one, then waits for its turn, and only then leaves that place:
the one who has just written finds it taken and comes after whoever stood there.

Both are locks of the kernel on empty files beside the database. They end with the process that holds them.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import TimeoutError as WaitedInVain

WAIT_SECONDS = 15.0
"""How long to wait for a turn, as long as SQLite itself is told to wait."""

_ASK_EVERY = 0.0005


@contextmanager
def turn(database: str) -> Iterator[None]:
    """Be the one who writes to the SQLite file `database`.

    Raises sqlalchemy's TimeoutError where another does not end, OSError where the locks cannot be had.
    """
    deadline = time.monotonic() + WAIT_SECONDS
    mine = _open(f"{database}-turn")
    try:
        with _place(f"{database}-next", deadline):
            _lock(mine, deadline)
        yield
    finally:
        os.close(mine)


@contextmanager
def _place(path: str, deadline: float) -> Iterator[None]:
    place = _open(path)
    try:
        _lock(place, deadline)
        yield
    finally:
        os.close(place)


def _open(path: str) -> int:
    # To lock a file it is enough to read it: one that a command run by root has made serves everybody.
    return os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)


def _lock(descriptor: int, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise WaitedInVain("another process does not end its turn to write") from None
            time.sleep(_ASK_EVERY)
        else:
            return
