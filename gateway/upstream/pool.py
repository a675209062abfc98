"""The open connections to one upstream: never more than it allows, used again while they are fit for it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Coroutine
from dataclasses import dataclass

from config.settings import UpstreamSettings
from gateway.upstream.connection import open_connection, tls_context
from gateway.upstream.dialogue import UpstreamConnection
from gateway.upstream.refusal import Refusal, Refused, Scope, Step
from gateway.upstream.reply import UpstreamReply

_GOODBYE_SECONDS = 10


@dataclass(frozen=True, slots=True)
class _Idle:
    """A connection that nobody uses, and when it was given back, by the loop's clock."""

    connection: UpstreamConnection
    since: float


class Pool:
    """Lends connections to one upstream. `take` one, `give_back` each, and `close` at the end."""

    def __init__(self, settings: UpstreamSettings, hostname: str) -> None:
        self.settings = settings
        self._hostname = hostname
        self._slots = asyncio.Semaphore(settings.connections)
        self._idle: list[_Idle] = []
        self._context: ssl.SSLContext | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._reaper: asyncio.TimerHandle | None = None
        self._closed = False

    async def take(self, fresh: bool = False) -> UpstreamConnection:
        """A connection fit for MAIL, once one of the upstream's `connections` is free.

        The one used last is lent first, so that the others can run out. It may have been closed at the other
        end without our knowing: where it turns out so, ask again for a `fresh` one. Raises Refused of scope
        UPSTREAM.
        """
        await self._slots.acquire()
        try:
            if fresh:
                self._dismiss(self._idle)
            while self._idle:
                connection = self._idle.pop().connection
                if connection.alive:
                    return connection
            return await open_connection(self.settings, self._hostname, await self._tls())
        except BaseException:
            self._slots.release()
            raise

    def give_back(self, connection: UpstreamConnection) -> None:
        """Keep the connection for the next message, or say goodbye where it has done enough, or broke."""
        if connection.alive and not connection.clean:
            # Its slot is free when it is fit for use again, and nobody has to wait for that here.
            self._background(self._tidy(connection))
        else:
            self._keep(connection)

    async def _tidy(self, connection: UpstreamConnection) -> None:
        try:
            await connection.reset()
        except Refused:
            pass  # A connection that cannot be reset has closed itself.
        finally:
            self._keep(connection)

    def _keep(self, connection: UpstreamConnection) -> None:
        self._slots.release()
        if not connection.alive:
            return
        worn = connection.messages >= self.settings.messages_per_connection
        if self._closed or worn or not connection.clean:
            self._background(connection.quit())
            return
        self._idle.append(_Idle(connection, asyncio.get_running_loop().time()))
        self._wind()

    async def close(self) -> None:
        """Say goodbye on every connection that is not in use; the others go when they are given back."""
        self._closed = True
        if self._reaper is not None:
            self._reaper.cancel()
        self._dismiss(self._idle)
        while self._tasks:
            await asyncio.wait(self._tasks, timeout=_GOODBYE_SECONDS)
            for task in self._tasks:
                task.cancel()

    async def _tls(self) -> ssl.SSLContext:
        if self._context is None:
            try:
                self._context = await asyncio.to_thread(tls_context, self.settings)
            except OSError as error:
                reply = UpstreamReply(451, "4.3.5 the CA file cannot be used")
                raise Refused(Refusal(Scope.UPSTREAM, Step.SETTINGS, reply, ours=True)) from error
        return self._context

    def _dismiss(self, idle: list[_Idle]) -> None:
        gone = list(idle)
        self._idle = [entry for entry in self._idle if entry not in gone]
        for entry in gone:
            self._background(entry.connection.quit())

    def _background(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _wind(self) -> None:
        """Have the longest unused connection looked at when its time is up."""
        if self._reaper is None and self._idle and not self._closed:
            loop = asyncio.get_running_loop()
            self._reaper = loop.call_at(self._idle[0].since + self.settings.idle_seconds, self._reap)

    def _reap(self) -> None:
        self._reaper = None
        limit = asyncio.get_running_loop().time() - self.settings.idle_seconds + 0.001
        self._dismiss([entry for entry in self._idle if entry.since <= limit])
        self._wind()
