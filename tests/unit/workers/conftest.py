"""Pools of workers that can be asked to misbehave."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import asynccontextmanager

import pytest

from config.settings import WorkerSettings
from gateway import metrics
from gateway.workers.pool import Pool

HOSTILE = "tests.unit.workers.hostile"


@asynccontextmanager
async def hostile_pool(**settings: object):
    """A pool of two workers, or as `settings` say."""
    pool = Pool(WorkerSettings.model_validate({"processes": 2} | settings), HOSTILE)
    await pool.start()
    try:
        yield pool
    finally:
        await pool.stop()


@pytest.fixture
def ask():
    """`await ask(pool, task, *parts, seconds=…)`: a task's answer within so many seconds."""

    async def ask(pool: Pool, task: str, *parts: bytes, seconds: float = 30) -> bytes:
        return await pool.run(task, *parts, deadline=asyncio.get_running_loop().time() + seconds)

    return ask


@pytest.fixture
def restarts():
    """`restarts(reason)`: how many workers were replaced for a reason since the test began."""

    def count(reason: str) -> float:
        return metrics.WORKER_RESTARTS.labels(reason)._value.get()

    reasons = ("busy", "cancelled", "cpu", "crash", "error", "memory", "recycled", "time", "unprepared")
    before = {reason: count(reason) for reason in reasons}
    return lambda reason: count(reason) - before[reason]


async def until(come: Callable[[], object], seconds: float = 20) -> None:
    """Wait until `come()` is true."""
    deadline = time.monotonic() + seconds
    while not come():
        assert time.monotonic() < deadline, "it did not come about"
        await asyncio.sleep(0.01)


def runs(process: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        with open(f"/proc/{process}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def parent_of(process: int) -> int:
    with open(f"/proc/{process}/stat") as stat:
        return int(stat.read().rpartition(")")[2].split()[1])


def environment_of(process: int) -> bytes:
    with open(f"/proc/{process}/environ", "rb") as environ:
        return environ.read()
