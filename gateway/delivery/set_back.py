"""Putting right what a clock did to the queue that has been set back since.

Set forward, a clock makes things due early, which harms nobody. Set back, it would leave everything alone that
was put off by the old time, until it has caught up. What was last dealt with in the future tells the two
apart: it cannot be, so it is made due.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from gateway import logs
from gateway.delivery.port import Clock
from gateway.store import departures
from gateway.store.database import Database
from gateway.store.errors import StoreError

_EVERY = 5.0

_log = logs.get("delivery")


async def put_right(database: Database, clock: Clock) -> int:
    """Make due what waits for a time that was. Returns how many departures. Raises StoreError."""
    if not await database.read(lambda c: departures.ahead(c, clock())):
        return 0
    count = await database.write(lambda c: departures.catch_up(c, clock()))
    _log.warning("made due again after the clock was set back", departures=count)
    return count


async def watch(database: Database, clock: Clock, found: Callable[[], None], every: float = _EVERY) -> None:
    """Put the queue right at once and then again and again, until cancelled; say when something was `found`."""
    while True:
        try:
            if await put_right(database, clock):
                found()
        except StoreError as error:
            _log.warning("queue not put right", error=type(error).__name__)
        await asyncio.sleep(every)
