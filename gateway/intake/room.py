"""Whether there is room for more mail: on the disk, and in the queue.

Asked before a message is taken in, so that the disk is never filled to its last octet by mail: what has been
accepted must still be delivered, and that writes too.
"""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Callable

from config.settings import Settings
from gateway import logs, metrics
from gateway.intake import replies
from gateway.reply import Reply
from gateway.store import departures
from gateway.store.database import Database
from gateway.store.errors import StoreError

LOOK_AGAIN_SECONDS = 1.0
"""How long what was seen is taken to be so still."""

_log = logs.get("intake")


class Room:
    """Looks at disk and queue, once a second at most. `clock` gives seconds that only go forward."""

    def __init__(
        self, settings: Settings, database: Database, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._lacking = ""
        self._seen: float | None = None
        self._looking = asyncio.Lock()

    def use(self, settings: Settings) -> None:
        """Go by other limits from now on."""
        self._settings = settings
        self._seen = None

    async def refusal(self) -> Reply | None:
        """452 while there is no room, otherwise nothing."""
        async with self._looking:
            if self._seen is None or self._clock() - self._seen >= LOOK_AGAIN_SECONDS:
                lacking = await self._look()
                self._tell(lacking)
                self._lacking, self._seen = lacking, self._clock()
        if not self._lacking:
            return None
        metrics.TURNED_AWAY.labels(self._lacking).inc()
        return replies.full()

    async def _look(self) -> str:
        """What there is too little of: `disk`, `queue`, or nothing."""
        limits = self._settings.limits
        try:
            usage = await asyncio.to_thread(shutil.disk_usage, self._settings.data_dir)
            metrics.DISK_FREE.set(usage.free)
            if usage.free < limits.free_disk_mb * 1_048_576:
                return "disk"
            most = limits.queue_messages
            if await self._database.read(lambda c: departures.waiting(c, most)) >= most:
                return "queue"
        except (StoreError, OSError) as error:
            # Not for this question to answer: whoever stores the message will see.
            _log.warning("room not measured", error=type(error).__name__)
        return ""

    def _tell(self, lacking: str) -> None:
        if lacking == self._lacking:
            return
        if lacking:
            _log.error("no room for mail", lacking=lacking)
        else:
            _log.info("room for mail again")
