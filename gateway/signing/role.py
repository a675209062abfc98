"""The signing process: the only one with DKIM keys in it."""

from __future__ import annotations

import asyncio
import os
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from traceback import extract_tb

from config.errors import Complaint, ConfigError
from config.settings import Settings
from gateway import clock, frames, logs, metrics
from gateway.life import Life
from gateway.reply import opaque_id
from gateway.signing.client import LATER, NEVER, SIGNED, socket_path
from gateway.signing.keys import KeyRing, load_keys
from gateway.signing.sign import SigningFailed, sign_for

LARGE = 262_144
"""Messages above this many octets have threads of their own, so that small ones never wait behind them."""

_DRAIN_SECONDS = 8.0
"""Delivery stops before signing does, so what is still being signed by then is seldom wanted."""

_LONGEST_SOCKET_PATH = 107
_READ_LIMIT = 1 << 20

_log = logs.get("signing")


async def run(settings: Settings, life: Life) -> None:
    """Load the keys, answer requests until told to stop, finish those that have begun.

    Raises ConfigError where a key cannot be used: there is no signing with some of the keys.
    """
    desk = Desk(await asyncio.to_thread(load_keys, settings.dkim))
    life.on_reload(desk.reload)
    sock = _bind(socket_path(settings))
    server = await asyncio.start_unix_server(desk.serve, sock=sock, limit=_READ_LIMIT)
    try:
        life.ready()
        _log.info("signing ready", keys=desk.keys)
        await life.stopping.wait()
    finally:
        server.close()
        await desk.drain(_DRAIN_SECONDS)


class Desk:
    """Takes requests (domain, message) from any number of connections and answers (status, payload)."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring
        self._small = ThreadPoolExecutor(max_workers=4, thread_name_prefix="sign")
        self._large = ThreadPoolExecutor(max_workers=2, thread_name_prefix="sign-large")
        self._waiting: set[asyncio.Task[None]] = set()
        self._working: set[asyncio.Task[None]] = set()
        self._draining = False

    @property
    def keys(self) -> int:
        """How many keys sign."""
        return len(self._ring)

    async def reload(self, settings: Settings) -> None:
        """Sign with the keys of `settings` from now on; where one cannot be used, go on with the old ones."""
        try:
            self._ring = await asyncio.to_thread(load_keys, settings.dkim)
        except ConfigError as error:
            _log.error("dkim keys not reloaded", error=str(error), keys=self.keys)
            return
        _log.info("dkim keys reloaded", keys=self.keys)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one connection's requests until it ends."""
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a connection is served in a task")
        try:
            while not self._draining:
                self._waiting.add(task)
                domain = await frames.receive(reader)
                self._waiting.discard(task)
                self._working.add(task)
                message = await frames.receive(reader)
                await frames.send(writer, *await self._answer(domain, message))
                self._working.discard(task)
        except (EOFError, OSError):
            # The other side has what it wanted, or will ask again.
            pass
        except asyncio.CancelledError:
            if not self._draining:
                raise
        finally:
            self._waiting.discard(task)
            self._working.discard(task)
            writer.close()

    async def drain(self, seconds: float) -> None:
        """Let go of idle connections, finish the requests that have begun within `seconds`, stop."""
        self._draining = True
        for task in self._waiting:
            task.cancel()
        everyone = self._waiting | self._working
        if everyone:
            _, late = await asyncio.wait(everyone, timeout=seconds)
            for task in late:
                task.cancel()
            if late:
                _log.warning("signing cut short", requests=len(late))
                await asyncio.wait(late)
        self._small.shutdown(wait=False, cancel_futures=True)
        self._large.shutdown(wait=False, cancel_futures=True)

    async def _answer(self, domain: bytes, message: bytes) -> tuple[bytes, bytes]:
        pool = self._large if len(message) > LARGE else self._small
        try:
            with metrics.STAGE_SECONDS.labels("sign").time():
                fields = await asyncio.get_running_loop().run_in_executor(
                    pool, sign_for, domain.decode(), message, self._ring, clock.now()
                )
        except SigningFailed as error:
            return (NEVER if error.lasting else LATER), error.reason.encode()
        except Exception as error:
            ref = opaque_id()
            # Where it happened, and not what it says: that may quote the message.
            where = [f"{Path(step.filename).stem}:{step.lineno}" for step in extract_tb(error.__traceback__)]
            _log.error("signing failed", ref=ref, error=type(error).__name__, where=where)
            return LATER, f"signing failed, ref {ref}".encode()
        return SIGNED, fields


def _bind(path: Path) -> socket.socket:
    """A socket at `path` that only this user can connect to. Whatever an earlier process left there goes."""
    if len(os.fsencode(path)) > _LONGEST_SOCKET_PATH:
        raise ConfigError(
            str(path), [Complaint("data_dir", "a path too long for sockets in it", "at most 90 octets")]
        )
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        # Nobody can connect before it listens, which is after its mode has been set.
        sock.bind(str(path))
        path.chmod(0o600)
    except OSError:
        sock.close()
        raise
    return sock
