"""clamd's INSTREAM command (clamd(8)): a message in, what was found in it out.

The command is `zINSTREAM`, ended by NUL; then chunks, each with its length before it as four octets in network
order, and a length of nought at the end. The answer ends with NUL: `stream: OK`, `stream: NAME FOUND`, or something
that ends with `ERROR`. clamd takes MIME, archives and documents apart by itself. Beyond `StreamMaxLength` it answers
`INSTREAM size limit exceeded. ERROR` before the end of the message, and closes.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
from dataclasses import dataclass
from typing import Any

from filters.answers import Scan

_CHUNK = 262_144
_MOST_ANSWER = 4096
_LONGEST_NAME = 200

NOT_THERE = "the virus scanner did not answer"
TOO_SLOW = "the virus scanner took too long"
BROKE_OFF = "the virus scanner broke off"
TOO_LARGE = "it is larger than the virus scanner takes"
TOO_DEEP = "it is larger, or packed more deeply, than the virus scanner looks"
LOCKED = "part of it is encrypted, so the virus scanner could not look into it"
FAULT = "the virus scanner reported a fault of its own"

_DETAIL = re.compile(r"\([0-9a-f]{32,128}:[0-9]{1,12}\)\Z")
"""What `ExtendedDetectionInfo` adds to a name: hash and size of the file."""

_LIMITS = ("Heuristics.Limits.Exceeded", "Heuristics.Encrypted")


@dataclass(frozen=True, slots=True)
class Clamd:
    """ClamAV's daemon at a socket's path or at `host:port`; `seconds` is the longest that it is waited for."""

    where: str
    seconds: float

    async def scan(self, raw: bytes, seconds: float) -> Scan:
        """See `gateway.scanning.scanner.Scanner`."""
        try:
            async with asyncio.timeout(min(self.seconds, max(seconds, 0.0))):
                return read_answer(await self._ask(raw))
        except TimeoutError:
            return Scan(trouble=TOO_SLOW)
        except OSError:
            return Scan(trouble=NOT_THERE)

    async def _ask(self, raw: bytes) -> bytes:
        """The scanner's answer, as far as it got. Raises OSError where it cannot be reached."""
        sock = await self._connected()
        try:
            # It answers before the end where it has seen enough, and closes: what it said is there to be read then.
            with contextlib.suppress(OSError):
                await _send(sock, raw)
            return await _heard(sock)
        finally:
            sock.close()

    async def _connected(self) -> socket.socket:
        if self.where.startswith("/") or ":" not in self.where:
            return await _connect(socket.AF_UNIX, self.where)
        host, _, port = self.where.rpartition(":")
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM)
        failure = OSError("no address")
        for family, _, _, _, address in found:
            try:
                return await _connect(family, address)
            except OSError as error:
                failure = error
        raise failure


async def _connect(family: int, address: Any) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, address)
    except BaseException:
        sock.close()
        raise
    return sock


async def _send(sock: socket.socket, raw: bytes) -> None:
    """Send the message. Raises OSError where the scanner takes no more of it."""
    loop, view = asyncio.get_running_loop(), memoryview(raw)
    await loop.sock_sendall(sock, b"zINSTREAM\0")
    for start in range(0, len(raw), _CHUNK):
        chunk = view[start : start + _CHUNK]
        await loop.sock_sendall(sock, len(chunk).to_bytes(4, "big"))
        await loop.sock_sendall(sock, chunk)
    await loop.sock_sendall(sock, bytes(4))


async def _heard(sock: socket.socket) -> bytes:
    """What the scanner says, up to its NUL, as far as it comes."""
    loop, heard = asyncio.get_running_loop(), b""
    with contextlib.suppress(OSError):
        while b"\0" not in heard and len(heard) < _MOST_ANSWER:
            if not (more := await loop.sock_recv(sock, _MOST_ANSWER)):
                break
            heard += more
    return heard


def read_answer(answer: bytes) -> Scan:
    """What clamd's answer comes to. Whatever is not plainly OK or FOUND is trouble."""
    text = answer.rstrip(b"\0\n").decode("utf-8", "replace")
    if not answer.endswith((b"\0", b"\n")):
        return Scan(trouble=BROKE_OFF)
    said = text.removeprefix("stream: ")
    if said == "OK":
        return Scan()
    if said.endswith(" FOUND") and text.startswith("stream: "):
        name = _printable(_DETAIL.sub("", said.removesuffix(" FOUND")))
        if name.startswith(_LIMITS[0]):
            return Scan(trouble=TOO_DEEP)
        if name.startswith(_LIMITS[1]):
            return Scan(trouble=LOCKED)
        return Scan(names=(name,))
    if "size limit exceeded" in said:
        return Scan(trouble=TOO_LARGE)
    return Scan(trouble=FAULT)


def _printable(name: str) -> str:
    """A name as it may stand in notices and logs. It comes from a database of signatures, not from the sender."""
    return "".join(char for char in name if char.isprintable())[:_LONGEST_NAME] or "something without a name"
