"""Asking for signatures: of the signing process over its socket, or here and now."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Protocol

from config.settings import Settings
from gateway import clock, frames
from gateway.signing.keys import KeyRing
from gateway.signing.sign import SigningFailed, sign_for

__all__ = ["LocalSigner", "Signer", "SigningClient", "SigningFailed", "socket_path"]

SIGNED = b"signed"
"""First frame of an answer; the second is the header fields. May be empty: no key for that domain."""
LATER = b"later"
"""First frame of an answer; the second says why not now."""
NEVER = b"never"
"""First frame of an answer; the second says why this message cannot be signed at all."""

_READ_LIMIT = 1 << 20


def socket_path(settings: Settings) -> Path:
    """Where the signing process listens."""
    return settings.run_dir / "signing.sock"


class Signer(Protocol):
    """Whoever can sign a message for a domain."""

    async def sign(self, message: bytes, domain: str) -> bytes:
        """The DKIM-Signature header fields to put before `message`, whose From is in `domain`.

        Each ends in CRLF. Empty where the host has set no key for the domain. Raises SigningFailed: then the
        message must not be sent.
        """


class LocalSigner:
    """Signs in this process; for commands, which have the keys at hand."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring

    async def sign(self, message: bytes, domain: str) -> bytes:
        """See `Signer`."""
        return await asyncio.to_thread(sign_for, domain, message, self._ring, clock.now())


class SigningClient:
    """Asks the signing process. Each request has a connection to itself while it lasts; some are kept.

    A kept connection that has died (the process was replaced) costs nothing but another try on a new one:
    asking twice does no harm. `timeout` in seconds is for the whole request.
    """

    def __init__(self, path: Path, *, timeout: float = 60, keep: int = 8) -> None:
        self._path = path
        self._timeout = timeout
        self._keep = keep
        self._idle: list[_Connection] = []
        self._closed = False

    async def sign(self, message: bytes, domain: str) -> bytes:
        """See `Signer`."""
        try:
            async with asyncio.timeout(self._timeout):
                status, payload = await self._ask(message, domain.encode())
        except TimeoutError:
            raise SigningFailed("the signing process took too long") from None
        except (OSError, EOFError):
            raise SigningFailed("the signing process cannot be reached") from None
        if status == SIGNED:
            return payload
        raise SigningFailed(payload.decode("utf-8", "replace"), lasting=status == NEVER)

    async def close(self) -> None:
        """Close the kept connections."""
        self._closed = True
        while self._idle:
            await self._idle.pop().close()

    async def _ask(self, message: bytes, domain: bytes) -> tuple[bytes, bytes]:
        while self._idle:
            try:
                return await self._ask_over(self._idle.pop(), message, domain)
            except (OSError, EOFError):
                continue
        return await self._ask_over(await _Connection.open(self._path), message, domain)

    async def _ask_over(self, connection: _Connection, message: bytes, domain: bytes) -> tuple[bytes, bytes]:
        try:
            answer = await connection.ask(domain, message)
        except BaseException:
            # Cancelled or broken half-way: whatever comes over it next would answer another question.
            connection.abort()
            raise
        if self._closed or len(self._idle) >= self._keep:
            await connection.close()
        else:
            self._idle.append(connection)
        return answer


class _Connection:
    """One stream to the signing process, with one request on it at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, path: Path) -> _Connection:
        """Connect. Raises OSError where nobody listens."""
        return cls(*await asyncio.open_unix_connection(str(path), limit=_READ_LIMIT))

    async def ask(self, domain: bytes, message: bytes) -> tuple[bytes, bytes]:
        """Send a request and read its answer. Raises OSError or EOFError where the other side is gone."""
        await frames.send(self._writer, domain, message)
        return await frames.receive(self._reader), await frames.receive(self._reader)

    async def close(self) -> None:
        """Close in good order."""
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except OSError:
            # It was gone already, which is all that was wanted.
            pass

    def abort(self) -> None:
        """Drop it at once."""
        self._writer.transport.abort()
