"""What an error of the database means: its own trouble, a collision of two transactions, or our mistake."""

from __future__ import annotations

import errno
import sqlite3

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError

_COLLISIONS = frozenset({"40001", "40P01"})
"""PostgreSQL's codes for a serialization failure and for a deadlock that it has resolved at our expense."""

_DISK_FULL = "53100"
_SQLITE_FULL = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE})
"""The second is for the index of its write-ahead log, which could not grow."""


def is_outage(error: BaseException) -> bool:
    """Whether the database failed, rather than what was asked of it."""
    return isinstance(error, DBAPIError) and not isinstance(
        error, IntegrityError | ProgrammingError | DataError
    )


def is_collision(error: BaseException) -> bool:
    """Whether the very same transaction may well succeed when it is tried again at once."""
    return isinstance(error, DBAPIError) and sqlstate(error) in _COLLISIONS


def is_full(error: BaseException) -> bool:
    """Whether there was no space left: on the disk, or in the quota."""
    cause = getattr(error, "orig", error)
    if isinstance(cause, OSError):
        return cause.errno in {errno.ENOSPC, errno.EDQUOT}
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorcode", None) in _SQLITE_FULL
    return sqlstate(error) == _DISK_FULL


def sqlstate(error: BaseException) -> str:
    """PostgreSQL's code for what happened; empty where there is none."""
    return getattr(getattr(error, "orig", None), "sqlstate", None) or ""
