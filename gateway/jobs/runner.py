"""The loop that takes due jobs from the table and has each done by its handler."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from gateway import logs, metrics
from gateway.jobs.task import Done, Kinds, LeaseLost, Task
from gateway.reply import opaque_id
from gateway.store import jobs
from gateway.store.database import Database
from gateway.store.errors import StoreError
from gateway.store.jobs import Job

MOST_STARTS = 5
"""Runs in a row that never came to an end. Beyond this a job is set aside for a while."""

_ASIDE = timedelta(hours=1)
_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(hours=6)
_KEPT = timedelta(days=30)
_STORE_PAUSES = (0.1, 0.5, 1.0, 2.0, 5.0)

_log = logs.get("jobs")


@dataclass(frozen=True, slots=True)
class Pace:
    """How often the table is looked at, and tidied; how long a lease is; how long work may go on at the end."""

    poll_seconds: float = 5.0
    tidy_seconds: float = 60.0
    lease_seconds: float = 60.0
    drain_seconds: float = 10.0
    at_once: int = 2


@dataclass(slots=True)
class JobRunner:
    """Does what is due until told to stop. `owner` is this process's name, and no other's, ever."""

    database: Database
    kinds: Kinds
    owner: str
    now: Callable[[], datetime]
    pace: Pace = Pace()
    _running: dict[str, tuple[Job, asyncio.Task[None]]] = field(default_factory=dict)
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, stopping: asyncio.Event) -> None:
        """Work until `stopping`, then let what is under way come to an end, or give it back."""
        tidied = float("-inf")
        self._stopping = stopping
        loop = asyncio.get_running_loop()
        try:
            while not stopping.is_set():
                try:
                    if loop.time() - tidied >= self.pace.tidy_seconds:
                        await self._tidy()
                        tidied = loop.time()
                    await self._claim()
                except StoreError as error:
                    _log.warning("jobs cannot be read", error=type(error).__name__)
                except Exception:
                    _log.exception("jobs not looked at")
                await self._rest(stopping)
        finally:
            await self._drain()

    async def _tidy(self) -> None:
        """Have every council have the jobs that everyone has, and forget what was done long ago."""
        now = self.now()

        def tidy(connection: Connection) -> None:
            for kind in self.kinds.everyones:
                jobs.add_for_everyone(connection, kind, now)
            jobs.forget_done(connection, now - _KEPT)

        await self.database.write(tidy)

    async def _claim(self) -> None:
        room = self.pace.at_once - len(self._running)
        if room < 1:
            return
        claimed = await self.database.write(
            lambda c: jobs.claim(
                c,
                self.owner,
                self.now(),
                room,
                self.pace.lease_seconds,
                tuple(self.kinds.handlers),
                tuple(self._running),
            )
        )
        for job in claimed:
            self._running[job.id] = job, asyncio.create_task(self._work(job))

    async def _rest(self, stopping: asyncio.Event) -> None:
        """Until the next look: a while, or sooner where a job ends or all is to end."""
        stop = asyncio.create_task(stopping.wait())
        await asyncio.wait(
            [stop, *(task for _, task in self._running.values())],
            timeout=self.pace.poll_seconds,
            return_when=asyncio.FIRST_COMPLETED,
        )
        stop.cancel()

    async def _work(self, job: Job) -> None:
        try:
            async with self._leased(job):
                await self._run(job)
        finally:
            self._running.pop(job.id, None)

    async def _run(self, job: Job) -> None:
        """One run, to the end: afterwards the lease is given back, or has passed to another."""
        if job.starts > MOST_STARTS:
            _log.error("job set aside", job=job.id, kind=job.kind, council=job.council, starts=job.starts)
            self._count(job, "aside")
            again, error = self.now() + _ASIDE, f"{job.starts - 1} runs never came to an end"
            await self._record(job, lambda: self._write(lambda c: jobs.fail(c, job, again, error)))
            return
        try:
            due = await self.kinds.handlers[job.kind](Task(job, self.database, self.now))
        except LeaseLost:
            _log.warning("lease lost", job=job.id, kind=job.kind, council=job.council)
            self._count(job, "lost")
        except Exception as error:
            await self._failed(job, error)
        else:
            self._count(job, "done")
            if isinstance(due, Done):
                return
            await self._record(job, lambda: self._write(lambda c: jobs.finish(c, job, self.now(), due)))

    async def _failed(self, job: Job, error: Exception) -> None:
        fault = opaque_id()
        _log.exception("job failed", job=job.id, kind=job.kind, council=job.council, fault=fault)
        self._count(job, "failed")
        again = self.now() + min(_FIRST_WAIT * 2 ** min(job.attempts, 20), _LONGEST_WAIT)
        what = f"{type(error).__name__}, {fault}"
        await self._record(job, lambda: self._write(lambda c: jobs.fail(c, job, again, what)))

    async def _write(self, act: Callable[[Connection], bool]) -> bool:
        return await self.database.write(act)

    async def _record(self, job: Job, act: Callable[[], Awaitable[bool]]) -> None:
        """Have the database take what happened, as long as it needs to: it has happened, after all.

        At the end of the process it is given one more chance; then the lease ends by itself.
        """
        pauses = iter(_STORE_PAUSES)
        pause = 0.0
        while True:
            last = self._stopping.is_set()
            try:
                if not await act():
                    _log.warning("lease lost", job=job.id, kind=job.kind, council=job.council)
                return
            except StoreError as error:
                pause = next(pauses, pause)
                _log.warning("not recorded yet", job=job.id, error=type(error).__name__)
                if last:
                    return
                await asyncio.sleep(pause)

    @asynccontextmanager
    async def _leased(self, job: Job) -> AsyncIterator[None]:
        """Renew the lease for as long as the work takes, and end the work where it has passed to another."""
        worker = asyncio.current_task()
        assert worker is not None
        keeper = asyncio.create_task(self._keep(job, worker))
        try:
            yield
        finally:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)

    async def _keep(self, job: Job, worker: asyncio.Task[None]) -> None:
        while True:
            await asyncio.sleep(self.pace.lease_seconds / 3)
            try:
                kept = await self.database.write(
                    lambda c: jobs.renew(c, job, self.now(), self.pace.lease_seconds)
                )
            except StoreError as error:
                _log.warning("lease not renewed", job=job.id, error=type(error).__name__)
                continue
            if not kept:
                _log.warning("lease lost", job=job.id, kind=job.kind, council=job.council)
                self._count(job, "lost")
                worker.cancel()
                return

    async def _drain(self) -> None:
        """Wait for what is under way; beyond `drain_seconds` it is cut short and given back."""
        under_way = list(self._running.values())
        tasks = [task for _, task in under_way]
        if tasks:
            await asyncio.wait(tasks, timeout=self.pace.drain_seconds)
        cut_short = [(job, task) for job, task in under_way if not task.done()]
        for _, task in cut_short:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for job, _ in cut_short:
            _log.info("job cut short", job=job.id, kind=job.kind, council=job.council)
            try:
                await self._write(lambda c, job=job: jobs.put_back(c, job))  # type: ignore[misc]  # mypy cannot infer a lambda with a default.
            except StoreError:
                pass  # The lease ends by itself.

    def _count(self, job: Job, result: str) -> None:
        metrics.JOBS.labels(job.kind, result).inc()
