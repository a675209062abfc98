"""An event loop in a thread of its own, so that what runs on it outlives whatever the test kills."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, Self, TypeVar

import uvloop

T = TypeVar("T")


class Loop:
    """`with Loop() as loop: loop.run(coroutine)`."""

    def __init__(self) -> None:
        self._loop = uvloop.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="crash-loop")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.run(self._end(), 60)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def run(self, work: Coroutine[Any, Any, T], seconds: float = 60) -> T:
        """What `work` returns; it may take so long and no longer."""
        return self.start(work).result(seconds)

    def start(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Have `work` done meanwhile."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def _end(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await asyncio.sleep(0.02)  # Transports close their sockets in the turn after.
        await self._loop.shutdown_default_executor()
