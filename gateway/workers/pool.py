"""A pool of workers: one task a worker, a pipe for each, and a deadline for every task."""

from __future__ import annotations

import asyncio
import multiprocessing
import multiprocessing.context
import signal
import socket
from dataclasses import dataclass, field

from config.settings import WorkerSettings
from gateway import frames, logs, metrics
from gateway.workers import worker

_PRELOAD = ["gateway.workers.worker", "gateway.workers.tasks"]
_TASKS_IN_A_LIFE = 5000
"""A worker is replaced after this many tasks, so that nothing can pile up in it."""

_START_SECONDS = 60.0
_log = logs.get("workers")


class WorkerFailed(Exception):
    """A task has no answer. `reason` is one of `time`, `crash`, `cpu`, `memory`, `error`, `busy`."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(slots=True, eq=False)
class _Worker:
    process: multiprocessing.context.ForkServerProcess
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    done: int = 0


@dataclass(slots=True)
class Pool:
    """Workers of this process. `start` it inside the loop that will use it."""

    settings: WorkerSettings
    _idle: asyncio.LifoQueue[_Worker] = field(default_factory=asyncio.LifoQueue)
    _all: set[_Worker] = field(default_factory=set)
    _replacing: set[asyncio.Task[None]] = field(default_factory=set)
    _stopped: bool = False

    async def start(self) -> None:
        """Start all workers, warm. Raises WorkerFailed where one does not come up."""
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(_PRELOAD)
        for started in await asyncio.gather(*(self._spawn() for _ in range(self.settings.processes))):
            self._idle.put_nowait(started)

    async def stop(self) -> None:
        """Kill all workers; tasks under way fail."""
        self._stopped = True
        for task in list(self._replacing):
            task.cancel()
        await asyncio.gather(*self._replacing, return_exceptions=True)
        for each in list(self._all):
            await self._bury(each)

    async def run(self, task: str, *parts: bytes, deadline: float) -> bytes:
        """The answer of a task. `deadline` is in the loop's time and counts waiting for a worker too.

        Raises WorkerFailed; the worker is then replaced. A cancelled caller costs its worker too.
        """
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout_at(deadline):
                each = await self._idle.get()
        except TimeoutError:
            raise WorkerFailed("busy") from None
        limit = min(deadline, loop.time() + self.settings.task_seconds)
        fit = False
        try:
            async with asyncio.timeout_at(limit):
                await frames.send(each.writer, task.encode(), bytes([len(parts)]), *parts)
                answer = await frames.receive(each.reader)
            fit = answer[:1] != worker.OUT_OF_MEMORY
            return _unwrapped(answer)
        except TimeoutError:
            raise WorkerFailed("time") from None
        except (asyncio.IncompleteReadError, OSError):
            raise WorkerFailed(await self._cause_of_death(each)) from None
        finally:
            self._give_back(each, fit)

    def _give_back(self, each: _Worker, fit: bool) -> None:
        each.done += 1
        if fit and each.done < _TASKS_IN_A_LIFE and not self._stopped:
            self._idle.put_nowait(each)
            return
        metrics.WORKER_RESTARTS.labels("recycled" if fit else "failed").inc()
        replacing = asyncio.get_running_loop().create_task(self._replace(each))
        self._replacing.add(replacing)
        replacing.add_done_callback(self._replacing.discard)

    async def _replace(self, each: _Worker) -> None:
        """Bury one and start another, trying again for as long as it takes."""
        await self._bury(each)
        pause = 0.1
        while not self._stopped:
            try:
                self._idle.put_nowait(await self._spawn())
                return
            except (WorkerFailed, OSError) as error:
                _log.error("worker does not start", error=type(error).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 10)

    async def _spawn(self) -> _Worker:
        ours, theirs = socket.socketpair()
        limits = worker.Limits(self.settings.memory_mb * 1_048_576, self.settings.cpu_seconds)
        context = multiprocessing.get_context("forkserver")
        process = context.Process(target=worker.run, args=(theirs, limits), daemon=True)
        try:
            await asyncio.to_thread(process.start)
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        reader, writer = await asyncio.open_connection(sock=ours, limit=1 << 22)
        made = _Worker(process, reader, writer)
        self._all.add(made)
        try:
            async with asyncio.timeout(_START_SECONDS):
                await frames.receive(reader)
        except (TimeoutError, asyncio.IncompleteReadError, OSError):
            await self._bury(made)
            raise WorkerFailed("crash") from None
        return made

    async def _bury(self, each: _Worker) -> None:
        self._all.discard(each)
        each.writer.close()
        if each.process.is_alive():
            each.process.kill()
        await asyncio.to_thread(each.process.join)
        each.process.close()

    async def _cause_of_death(self, each: _Worker) -> str:
        await asyncio.to_thread(each.process.join, 1)
        return "cpu" if each.process.exitcode == -signal.SIGXCPU else "crash"


def _unwrapped(answer: bytes) -> bytes:
    match answer[:1]:
        case worker.DONE:
            return answer[1:]
        case worker.OUT_OF_MEMORY:
            raise WorkerFailed("memory")
    _log.error("task failed", error=answer[1:100].decode("ascii", "replace"))
    raise WorkerFailed("error")
