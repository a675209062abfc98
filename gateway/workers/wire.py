"""What goes between a worker and its owner: one request, one answer, and so on. Lengths are big-endian."""

from __future__ import annotations

import socket
import struct

DONE, FAILED, OUT_OF_MEMORY, UNPREPARED = b"\x00", b"\x01", b"\x02", b"\x03"
"""First octet of an answer: what follows is the task's result, the name of its error, or for the others nothing.
UNPREPARED: the task needs what the nursery has yet to load.
"""

_COUNT = struct.Struct(">B")
_ANSWER = struct.Struct(">cI")
ANSWER_HEAD = _ANSWER.size
_FIRST_READ = 65_536


def request(task: str, parts: tuple[bytes, ...]) -> list[bytes]:
    """A request as pieces to write: how many parts, their lengths, and the parts, the task's name first."""
    whole = (task.encode("ascii"), *parts)
    return [_COUNT.pack(len(whole)) + struct.pack(f">{len(whole)}I", *map(len, whole)), *whole]


def answer_size(head: bytes) -> int:
    """Octets of a whole answer, from its first `ANSWER_HEAD` octets."""
    _, length = _ANSWER.unpack(head)
    return ANSWER_HEAD + int(length)


def send_answer(sock: socket.socket, kind: bytes, content: bytes) -> None:
    """Answer, on a blocking socket."""
    sock.sendall(_ANSWER.pack(kind, len(content)) + content)


def receive_request(sock: socket.socket) -> list[bytes]:
    """The next request, from a blocking socket. Raises EOFError where the owner is gone."""
    buffer = bytearray(sock.recv(_FIRST_READ))
    if not buffer:
        raise EOFError
    (count,) = _COUNT.unpack_from(buffer)
    lengths_end = _COUNT.size + 4 * count
    _fill(sock, buffer, lengths_end)
    lengths = struct.unpack_from(f">{count}I", buffer, _COUNT.size)
    _fill(sock, buffer, lengths_end + sum(lengths))
    parts = []
    position = lengths_end
    with memoryview(buffer) as view:
        for length in lengths:
            parts.append(bytes(view[position : position + length]))
            position += length
    return parts


def _fill(sock: socket.socket, buffer: bytearray, size: int) -> None:
    """Read until `buffer` has this many octets. Raises EOFError."""
    filled = len(buffer)
    if filled >= size:
        return
    buffer.extend(bytes(size - filled))
    with memoryview(buffer) as view:
        while filled < size:
            count = sock.recv_into(view[filled:])
            if count == 0:
                raise EOFError
            filled += count
