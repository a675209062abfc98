"""Verifying a council's archive again and again, unasked, so that tampering and rot come to light by themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from gateway import logs, metrics
from gateway.archive.verify import Fault, Position, verify_stretch
from gateway.jobs.task import Handler, Task

KIND = "archive.verify"

_AFTER_FAULTS = timedelta(hours=1)
_STRETCH = 100
_MOST_LOGGED = 20

_log = logs.get("archive")


def verification(hours: Callable[[], float]) -> Handler:
    """The job that verifies a council's archive every so many hours, and hourly once something was amiss."""

    async def run(task: Task) -> datetime:
        council = task.job.council
        faults = await _walk(task)
        for fault in faults[:_MOST_LOGGED]:
            _log.error(
                "archive fault",
                council=council,
                link=fault.sequence,
                message=fault.message,
                fault=fault.what,
            )
        _log.info("archive verified", council=council, faults=len(faults))
        metrics.ARCHIVE_FAULTS.labels(council).set(len(faults))
        metrics.ARCHIVE_VERIFIED.labels(council).set(task.now().timestamp())
        return task.now() + (_AFTER_FAULTS if faults else timedelta(hours=hours()))

    return run


async def _walk(task: Task) -> list[Fault]:
    """All faults. Each stretch is read by itself, with a rest as long as it took, for mail goes first."""
    found: list[Fault] = []
    position, over = Position(), False
    loop = asyncio.get_running_loop()
    while not over:
        begun = loop.time()
        stretch = await task.read(
            lambda c, position=position: verify_stretch(c, task.job.council, position, _STRETCH)  # type: ignore[misc]  # mypy cannot infer a lambda with a default.
        )
        found += stretch.faults
        position, over = stretch.position, stretch.over
        await asyncio.sleep(loop.time() - begun)
    return found
