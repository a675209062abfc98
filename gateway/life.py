"""What a role process is given by the one who started it: when to stop, when to read settings again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from config.settings import Settings


class Life(Protocol):
    """The life of a role process, from ready to drained."""

    stopping: asyncio.Event

    def ready(self) -> None:
        """Tell the supervisor that this process does its work from now on."""

    def on_reload(self, hook: Callable[[Settings], Awaitable[None]]) -> None:
        """Call `hook` with the new settings when the host asks for them (SIGHUP)."""
