"""Moments that a test waits for on one side of the installation, to act while they last."""

from __future__ import annotations

import asyncio
import threading

LONGEST_HOLD = 30.0
"""How long a moment is held at most; a test that forgets to let go does not hang."""


class Moments:
    """Named points that code passes. One that is armed holds the next to pass it until it is let go."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._armed: str | None = None
        self._reached = threading.Event()
        self._go = threading.Event()

    def arm(self, name: str) -> None:
        """Hold the next one to pass `name`."""
        with self._lock:
            self._reached.clear()
            self._go.clear()
            self._armed = name

    def reached(self, seconds: float) -> bool:
        """Wait until somebody is held there; False where nobody came in time."""
        return self._reached.wait(seconds)

    def let_go(self) -> None:
        """Let the one that is held go on, and hold nobody any more."""
        with self._lock:
            self._armed = None
            self._go.set()

    async def passing(self, name: str) -> None:
        """Called by the code that passes."""
        with self._lock:
            if self._armed != name:
                return
            self._armed = None
            self._reached.set()
        await asyncio.to_thread(self._go.wait, LONGEST_HOLD)
