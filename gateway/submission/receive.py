"""Reading content off the wire, no slower and no longer than anyone in earnest would send it."""

from __future__ import annotations

import asyncio

from config.limits import LimitSettings
from gateway.submission import replies
from gateway.submission.content import Content, DotContent
from gateway.submission.replies import Refusal
from gateway.submission.wire import TimedOut, Wire

START_SECONDS = 60.0
"""Time that content has to begin with."""

READ_TO_THE_END = 4
"""Content over the limit is read to its end, so that the client sees why, up to this many limits."""


class Flood(Exception):
    """So much came beyond the limit that reading on is of no use; commands cannot be found again."""


class _Pace:
    """How long a client may still stay silent: each octet that comes buys a little time."""

    def __init__(self, wire: Wire, limits: LimitSettings) -> None:
        self._wire = wire
        self._idle_seconds = limits.idle_seconds
        self._least = limits.bytes_per_second
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()
        self._before = wire.received

    async def more(self) -> None:
        """Wait for octets. Raises Refusal where the client is too slow."""
        bought = (self._wire.received - self._before) / self._least
        left = self._began + START_SECONDS + bought - self._loop.time()
        try:
            await self._wire.more(min(left, self._idle_seconds))
        except TimedOut:
            raise Refusal(replies.TOO_SLOW()) from None


async def dotted(wire: Wire, content: Content, limits: LimitSettings) -> None:
    """Read content up to its final dot. Raises Flood, Refusal where it comes too slowly."""
    reader = DotContent(content, limits.line_bytes)
    pace = _Pace(wire, limits)
    while not reader.take(wire.buffer):
        if content.size > READ_TO_THE_END * limits.message_bytes:
            raise Flood
        await pace.more()


async def counted(wire: Wire, content: Content, octets: int, limits: LimitSettings) -> None:
    """Read a chunk of this many octets. Raises Flood, Refusal where it comes too slowly."""
    if octets > READ_TO_THE_END * limits.message_bytes:
        raise Flood
    pace = _Pace(wire, limits)
    while octets:
        piece = bytes(wire.buffer[:octets])
        del wire.buffer[: len(piece)]
        content.add(piece)
        octets -= len(piece)
        if octets:
            await pace.more()
