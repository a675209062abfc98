"""What an error of the database means: its own trouble, a collision of two transactions, or our mistake."""

from __future__ import annotations

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError

_COLLISIONS = frozenset({"40001", "40P01"})
"""PostgreSQL's codes for a serialization failure and for a deadlock that it has resolved at our expense."""


def is_outage(error: BaseException) -> bool:
    """Whether the database failed, rather than what was asked of it."""
    return isinstance(error, DBAPIError) and not isinstance(
        error, IntegrityError | ProgrammingError | DataError
    )


def is_collision(error: BaseException) -> bool:
    """Whether the very same transaction may well succeed when it is tried again at once."""
    return isinstance(error, DBAPIError) and sqlstate(error) in _COLLISIONS


def sqlstate(error: BaseException) -> str:
    """PostgreSQL's code for what happened; empty where there is none."""
    return getattr(getattr(error, "orig", None), "sqlstate", None) or ""
