"""Who gets the next free worker: whoever has waited longest."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Generic, TypeVar

T = TypeVar("T")


class Closed(Exception):
    """Nothing will be free any more."""


class Turns(Generic[T]):
    """Things that are free, the last one put back first, as it is the warmest; and those who wait for one.

    An asyncio queue lets newcomers overtake those whom it has just woken, so that under load somebody may
    wait for ever.
    """

    def __init__(self) -> None:
        self._free: list[T] = []
        self._waiting: deque[asyncio.Future[T]] = deque()
        self._closed = False

    def qsize(self) -> int:
        """How many are free."""
        return len(self._free)

    def empty(self) -> bool:
        """Whether none is free."""
        return not self._free

    def put_nowait(self, thing: T) -> None:
        """Give what is free to the first who waits for it, or keep it."""
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_result(thing)
                return
        self._free.append(thing)

    async def get(self) -> T:
        """What is free, in turn. Raises Closed."""
        if self._closed:
            raise Closed
        if self._free:
            return self._free.pop()
        mine: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append(mine)
        try:
            return await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled() and mine.exception() is None:
                self.put_nowait(
                    mine.result()
                )  # It came in the very moment in which nobody wanted it any more.
            raise

    def close(self) -> None:
        """Let nobody wait any longer."""
        self._closed = True
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_exception(Closed())
