"""Sending a message's bytes: exactly those, dot-stuffed, in pieces, with a time limit for each step."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from aiosmtplib.errors import SMTPException
from aiosmtplib.protocol import SMTPProtocol
from aiosmtplib.response import SMTPResponse

from config.settings import UpstreamSettings
from gateway.upstream.refusal import Refusal, Refused, ReplyLost, Scope, Step
from gateway.upstream.reply import UpstreamReply

_PIECE = 262_144
_LAST_WORD_SECONDS = 1
"""How long to look for a reply on a connection that broke during the upload: often it says why."""


def sendable(message: bytes) -> bool:
    """Whether DATA carries `message` unchanged: no bare CR or LF, no NUL, and CRLF at the end.

    What is not sendable is never sent: a bare CR or LF is how a second message is smuggled past the next
    server (CVE-2024-27305 and its kin), and a change on the way would break the signature over the bytes.
    """
    return message.endswith(b"\r\n") and _clean(message)


def pieces(message: bytes, size: int = _PIECE) -> Iterator[bytes]:
    """`message` dot-stuffed (RFC 5321 §4.5.2) in pieces of about `size`, the final dot in the last one.

    Raises ValueError at the piece that is not sendable: by then no final dot has been given out.
    """
    start, line_start = 0, True
    while start < len(message):
        end = min(start + size, len(message))
        if message[end - 1 : end] == b"\r":
            end += 1  # The LF belongs with its CR, or the next piece would not know that a line begins.
        piece = message[start:end]
        start = end
        if not _clean(piece):
            raise ValueError("the message holds a bare CR or LF, or a NUL")
        stuffed = piece.replace(b"\r\n.", b"\r\n..")
        if line_start and piece.startswith(b"."):
            stuffed = b"." + stuffed
        line_start = piece.endswith(b"\r\n")
        yield stuffed if start < len(message) else stuffed + _dot(line_start)


async def send_data(protocol: SMTPProtocol, message: bytes, settings: UpstreamSettings) -> UpstreamReply:
    """Send `message` after a 354 and return the reply to its final dot.

    Raises Refused when the connection broke before the dot was handed over, so that the upstream cannot have
    taken the message; ReplyLost when it broke, or the time ran out, after.
    """
    reading = asyncio.ensure_future(protocol.read_response())
    # A reply that comes before the reading has begun is dropped as one that nobody asked for, and a quick
    # upstream replies in the very turn of the loop in which the last piece was written.
    await asyncio.sleep(0)
    try:
        whole = await _upload(protocol, message, reading, settings.command_seconds)
        if whole:
            await asyncio.wait((reading,), timeout=settings.data_seconds)
        reply = _reply(reading)
        if reply is not None and (whole or not reply.accepted):
            return reply
        raise ReplyLost if whole else _broken("the connection was lost")
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def _upload(
    protocol: SMTPProtocol, message: bytes, reading: asyncio.Future[SMTPResponse], seconds: float
) -> bool:
    """Write every piece as fast as the upstream takes it. False when it broke off, or spoke, before the dot.

    Raises Refused when a piece was not taken within `seconds` (RFC 5321 §4.5.3.2.5).
    """
    waiting = pieces(message)
    piece = next(waiting, None)
    while piece is not None:
        following = next(waiting, None)
        try:
            protocol.write(piece)
        except (SMTPException, OSError):
            await asyncio.wait((reading,), timeout=_LAST_WORD_SECONDS)
            return False
        if following is not None and not await _taken(protocol, reading, seconds):
            return False
        piece = following
    return True


async def _taken(protocol: SMTPProtocol, reading: asyncio.Future[SMTPResponse], seconds: float) -> bool:
    """Wait until there is room for another piece. False when the upstream broke off or spoke."""
    # aiosmtplib's protocol carries asyncio's own flow control, of which nothing is public.
    room = asyncio.ensure_future(protocol._drain_helper())
    try:
        await asyncio.wait((room, reading), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if not room.done() and not reading.done():
            raise _broken("it took the message too slowly")
        if room.done() and room.exception() is not None:
            await asyncio.wait((reading,), timeout=_LAST_WORD_SECONDS)
            return False
        return not reading.done()
    finally:
        room.cancel()
        await asyncio.gather(room, return_exceptions=True)


def _reply(reading: asyncio.Future[SMTPResponse]) -> UpstreamReply | None:
    """What was read, if it is an answer that means something."""
    if not reading.done() or reading.exception() is not None:
        return None
    response = reading.result()
    reply = UpstreamReply.from_wire(response.code, response.message)
    return reply if reply.accepted or 400 <= reply.code < 600 else None


def _clean(piece: bytes) -> bool:
    pairs = piece.count(b"\r\n")
    return piece.count(b"\r") == pairs and piece.count(b"\n") == pairs and b"\0" not in piece


def _dot(line_start: bool) -> bytes:
    if not line_start:
        raise ValueError("the message does not end in CRLF")
    return b".\r\n"


def _broken(what: str) -> Refused:
    return Refused(Refusal(Scope.MESSAGE, Step.DATA, UpstreamReply(451, f"4.4.2 {what}")))
