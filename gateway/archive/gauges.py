"""How much of each archive is still to be read, and how much could not be searched, for the metrics."""

from __future__ import annotations

import asyncio

from sqlalchemy import Connection

from gateway import logs, metrics
from gateway.store import items
from gateway.store.database import Database
from gateway.store.errors import StoreError

_EVERY = 60.0

_log = logs.get("archive")


async def watch(database: Database) -> None:
    """Keep the archive's gauges up to date until cancelled."""
    known: set[str] = set()
    while True:
        try:
            known |= await measure(database, known)
        except StoreError as error:
            _log.warning("archive not measured", error=type(error).__name__)
        await asyncio.sleep(_EVERY)


async def measure(database: Database, known: set[str]) -> set[str]:
    """Set both gauges once; `known` councils that have nothing any more go to zero. Returns those that have."""
    pending, unread = await database.read(_counts)
    for council in known | pending.keys() | unread.keys():
        metrics.ARCHIVE_PENDING.labels(council).set(pending.get(council, 0))
        metrics.ARCHIVE_UNSEARCHED.labels(council).set(unread.get(council, 0))
    return pending.keys() | unread.keys()


def _counts(connection: Connection) -> tuple[dict[str, int], dict[str, int]]:
    return items.pending(connection), items.unread(connection)
