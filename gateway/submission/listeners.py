"""Ports that mail clients connect to: accepting, counting, and emptying the room at the end.

Each connection is one task, counted from accept to close, the TLS handshake included, so that half-open
handshakes use up the same places as conversations do. The backlog is long because what overflows it is left
connected and never greeted. Accepting goes on when it fails (no file descriptors left, say), after a pause.
"""

from __future__ import annotations

import asyncio
import logging
import socket
from collections import Counter
from collections.abc import Callable

from config.settings import ListenerSettings
from gateway import logs, metrics
from gateway.submission import faults, replies
from gateway.submission.doors import Door, Peer, door_for, network_of, peer_of
from gateway.submission.services import Services
from gateway.submission.session import HANDSHAKE_SECONDS, Session
from gateway.submission.visitor import Visitor
from gateway.submission.wire import SHUTDOWN_SECONDS, Wire

BACKLOG = 1024
_PAUSE_SECONDS = 0.5
_TURNED_AWAY_AT_ONCE = 32
"""How many beyond the limit are told so at the same time; any further are just closed."""

_log = logs.get("submission")


class Listener:
    """One open port. `services` gives what new connections work with."""

    def __init__(self, settings: ListenerSettings, services: Callable[[], Services]) -> None:
        self._door = door_for(settings)
        self._services = services
        self._socket = _bound(settings)
        self._conversations: dict[asyncio.Task[None], Session | None] = {}
        self._draining = False
        self._from: Counter[str] = Counter()
        self._accepting = asyncio.get_running_loop().create_task(self._accept_forever())

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._socket.getsockname()[1])

    def use(self, settings: ListenerSettings) -> None:
        """Other rules for new connections."""
        self._door = door_for(settings)

    async def close(self) -> None:
        """Accept nobody any more. Who is inside stays."""
        self._accepting.cancel()
        await asyncio.wait([self._accepting])
        self._socket.close()

    async def drain(self, seconds: float) -> None:
        """Close, say goodbye to the idle, let messages be handed in, then cut off the rest."""
        await self.close()
        self._draining = True
        for session in self._conversations.values():
            if session is not None:
                session.drain()
        if self._conversations:
            _, late = await asyncio.wait(tuple(self._conversations), timeout=seconds)
            for conversation in late:
                conversation.cancel()
            if late:
                _log.warning("connections cut off", listener=self._door.name, count=len(late))
                await asyncio.wait(late)

    async def _accept_forever(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                client, address = await loop.sock_accept(self._socket)
            except Exception as error:  # Whatever it is, a door that accepts nobody is the worse.
                _log.error("cannot accept connections", listener=self._door.name, reason=type(error).__name__)
                await asyncio.sleep(_PAUSE_SECONDS)
                continue
            task = loop.create_task(self._serve(client, peer_of(address[0])))
            self._conversations[task] = None
            task.add_done_callback(self._conversations.pop)

    async def _serve(self, client: socket.socket, peer: Peer) -> None:
        """One connection from accept to close. Raises nothing but CancelledError."""
        door, services = self._door, self._services()
        over = len(self._conversations) - services.limits.connections
        with metrics.CONNECTIONS.labels(listener=door.name).track_inprogress():
            if over > _TURNED_AWAY_AT_ONCE:
                client.close()
                return
            wire = Wire()
            network = network_of(peer)
            self._from[network] += 1
            pushing = door.counts_addresses and self._from[network] > services.limits.connections_per_address
            try:
                await _connect(wire, client, door, services)
                crowd = (
                    replies.TOO_MANY_CONNECTIONS
                    if over > 0
                    else replies.TOO_MANY_FROM_HERE
                    if pushing
                    else None
                )
                await self._converse(wire, door, services, peer, crowd)
            except OSError as error:  # ssl.SSLError is one: the handshake failed.
                _log.debug("connection failed", listener=door.name, reason=type(error).__name__)
            except Exception as error:
                faults.note(error, "connection")
            finally:
                wire.abort()
                self._from[network] -= 1
                if not self._from[network]:
                    del self._from[network]

    async def _converse(
        self, wire: Wire, door: Door, services: Services, peer: Peer, crowd: replies.Said | None
    ) -> None:
        councils = door.admits(peer)
        if crowd is not None or councils is None:
            said = crowd or replies.NETWORK_UNKNOWN
            _log.log(
                logging.DEBUG if crowd else logging.INFO,  # A flood must not become a flood of lines.
                "turned away",
                listener=door.name,
                peer=str(peer),
                code=said.code,
            )
            wire.say(said().encode())
            await wire.close(linger=True)
            return
        session = Session(wire, services, Visitor(door, peer, councils))
        task = asyncio.current_task()
        if task is not None:
            self._conversations[task] = session
        if self._draining:
            session.drain()
        await session.run()


async def _connect(wire: Wire, client: socket.socket, door: Door, services: Services) -> None:
    """Lay the wire over an accepted socket. Raises OSError where the handshake fails.

    TLS begins here, and not in a server of asyncio's, so that each connection gets the certificate of its
    own moment, and so that a header of a balancer in front can be read before it.
    """
    loop = asyncio.get_running_loop()
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if door.implicit_tls and services.certificates is not None:
        await loop.connect_accepted_socket(
            lambda: wire,
            client,
            ssl=services.certificates.context,
            ssl_handshake_timeout=HANDSHAKE_SECONDS,
            ssl_shutdown_timeout=SHUTDOWN_SECONDS,
        )
    else:
        await loop.connect_accepted_socket(lambda: wire, client)


def _bound(settings: ListenerSettings) -> socket.socket:
    """A listening socket. Raises OSError where the address or port cannot be had."""
    family = socket.AF_INET6 if ":" in settings.address else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setblocking(False)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listening.bind((settings.address, settings.port))
        listening.listen(BACKLOG)
    except BaseException:
        listening.close()
        raise
    return listening
