"""All doors together: opened at the start, changed while people come and go, closed at the end."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from config.errors import Complaint, ConfigError
from config.settings import ListenerSettings, Settings
from gateway import logs
from gateway.submission.listeners import Listener
from gateway.submission.services import Services

_log = logs.get("submission")


class Front:
    """The open listeners. `services` is what new connections work with."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self._listeners: dict[tuple[str, str, int], Listener] = {}
        self._closing: set[asyncio.Task[None]] = set()

    @property
    def ports(self) -> list[int]:
        """The ports listened on, in the order of the settings that opened them."""
        return [listener.port for listener in self._listeners.values()]

    def open(self, listeners: tuple[ListenerSettings, ...]) -> None:
        """Open what is not open. Raises ConfigError where an address or port cannot be had."""
        for settings in listeners:
            key = _key(settings)
            if key in self._listeners:
                self._listeners[key].use(settings)
                continue
            try:
                self._listeners[key] = Listener(settings, lambda: self.services)
            except OSError as error:
                found = f"{settings.address} port {settings.port} ({error.strerror})"
                raise ConfigError(
                    "listeners", [Complaint(settings.kind.value, found, "an address and port that are free")]
                ) from None

    async def use(self, settings: Settings) -> None:
        """Work by other settings from now on. Connections that exist keep theirs, also at a closed door."""
        self.services = replace(self.services, hostname=settings.hostname, limits=settings.limits)
        self.services.budget.limit = settings.limits.inflight_bytes
        wanted = {_key(listener) for listener in settings.listeners}
        for key in set(self._listeners) - wanted:
            listener = self._listeners.pop(key)
            await listener.close()
            closing = asyncio.get_running_loop().create_task(listener.drain(settings.limits.drain_seconds))
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)
        self.open(settings.listeners)

    async def drain(self) -> None:
        """Close every door, let messages be handed in, wait for acceptances. At most `drain_seconds` each."""
        seconds = self.services.limits.drain_seconds
        await asyncio.gather(
            *(listener.drain(seconds) for listener in self._listeners.values()), *self._closing
        )
        unfinished = await self.services.acceptances.finish(seconds)
        if unfinished:
            _log.error("acceptances unfinished", count=unfinished)


def _key(settings: ListenerSettings) -> tuple[str, str, int]:
    return settings.kind.value, settings.address, settings.port
