"""A pool of workers: one task a worker, a socket for each, and a deadline for every task."""

from __future__ import annotations

import asyncio
import signal
from dataclasses import dataclass, field
from enum import StrEnum

from config.settings import WorkerSettings
from gateway import logs, metrics
from gateway.workers import wire
from gateway.workers.channel import Channel, Gone
from gateway.workers.keeper import Child, Keeper, NurseryGone
from gateway.workers.turns import Closed, Turns
from gateway.workers.worker import Limits

_TASKS_IN_A_LIFE = 5000
"""A worker is replaced after this many tasks, so that nothing can pile up in it."""

_SPENT = {wire.OUT_OF_MEMORY: "memory", wire.UNPREPARED: "unprepared"}
"""Answers after which a worker is replaced, and why."""

_START_SECONDS = 60.0
_DEATH_SECONDS = 1.0
_log = logs.get("workers")


class Cause(StrEnum):
    """Why a task has no answer, as the end of a sentence that people read."""

    BUSY = "too many others were waiting"
    TIME = "it took too long"
    CPU = "it took too much work"
    MEMORY = "it took too much memory"
    CRASH = "the program that reads it broke off"
    ERROR = "the program that reads it made an error"
    STOPPED = "the post room is closing"


class WorkerFailed(Exception):
    """A task has no answer. `reason` says why, as the end of a sentence: often a `Cause`."""

    def __init__(self, reason: str) -> None:
        self.reason = str(reason)
        super().__init__(self.reason)


@dataclass(slots=True, eq=False)
class _Worker:
    child: Child
    channel: Channel
    done: int = 0


@dataclass(slots=True)
class Pool:
    """Workers of this process. `start` it inside the loop that will use it.

    `tasks` is the module whose TASKS they can do. With a `niceness` above 0 they let others have the processor first.
    """

    settings: WorkerSettings
    tasks: str = "gateway.workers.tasks"
    niceness: int = 0
    _keeper: Keeper = field(init=False)
    _idle: Turns[_Worker] = field(default_factory=Turns)
    _all: set[_Worker] = field(default_factory=set)
    _replacing: set[asyncio.Task[None]] = field(default_factory=set)
    _stopped: bool = False

    def __post_init__(self) -> None:
        limits = Limits(self.settings.memory_mb * 1_048_576, self.settings.cpu_seconds)
        self._keeper = Keeper(self.tasks, limits, self.settings.names_model, self.niceness)

    async def start(self) -> None:
        """Start all workers, warm. Raises WorkerFailed where one does not come up."""
        try:
            async with asyncio.TaskGroup() as group:
                started = [group.create_task(self._spawn()) for _ in range(self.settings.processes)]
        except* (WorkerFailed, OSError):
            await self.stop()
            raise WorkerFailed(Cause.CRASH) from None
        for task in started:
            self._idle.put_nowait(task.result())

    async def stop(self) -> None:
        """Kill all workers; tasks under way fail."""
        self._stopped = True
        self._idle.close()
        for task in list(self._replacing):
            task.cancel()
        await asyncio.gather(*self._replacing, return_exceptions=True)
        leaving = list(self._all)
        for each in leaving:
            each.channel.close()
        await self._keeper.stop()
        await asyncio.gather(*(each.channel.closed for each in leaving))
        self._all.clear()

    async def run(self, task: str, *parts: bytes, deadline: float) -> bytes:
        """The answer of a task. `deadline` is in the loop's time and counts waiting for a worker too.

        Raises WorkerFailed; the worker is then replaced. A cancelled caller costs its worker too.
        """
        # Each worker from before something was loaded is met once, at most.
        for _ in range(self.settings.processes + 1):
            answer = await self._ask(task, parts, deadline)
            if answer[:1] != wire.UNPREPARED:
                return _unwrapped(answer)
        raise WorkerFailed(Cause.ERROR)

    async def _ask(self, task: str, parts: tuple[bytes, ...], deadline: float) -> bytes:
        """The answer of the next worker that is free, whatever it is. Raises WorkerFailed."""
        each = await self._free_worker(deadline)
        limit = min(deadline, asyncio.get_running_loop().time() + self.settings.task_seconds)
        spent: str = "cancelled"
        try:
            async with asyncio.timeout_at(limit):
                answer = await each.channel.ask(task, parts)
            spent = _SPENT.get(answer[:1], "")
            if answer[:1] == wire.UNPREPARED:
                # Before it is replaced, so that the next one has what this one lacks.
                async with asyncio.timeout_at(deadline):
                    await self._keeper.load()
            return answer
        except NurseryGone:
            raise WorkerFailed(Cause.CRASH) from None
        except TimeoutError:
            spent = "time"
            raise WorkerFailed(Cause.TIME) from None
        except Gone:
            cause = await self._cause_of_death(each)
            spent = cause.name.lower()
            raise WorkerFailed(cause) from None
        finally:
            self._give_back(each, spent)

    async def _free_worker(self, deadline: float) -> _Worker:
        """A worker that is alive. Raises WorkerFailed where none is free in time."""
        while not self._stopped:
            try:
                async with asyncio.timeout_at(deadline):
                    each = await self._idle.get()
            except TimeoutError:
                raise WorkerFailed(Cause.BUSY) from None
            except Closed:
                break
            if each.channel.is_open:
                return each
            self._give_back(each, "crash")  # It died while it had nothing to do.
        raise WorkerFailed(Cause.STOPPED)

    def _give_back(self, each: _Worker, spent: str) -> None:
        """Have a worker wait for its next task or, where it is spent in one way or another, replaced."""
        each.done += 1
        if self._stopped:
            return
        if not spent and each.done < _TASKS_IN_A_LIFE:
            self._idle.put_nowait(each)
            return
        metrics.WORKER_RESTARTS.labels(spent or "recycled").inc()
        replacing = asyncio.get_running_loop().create_task(self._replace(each))
        self._replacing.add(replacing)
        replacing.add_done_callback(self._replacing.discard)

    async def _replace(self, each: _Worker) -> None:
        """Bury one and start another, trying again for as long as it takes."""
        self._bury(each)
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
        """A worker that is ready. Raises WorkerFailed, OSError."""
        try:
            child = await self._keeper.fork()
        except NurseryGone:
            raise WorkerFailed(Cause.CRASH) from None
        loop = asyncio.get_running_loop()
        _, channel = await loop.create_unix_connection(Channel, sock=child.sock)
        made = _Worker(child, channel)
        self._all.add(made)
        try:
            async with asyncio.timeout(_START_SECONDS):
                await channel.answer()
        except (TimeoutError, Gone):
            self._bury(made)
            raise WorkerFailed(Cause.CRASH) from None
        except asyncio.CancelledError:
            self._bury(made)
            raise
        return made

    def _bury(self, each: _Worker) -> None:
        self._all.discard(each)
        each.channel.close()
        self._keeper.kill(each.child)

    async def _cause_of_death(self, each: _Worker) -> Cause:
        if self._stopped:
            return Cause.STOPPED
        code = None
        try:
            async with asyncio.timeout(_DEATH_SECONDS):
                code = await asyncio.shield(each.child.ended)
        except TimeoutError:
            pass
        return Cause.CPU if code == -signal.SIGXCPU else Cause.CRASH


def _unwrapped(answer: bytes) -> bytes:
    content = answer[wire.ANSWER_HEAD :]
    match answer[:1]:
        case wire.DONE:
            return content
        case wire.OUT_OF_MEMORY:
            raise WorkerFailed(Cause.MEMORY)
    _log.error("task failed", error=content[:100].decode("ascii", "replace"))
    raise WorkerFailed(Cause.ERROR)
