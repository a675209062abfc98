"""Length-prefixed frames between our own processes: 4 octets of length, big-endian, then the bytes."""

from __future__ import annotations

import asyncio
import socket
import struct

_HEAD = struct.Struct(">I")


async def send(writer: asyncio.StreamWriter, *parts: bytes) -> None:
    """Write each part as a frame."""
    for part in parts:
        writer.write(_HEAD.pack(len(part)))
        writer.write(part)
    await writer.drain()


async def receive(reader: asyncio.StreamReader) -> bytes:
    """The next frame. Raises asyncio.IncompleteReadError where the other side is gone."""
    (length,) = _HEAD.unpack(await reader.readexactly(_HEAD.size))
    return await reader.readexactly(length)


def send_blocking(sock: socket.socket, *parts: bytes) -> None:
    """Write each part as a frame on a blocking socket."""
    for part in parts:
        sock.sendall(_HEAD.pack(len(part)))
        sock.sendall(part)


def receive_blocking(sock: socket.socket) -> bytes:
    """The next frame from a blocking socket. Raises EOFError where the other side is gone."""
    (length,) = _HEAD.unpack(_read_exactly(sock, _HEAD.size))
    return _read_exactly(sock, length)


def _read_exactly(sock: socket.socket, length: int) -> bytes:
    buffer = bytearray(length)
    view = memoryview(buffer)
    filled = 0
    while filled < length:
        count = sock.recv_into(view[filled:])
        if count == 0:
            raise EOFError("the other side closed")
        filled += count
    return bytes(buffer)
