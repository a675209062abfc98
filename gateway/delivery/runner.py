"""The loop that takes due departures from the queue and has each carried to its upstream."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from gateway import logs
from gateway.delivery.attempt import Courier
from gateway.delivery.port import Clock, Queue
from gateway.delivery.upstreams import Upstream, Upstreams
from gateway.reply import opaque_id
from gateway.store.errors import Altered, StoreError
from gateway.store.queue import Claim
from gateway.upstream.reply import UpstreamReply

_AT_ONCE = 16
"""Most departures claimed in one go: few, so that no council's pile is taken before others have a turn. Where
less than half of this is wanted, half is taken all the same, for looking at a long queue takes its time."""

_REMEMBERED = 64
"""Departures back over which turns are counted: who has had fewer among them comes first."""

_AFTER_A_FAULT = 600.0
_STORE_AWAY_SECONDS = 1.0
_STOPPED = UpstreamReply(451, "4.3.2 not tried yet: delivery was stopped")

_log = logs.get("delivery")


@dataclass(frozen=True, slots=True)
class Pace:
    """How often the queue is looked at, how long a lease is, how long work may go on after the stop."""

    poll_seconds: float
    lease_seconds: float
    drain_seconds: float
    data_seconds: float


@dataclass(eq=False, slots=True)
class _Job:
    """One claimed departure under way."""

    claim: Claim
    upstream: Upstream
    task: asyncio.Task[None] | None = None
    begun: bool = False
    sending: bool = False

    def started(self) -> None:
        self.sending = True


@dataclass(slots=True)
class Runner:
    """Delivers whatever is due until told to stop.

    Each upstream has its own share of work in hand, so that a slow one keeps nobody else waiting; what it
    cannot take now stays unclaimed in the queue.
    """

    queue: Queue
    courier: Courier
    upstreams: Upstreams
    pace: Pace
    clock: Clock
    _jobs: set[_Job] = field(default_factory=set)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _passed_over: list[str] = field(default_factory=list)
    _recent: deque[str] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))

    def wake(self, anew: bool = False) -> None:
        """Look at the queue now. With `anew`, try upstreams at once that were left in peace."""
        if anew:
            self.upstreams.try_anew()
        self._woken.set()

    async def run(self, stopping: asyncio.Event) -> None:
        """Work until `stopping`, then finish what is under way."""
        stop = asyncio.create_task(stopping.wait())
        stop.add_done_callback(lambda _: self._woken.set())
        try:
            while not stopping.is_set():
                self._woken.clear()
                if not await self._claim():
                    await self._rest()
        finally:
            stop.cancel()
            await self._drain()

    async def _claim(self) -> bool:
        """Start on what is due. Says whether there may be more."""
        self._passed_over = self.upstreams.wanting_no_more()
        room = self.upstreams.room()
        limit = _AT_ONCE if room is None else min(max(room, _AT_ONCE // 2), _AT_ONCE)
        try:
            in_hand = [job.claim.departure for job in self._jobs]
            claims = await self.queue.claim(limit, self._passed_over, in_hand, Counter(self._recent))
        except StoreError as error:
            _log.error("queue cannot be read", error=type(error).__name__)
            await asyncio.sleep(_STORE_AWAY_SECONDS)
            return False
        for claim in claims:
            job = _Job(claim, self.upstreams[claim.upstream])
            job.upstream.under_way += 1
            self._jobs.add(job)
            job.task = asyncio.create_task(self._work(job))
            self._recent.append(claim.council)
        return len(claims) == limit

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(self.pace.poll_seconds):
                await self._woken.wait()
        except TimeoutError:
            pass

    async def _work(self, job: _Job) -> None:
        try:
            async with self._leased(job), job.upstream.desks:
                job.begun = True
                await self.courier.deliver(job.claim, job.upstream, job.started)
        except Altered:
            await self._put_off(job.claim)
        except StoreError as error:
            # Nothing was done yet, and the lease ends by itself.
            _log.warning("departure not read", departure=job.claim.departure, error=type(error).__name__)
        except Exception:
            await self._put_off(job.claim)
        finally:
            job.upstream.under_way -= 1
            self._jobs.discard(job)
            if job.upstream.name in self._passed_over and job.upstream.has_room():
                self._woken.set()

    async def _put_off(self, claim: Claim) -> None:
        """After a fault of our own that nothing foresaw: later, and not lost."""
        fault = opaque_id()
        _log.exception("delivery failed", departure=claim.departure, message=claim.message, fault=fault)
        reply = UpstreamReply(451, f"4.3.0 something went wrong here, {fault}")
        await self.courier.defer(claim, self.courier.schedule.varied(_AFTER_A_FAULT), reply)

    @asynccontextmanager
    async def _leased(self, job: _Job) -> AsyncIterator[None]:
        """Renew the lease for as long as the work takes."""
        keeper = asyncio.create_task(self._keep(job))
        try:
            yield
        finally:
            keeper.cancel()
            await asyncio.gather(keeper, return_exceptions=True)

    async def _keep(self, job: _Job) -> None:
        claim = job.claim
        while True:
            await asyncio.sleep(self.pace.lease_seconds / 3)
            try:
                if not await self.queue.renew(claim, job.upstream.answer_seconds if job.sending else 0.0):
                    _log.warning("lease lost", departure=claim.departure, message=claim.message)
                    return
            except StoreError as error:
                _log.warning("lease not renewed", departure=claim.departure, error=type(error).__name__)

    async def _drain(self) -> None:
        """Let what has begun come to its end; give back at once what has not.

        Beyond `drain_seconds` only those go on whose message is being sent: cut off, its outcome would be
        unknown. They have until the upstream's own time for answering is over.
        """
        await self._cut_short([job for job in self._jobs if not job.begun])
        await self._wait(self.pace.drain_seconds)
        await self._cut_short([job for job in self._jobs if not job.sending])
        await self._wait(self.pace.data_seconds - self.pace.drain_seconds)
        await self._cut_short(list(self._jobs))

    async def _wait(self, seconds: float) -> None:
        tasks = [job.task for job in self._jobs if job.task is not None]
        if tasks and seconds > 0:
            await asyncio.wait(tasks, timeout=seconds)

    async def _cut_short(self, jobs: list[_Job]) -> None:
        tasks = [job.task for job in jobs if job.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for job in jobs:
            if job.sending:
                _log.warning("cut short", departure=job.claim.departure, message=job.claim.message)
                continue
            try:
                await self.queue.defer(job.claim, self.clock(), str(_STOPPED))
            except StoreError:
                pass  # The lease ends by itself.
