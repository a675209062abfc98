"""One transaction, and what became of it: also where the reply to its COMMIT was lost.

PostgreSQL is asked for the transaction's number before its COMMIT, so that a new connection can ask for that
number's fate (pg_xact_status). A lost COMMIT may still be on its way to the server when we ask, so "in
progress" is waited out; a session that waits for a COMMIT which never comes is ended. SQLite has no such
thing: there the fate is unknown, and whoever wrote looks whether it is there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from gateway import logs
from gateway.store.engine import writing
from gateway.store.faults import sqlstate

Act = Callable[[Connection], Any]

_SETTLED_WITHIN = 15.0
_ASK_EVERY = 0.1
_MAY_STILL_COME = 1.0
"""How long a COMMIT may be on its way before the session that waits for it is ended."""

_log = logs.get("store")


class Fate(Enum):
    """What became of a transaction."""

    COMMITTED = "committed"
    UNDONE = "undone"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A transaction that is over. `results` where it was committed or may have been; else why it failed.

    `asked` where COMMIT was said and not answered.
    """

    fate: Fate
    results: Sequence[Any] = ()
    failure: Exception | None = None
    asked: bool = False


def attempt(engine: Engine, acts: Sequence[Act]) -> Attempt:
    """Carry out `acts` in one transaction. Raises SQLAlchemyError where there is no connection to be had."""
    with writing(engine) as connection:
        transaction = connection.begin()
        try:
            number = _number(connection)
            results = [act(connection) for act in acts]
        except Exception as error:
            transaction.rollback()
            return Attempt(Fate.UNDONE, failure=error)
        try:
            transaction.commit()
        except SQLAlchemyError as error:
            _log.warning(
                "commit not answered", size=len(acts), error=type(error).__name__, sqlstate=sqlstate(error)
            )
            connection.invalidate()
            failure = error
        else:
            return Attempt(Fate.COMMITTED, results)
    fate = Fate.UNKNOWN if number is None else _settled(engine, number)
    _log.warning("commit looked up", size=len(acts), fate=fate.value)
    return Attempt(fate, results, failure, asked=True)


def _number(connection: Connection) -> str | None:
    """The transaction's number at the server, where it has one."""
    if connection.dialect.name != "postgresql":
        return None
    return str(connection.execute(text("SELECT pg_current_xact_id()::text")).scalar_one())


def _settled(engine: Engine, number: str) -> Fate:
    """What became of the transaction `number`, asked until it is over, or for some seconds."""
    begun = time.monotonic()
    while time.monotonic() - begun < _SETTLED_WITHIN:
        try:
            with engine.connect() as connection:
                status = connection.execute(
                    text("SELECT pg_xact_status(CAST(:number AS xid8))"), {"number": number}
                ).scalar_one()
                if status == "committed":
                    return Fate.COMMITTED
                if status == "aborted":
                    return Fate.UNDONE
                if status is None:
                    return Fate.UNKNOWN
                if time.monotonic() - begun > _MAY_STILL_COME:
                    _end_waiting(connection, number)
        except SQLAlchemyError as error:
            _log.warning("commit not looked up yet", error=type(error).__name__, sqlstate=sqlstate(error))
        time.sleep(_ASK_EVERY)
    return Fate.UNKNOWN


def _end_waiting(connection: Connection, number: str) -> None:
    """End the session that has the transaction open and hears nothing. One that works on it is left alone."""
    connection.execute(
        text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE backend_xid = CAST(CAST(:number AS xid8) AS xid) AND state LIKE 'idle in transaction%'"
        ),
        {"number": number},
    )
