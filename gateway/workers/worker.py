"""Inside a worker process."""

from __future__ import annotations

import resource
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gateway.frames import receive_blocking, send_blocking

DONE, FAILED, OUT_OF_MEMORY = b"\x00", b"\x01", b"\x02"
"""First octet of an answer."""


Tasks = Mapping[bytes, Callable[..., bytes]]
"""What a worker can be asked to do: by name, pure functions from frames to a frame."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the kernel holds a worker to: octets of memory, and seconds of processor time for a task."""

    memory: int
    cpu_seconds: int


def run(sock: socket.socket, limits: Limits, tasks: Tasks) -> None:
    """Do one task after the other until the owner closes the socket, or memory has run out.

    A task comes as frames: its name, an octet with the number of its parts, and the parts.
    """
    lock_down(limits)
    while True:
        try:
            task, parts = _received(sock)
        except (EOFError, OSError):
            return
        except MemoryError:
            send_blocking(sock, OUT_OF_MEMORY)
            return
        _allow_processor_time(limits.cpu_seconds)
        answer = _answer(tasks, task, parts)
        del parts
        try:
            send_blocking(sock, answer)
        except OSError:
            return
        if answer == OUT_OF_MEMORY:
            return


def _received(sock: socket.socket) -> tuple[bytes, list[bytes]]:
    task = receive_blocking(sock)
    return task, [receive_blocking(sock) for _ in range(receive_blocking(sock)[0])]


def _answer(tasks: Tasks, task: bytes, parts: list[bytes]) -> bytes:
    try:
        return DONE + tasks[task](*parts)
    except MemoryError:
        return OUT_OF_MEMORY
    except Exception as error:
        # The name of the error is ours; its text may be the sender's, and stays here.
        return FAILED + type(error).__name__.encode()


def lock_down(limits: Limits) -> None:
    """From here on: no new file or socket, no child, no core file, no growth beyond the limit."""
    for what, most in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _allow_processor_time(seconds: int) -> None:
    """So much more for the task to come; beyond it SIGXCPU ends the process."""
    used = int(time.process_time()) + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (used + seconds, hard))
