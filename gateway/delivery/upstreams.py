"""The upstreams that mail is handed to: for each its connections, its circuit, and how much is under way."""

from __future__ import annotations

import asyncio

from config.settings import Settings, UpstreamSettings
from gateway.delivery.circuit import Circuit
from gateway.delivery.port import Clock
from gateway.delivery.schedule import Schedule
from gateway.upstream.dialogue import UpstreamConnection
from gateway.upstream.pool import Pool
from gateway.upstream.refusal import Refusal, Refused, Scope, Step
from gateway.upstream.reply import UpstreamReply

_UNKNOWN = Refusal(
    Scope.UPSTREAM,
    Step.SETTINGS,
    UpstreamReply(451, "4.3.5 the settings name no such upstream"),
    ours=True,
)


class Upstream:
    """One upstream. `settings` is None for one that a council names and the host's settings do not."""

    def __init__(
        self, name: str, settings: UpstreamSettings | None, hostname: str, schedule: Schedule, clock: Clock
    ) -> None:
        self.name = name
        self.settings = settings
        self.circuit = Circuit(name, schedule)
        self.under_way = 0
        self._connections = 1 if settings is None else settings.connections
        # As many again as there are connections may have their message read and signed, so that no
        # connection waits for the next one; more would only fill the memory.
        self._most = 2 * self._connections
        self.desks = asyncio.Semaphore(self._most)
        self._clock = clock
        self._pool = None if settings is None else Pool(settings, hostname)

    @property
    def host(self) -> str:
        """The upstream's own name, for reports."""
        return self.name if self.settings is None else self.settings.host

    @property
    def bounces_to(self) -> str:
        """The upstream that takes mail with the null sender instead; usually itself."""
        return self.name if self.settings is None else self.settings.bounce_upstream or self.name

    @property
    def answer_seconds(self) -> float:
        """How long it may yet take, or refuse, a message that was begun: no wait for it is longer.

        A process that stood still for so long finds its time out before it sends anything more.
        """
        return (
            0.0 if self.settings is None else max(self.settings.data_seconds, self.settings.command_seconds)
        )

    def wants_no_more(self) -> bool:
        """Whether departures for it had better stay in the queue just now."""
        return self.under_way >= self._most or self.circuit.resting(self._clock())

    def has_room(self) -> bool:
        """Whether it is worth looking in the queue for more: there are connections, or soon will be."""
        return self.under_way <= self._connections

    def room(self) -> int:
        """How much more may be claimed for it."""
        return max(self._most - self.under_way, 0)

    async def take(self, fresh: bool = False) -> UpstreamConnection:
        """A connection, as `Pool.take`. Raises Refused at once while the upstream is left in peace."""
        await self.circuit.enter(self._clock())
        try:
            if self._pool is None:
                raise Refused(_UNKNOWN)
            connection = await self._pool.take(fresh)
        except Refused as refused:
            self.circuit.failed(refused.refusal, self._clock())
            raise
        except BaseException:
            self.circuit.abandoned()
            raise
        self.circuit.worked()
        return connection

    def give_back(self, connection: UpstreamConnection) -> None:
        """See `Pool.give_back`."""
        if self._pool is not None:
            self._pool.give_back(connection)

    async def close(self) -> None:
        """Let the connections go, each when it is no longer in use."""
        if self._pool is not None:
            await self._pool.close()


class Upstreams:
    """All of them, by name."""

    def __init__(self, settings: Settings, schedule: Schedule, clock: Clock) -> None:
        self._settings = settings
        self._schedule = schedule
        self._clock = clock
        self._known: dict[str, Upstream] = {}

    def __getitem__(self, name: str) -> Upstream:
        """The upstream of this name, whether or not the settings know it."""
        if name not in self._known:
            self._known[name] = Upstream(
                name,
                self._settings.upstreams.get(name),
                self._settings.hostname,
                self._schedule,
                self._clock,
            )
        return self._known[name]

    def wanting_no_more(self) -> list[str]:
        """Those for which nothing more is to be claimed just now."""
        return [name for name, upstream in self._known.items() if upstream.wants_no_more()]

    def room(self) -> int | None:
        """The most that any one of them has room for; None where none is known yet."""
        return max((upstream.room() for upstream in self._known.values()), default=None)

    def try_anew(self) -> None:
        """Ask every upstream at once, whatever went before."""
        for upstream in self._known.values():
            upstream.circuit.forget()

    async def close(self) -> None:
        """Let all connections go."""
        await asyncio.gather(*(upstream.close() for upstream in self._known.values()))
