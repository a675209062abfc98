"""Octets in and out of one connection, without knowing what they mean.

Lines end at CRLF. A bare LF where a line should end is where two servers begin to disagree about what was
said, so it ends the conversation. Replies wait until the client's pipelined commands are used up and go out
together (RFC 2920 §3.2). Reading from the network stops while nobody here wants more, so that a client
cannot fill the memory; waiting for octets starts it again.

Works the same over asyncio and uvloop, in the clear, under STARTTLS and under implicit TLS.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from typing import cast

HIGH_WATER = 262_144
"""Octets read ahead before reading pauses; a transport may hand over one piece more."""

WRITE_SECONDS = 60.0
"""How long a client may take to read our replies."""

LINGER_SECONDS = 2.0
"""How long a client that is hung up on may take to notice, so that it sees the last reply."""

SHUTDOWN_SECONDS = 5.0
"""How long a client may take to say goodbye in TLS."""


class Gone(Exception):
    """The client has closed the connection, or it broke."""


class TimedOut(Exception):
    """Nothing came, or nothing was taken, in time."""


class Interrupted(Exception):
    """The wait for octets was called off from this side."""


class LineTooLong(Exception):
    """A line was longer than allowed; it has been read to its end."""


class BareNewline(Exception):
    """A line ended with LF alone; what follows must not be read."""


class Injected(Exception):
    """Octets were sent in the clear after STARTTLS, ahead of the handshake (RFC 3207 §6)."""


class Wire(asyncio.Protocol):
    """One connection. `buffer` holds what has come and has not been used; its users delete what they use."""

    def __init__(self) -> None:
        self.buffer = bytearray()
        self.received = 0
        self.tls: ssl.SSLObject | None = None
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._out: list[bytes] = []
        self._waiter: asyncio.Future[None] | None = None
        self._writable: asyncio.Future[None] | None = None
        self._lost = self._loop.create_future()
        self._ended = False
        self._reading = True
        self._deaf = False

    # What the transport calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        self._use(cast("asyncio.Transport", transport))

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        if self._deaf:
            return
        self.received += len(data)
        self.buffer += data
        if self._waiter is not None:
            self._wake(None)
        elif len(self.buffer) > HIGH_WATER:
            self._pause()

    def eof_received(self) -> bool:
        """A half-closed client may still be told what became of its message, except over TLS."""
        self._ended = True
        self._wake(Gone())
        return self.tls is None

    def connection_lost(self, exc: BaseException | None) -> None:
        """See asyncio.Protocol."""
        self._ended = True
        if not self._lost.done():
            self._lost.set_result(None)
        self._wake(Gone())
        self.resume_writing()

    def pause_writing(self) -> None:
        """See asyncio.BaseProtocol."""
        if self._writable is None:
            self._writable = self._loop.create_future()

    def resume_writing(self) -> None:
        """See asyncio.BaseProtocol."""
        if self._writable is not None and not self._writable.done():
            self._writable.set_result(None)
        self._writable = None

    # Reading.

    async def line(self, seconds: float, limit: Callable[[bytes], int]) -> bytes:
        """The next line without its CRLF; `limit` says from its first four octets how long it may be.

        Raises LineTooLong (the line is used up), BareNewline, TimedOut where the line is not whole after
        `seconds`, Gone, Interrupted.
        """
        deadline = self._loop.time() + seconds
        looked_at, overlong, last = 0, False, b""
        while True:
            newline = self.buffer.find(b"\n", looked_at)
            if newline >= 0:
                line = bytes(self.buffer[:newline])
                del self.buffer[: newline + 1]
                if not (line or last).endswith(b"\r"):
                    raise BareNewline
                if overlong or len(line) - 1 > limit(line[:4]):
                    raise LineTooLong
                return line[:-1]
            if overlong or len(self.buffer) - 1 > limit(bytes(self.buffer[:4])):
                overlong, last = True, bytes(self.buffer[-1:]) or last
                self.buffer.clear()
            looked_at = len(self.buffer)
            await self.more(deadline - self._loop.time())

    async def more(self, seconds: float) -> None:
        """Send what is to be sent, and wait for octets. Raises TimedOut, Gone, Interrupted."""
        before = self.received
        await self.flush()
        if self.received != before:
            return
        if self._ended:
            raise Gone
        if seconds <= 0:
            raise TimedOut
        self._resume()
        waiter = self._waiter = self._loop.create_future()
        timer = self._loop.call_later(seconds, self._wake, TimedOut())
        try:
            await waiter
        finally:
            timer.cancel()
            self._waiter = None

    def interrupt(self) -> None:
        """Call off the wait for octets, if anyone waits."""
        self._wake(Interrupted())

    # Writing.

    def say(self, data: bytes) -> None:
        """Have `data` sent with the next flush."""
        self._out.append(data)

    async def flush(self) -> None:
        """Send what has been said. Raises TimedOut where the client does not read."""
        if self._out:
            data = b"".join(self._out)
            self._out.clear()
            if self._transport is not None and not self._transport.is_closing():
                self._transport.write(data)
        if self._writable is not None:
            try:
                async with asyncio.timeout(WRITE_SECONDS):
                    await asyncio.shield(self._writable)
            except TimeoutError:
                raise TimedOut from None

    # TLS, and the end.

    async def start_tls(self, ready: bytes, context: ssl.SSLContext, seconds: float) -> None:
        """Say `ready` and go over to TLS. Raises Injected, Gone where the handshake fails.

        The check for injected octets, the end of reading in the clear and the change of protocol happen
        without a turn of the loop between them: what comes later belongs to the handshake.
        """
        if self.buffer:
            raise Injected
        transport = self._transport
        if transport is None or transport.is_closing() or self._ended:
            raise Gone
        transport.pause_reading()
        self.say(ready)
        transport.write(b"".join(self._out))
        self._out.clear()
        try:
            secured = await self._loop.start_tls(
                transport,
                self,
                context,
                server_side=True,
                ssl_handshake_timeout=seconds,
                ssl_shutdown_timeout=SHUTDOWN_SECONDS,
            )
        except (OSError, EOFError) as error:  # ssl.SSLError and TimeoutError are OSError.
            self.abort()
            self.connection_lost(error)  # Not every loop says so after a failed handshake.
            raise Gone from error
        if secured is None:
            raise Gone
        self._reading = True
        self._use(secured)

    async def close(self, linger: bool = False) -> None:
        """Send what has been said, and close. With `linger`, wait a little for the client to have read it.

        A connection closed while octets of the client lie unread is reset, and takes our last reply with it.
        """
        self._deaf = True
        self.buffer.clear()
        try:
            await self.flush()
            if linger and not self._ended:
                await self._linger()
            if self._transport is not None:
                self._transport.close()
            async with asyncio.timeout(WRITE_SECONDS):
                await asyncio.shield(self._lost)
        except (TimedOut, TimeoutError):
            pass
        finally:
            self.abort()

    def abort(self) -> None:
        """Drop the connection at once."""
        self._deaf = True
        self._ended = True
        if self._transport is not None:
            self._transport.abort()

    async def _linger(self) -> None:
        transport = self._transport
        if transport is None or transport.is_closing() or not transport.can_write_eof():
            return
        try:
            transport.write_eof()
        except OSError:
            return  # It has gone already, and the loop has not noticed yet.
        self._resume()
        self._waiter = self._loop.create_future()
        timer = self._loop.call_later(LINGER_SECONDS, self._wake, TimedOut())
        try:
            await self._waiter
        except (Gone, TimedOut, Interrupted):
            pass
        finally:
            timer.cancel()
            self._waiter = None

    def _use(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self.tls = transport.get_extra_info("ssl_object")

    def _wake(self, error: Exception | None) -> None:
        waiter = self._waiter
        if waiter is None or waiter.done():
            return
        if error is None:
            waiter.set_result(None)
        else:
            waiter.set_exception(error)

    def _pause(self) -> None:
        if self._reading and self._transport is not None and not self._transport.is_closing():
            self._transport.pause_reading()
            self._reading = False

    def _resume(self) -> None:
        if not self._reading and self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()
            self._reading = True
