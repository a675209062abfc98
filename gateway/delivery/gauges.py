"""How much waits, and since when, for the metrics."""

from __future__ import annotations

import asyncio

from gateway import logs, metrics
from gateway.delivery.port import Clock, Queue
from gateway.store.errors import StoreError

_EVERY = 10.0

_log = logs.get("delivery")


async def watch(queue: Queue, clock: Clock) -> None:
    """Keep the queue's gauges up to date until cancelled."""
    known: set[str] = set()
    while True:
        try:
            known |= await _measure(queue, clock, known)
        except StoreError as error:
            _log.warning("queue not measured", error=type(error).__name__)
        await asyncio.sleep(_EVERY)


async def _measure(queue: Queue, clock: Clock, known: set[str]) -> set[str]:
    """Set every gauge once; councils that have nothing waiting any more go to zero."""
    waiting, oldest = await queue.depth()
    for council in known | waiting.keys():
        metrics.QUEUE_DEPTH.labels(council).set(waiting.get(council, 0))
    metrics.QUEUE_AGE.set(0 if oldest is None else max(0.0, (clock() - oldest).total_seconds()))
    return set(waiting)
