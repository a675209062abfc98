"""A pool of workers: one task a worker, a socket for each, and a deadline for every task."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from config.settings import WorkerSettings
from gateway import frames, logs, metrics
from gateway.workers import worker
from gateway.workers.nursery import Born, Nursery, NurseryGone
from gateway.workers.worker import Limits

T = TypeVar("T")

_TASKS = "gateway.workers.tasks"
_TASKS_IN_A_LIFE = 5000
"""A worker is replaced after this many tasks, so that nothing can pile up in it."""

_LAST_WORDS = 1.0
"""Seconds for a worker that has closed its socket to end, so that it can be told how."""

_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 10.0
_BUFFER = 1 << 22
_WORDS: Final = {
    "busy": "too many messages were being read at that moment",
    "cpu": "reading it takes too long",
    "crash": "the part of the post room that read it broke down",
    "error": "reading it led to a fault",
    "memory": "reading it needs too much memory",
    "stopped": "the post room was being stopped",
    "time": "reading it takes too long",
}
_log = logs.get("workers")


class WorkerFailed(Exception):
    """A task has no answer. `reason` says why in words, for people; `cause` is one word, for metrics."""

    def __init__(self, cause: str) -> None:
        self.cause = cause
        self.reason = _WORDS.get(cause, cause)
        super().__init__(cause)


@dataclass(slots=True, eq=False)
class _Worker:
    process: int
    nursery: Nursery
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    done: int = 0


class Pool:
    """Workers of this process. `start` it inside the loop that will use it, and `stop` it there.

    `tasks` names the module whose `TASKS` they can do, see `gateway.workers.tasks`.
    """

    def __init__(
        self, settings: WorkerSettings, tasks: str = _TASKS, tasks_in_a_life: int = _TASKS_IN_A_LIFE
    ) -> None:
        self._tasks = tasks
        self._settings = settings
        self._limits = Limits(settings.memory_mb * 1_048_576, settings.cpu_seconds)
        self._tasks_in_a_life = tasks_in_a_life
        self._idle: asyncio.LifoQueue[_Worker] = asyncio.LifoQueue()
        self._all: set[_Worker] = set()
        self._replacing: set[asyncio.Task[None]] = set()
        self._nursery: Nursery | None = None
        self._opening = asyncio.Lock()
        self._stopping = asyncio.Event()

    async def start(self) -> None:
        """Start all workers, warm. Raises WorkerFailed where they do not come up; nothing is left then."""
        try:
            for _ in range(self._settings.processes):
                self._idle.put_nowait(await self._spawn())
        except BaseException as error:
            await self.stop()
            if isinstance(error, NurseryGone | OSError):
                raise WorkerFailed("crash") from error
            raise

    async def stop(self) -> None:
        """End all workers; tasks under way fail."""
        self._stopping.set()
        if self._nursery is not None:
            await asyncio.to_thread(self._nursery.close)
        await asyncio.gather(*self._replacing, return_exceptions=True)
        for each in list(self._all):
            await self._hang_up(each)

    async def run(self, task: str, *parts: bytes, deadline: float) -> bytes:
        """The answer of a task. `deadline` is in the loop's time and counts waiting for a worker too.

        Raises WorkerFailed; the worker is then replaced. A cancelled caller costs its worker too.
        """
        each = await self._free(deadline)
        limit = min(deadline, asyncio.get_running_loop().time() + self._settings.task_seconds)
        cause = "cancelled"
        try:
            async with asyncio.timeout_at(limit):
                await frames.send(each.writer, task.encode(), bytes([len(parts)]), *parts)
                answer = await frames.receive(each.reader)
            cause = "memory" if answer[:1] == worker.OUT_OF_MEMORY else ""
            return _unwrapped(answer)
        except TimeoutError:
            cause = "time"
            raise WorkerFailed(cause) from None
        except (asyncio.IncompleteReadError, OSError):
            cause = "stopped" if self._stopping.is_set() else await self._cause_of_death(each)
            raise WorkerFailed(cause) from None
        finally:
            self._give_back(each, cause)

    async def _free(self, deadline: float) -> _Worker:
        """A worker that has nothing to do. One that died idle is replaced, and no task suffers for it."""
        while not self._stopping.is_set():
            try:
                async with asyncio.timeout_at(deadline):
                    each = await self._idle.get()
            except TimeoutError:
                raise WorkerFailed("busy") from None
            if not each.reader.at_eof():
                return each
            self._give_back(each, "crash")
        raise WorkerFailed("stopped")

    def _give_back(self, each: _Worker, cause: str) -> None:
        """Have a worker do the next task, or replace it: for a cause, or after so many tasks."""
        each.done += 1
        if self._stopping.is_set():
            return
        if not cause and each.done < self._tasks_in_a_life:
            self._idle.put_nowait(each)
            return
        metrics.WORKER_RESTARTS.labels(cause or "recycled").inc()
        replacing = asyncio.get_running_loop().create_task(self._replace(each))
        self._replacing.add(replacing)
        replacing.add_done_callback(self._replacing.discard)

    async def _replace(self, each: _Worker) -> None:
        """Bury one and start another, trying again for as long as it takes."""
        await self._bury(each)
        pause = _FIRST_PAUSE
        while not self._stopping.is_set():
            try:
                self._idle.put_nowait(await self._spawn())
                return
            except (NurseryGone, OSError) as error:
                _log.error("worker does not start", error=type(error).__name__)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _spawn(self) -> _Worker:
        """A new worker. Raises NurseryGone, and OSError where this process is short of something."""
        nursery = await self._open_nursery()
        try:
            born = await _in_thread(nursery.fork, _let_go)
        except NurseryGone:
            await self._close_nursery(nursery)
            raise
        reader, writer = await asyncio.open_connection(sock=born.sock, limit=_BUFFER)
        made = _Worker(born.process, nursery, reader, writer)
        self._all.add(made)
        return made

    async def _open_nursery(self) -> Nursery:
        async with self._opening:
            if self._nursery is None:
                if self._stopping.is_set():
                    raise NurseryGone
                self._nursery = await _in_thread(lambda: Nursery(self._limits, self._tasks), Nursery.close)
            return self._nursery

    async def _close_nursery(self, nursery: Nursery) -> None:
        async with self._opening:
            if self._nursery is nursery:
                self._nursery = None
        await asyncio.to_thread(nursery.close)

    async def _cause_of_death(self, each: _Worker) -> str:
        return "cpu" if await self._bury(each, _LAST_WORDS) == -signal.SIGXCPU else "crash"

    async def _bury(self, each: _Worker, patience: float = 0.0) -> int:
        """End a worker. How it ended, see `Nursery.bury`; a process is buried once, as its id is used again."""
        if each not in self._all:
            return 0
        await self._hang_up(each)
        try:
            return await asyncio.to_thread(each.nursery.bury, each.process, patience)
        except NurseryGone:
            return -signal.SIGKILL

    async def _hang_up(self, each: _Worker) -> None:
        self._all.discard(each)
        each.writer.close()
        with contextlib.suppress(OSError):
            await each.writer.wait_closed()


def _let_go(born: Born) -> None:
    born.sock.close()  # The worker ends by itself when nobody is there to talk to.


async def _in_thread(act: Callable[[], T], undo: Callable[[T], None]) -> T:
    """What `act` returns from a thread; undone where the caller is cancelled meanwhile."""
    acting = asyncio.ensure_future(asyncio.to_thread(act))
    try:
        return await asyncio.shield(acting)
    except asyncio.CancelledError:
        with contextlib.suppress(NurseryGone, OSError):
            await asyncio.to_thread(undo, await acting)
        raise


def _unwrapped(answer: bytes) -> bytes:
    match answer[:1]:
        case worker.DONE:
            return answer[1:]
        case worker.OUT_OF_MEMORY:
            raise WorkerFailed("memory")
    _log.error("task failed", error=answer[1:100].decode("ascii", "replace"))
    raise WorkerFailed("error")
