"""Length-prefixed frames between our own processes: 4 octets of length, big-endian, then the bytes."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Iterator, Sequence

_HEAD = struct.Struct(">I")
_SMALL = 65_536
"""Up to so many octets are copied into one piece, so that the other side is woken once."""


async def send(writer: asyncio.StreamWriter, *parts: bytes) -> None:
    """Write each part as a frame."""
    for piece in _pieces(parts):
        writer.write(piece)
    await writer.drain()


async def receive(reader: asyncio.StreamReader) -> bytes:
    """The next frame. Raises asyncio.IncompleteReadError where the other side is gone."""
    (length,) = _HEAD.unpack(await reader.readexactly(_HEAD.size))
    return await reader.readexactly(length)


def _pieces(parts: Sequence[bytes]) -> Iterator[bytes]:
    """The frames of `parts`, in few pieces."""
    waiting: list[bytes] = []
    size = 0
    for part in parts:
        waiting.append(_HEAD.pack(len(part)))
        if len(part) > _SMALL:
            yield b"".join(waiting)
            yield part
            waiting, size = [], 0
            continue
        waiting.append(part)
        size += len(part)
        if size > _SMALL:
            yield b"".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)
