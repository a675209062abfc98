"""Inside a worker process."""

from __future__ import annotations

import resource
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from gateway.workers import wire

Tasks = Mapping[str, Callable[..., bytes]]


class Unprepared(BaseException):
    """A task needs what only the nursery can load, before it forks: see `gateway.workers.nursery`."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the kernel holds a worker to: octets of memory beyond those of what it has loaded when it starts, and
    seconds of processor time for a task.
    """

    memory: int
    cpu_seconds: int


def run(sock: socket.socket, limits: Limits, tasks: Tasks) -> None:
    """Do one task after the other until the owner closes the socket, or memory runs out."""
    _lock_down(limits)
    wire.send_answer(sock, wire.DONE, b"")
    while True:
        kind, content = _one(sock, limits, tasks)
        wire.send_answer(sock, kind, content)
        if kind == wire.OUT_OF_MEMORY:
            return  # Nobody knows what was left half done.


def _one(sock: socket.socket, limits: Limits, tasks: Tasks) -> tuple[bytes, bytes]:
    """Do the next task. Raises EOFError, OSError where the owner is gone."""
    try:
        name, *parts = wire.receive_request(sock)
    except MemoryError:
        return wire.OUT_OF_MEMORY, b""
    _allow_processor_time(limits.cpu_seconds)
    try:
        return wire.DONE, tasks[name.decode("ascii")](*parts)
    except MemoryError:
        return wire.OUT_OF_MEMORY, b""
    except Unprepared:
        return wire.UNPREPARED, b""
    except (Exception, SystemExit) as error:
        # The name of the error is ours; its text may be the sender's, and stays here.
        return wire.FAILED, type(error).__name__.encode()


def _lock_down(limits: Limits) -> None:
    """From here on: no new file or socket, no child, no core file, no growth beyond the limit."""
    for what, most in (
        (resource.RLIMIT_AS, _address_space() + limits.memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _address_space() -> int:
    """The octets that this process has now (proc(5)). Most of them are its nursery's: libraries, which take up far
    more room than memory, and another amount with every version.
    """
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
    return int(pages) * resource.getpagesize()


def _allow_processor_time(seconds: int) -> None:
    """So much more for the task to come; beyond it SIGXCPU ends the process."""
    used = int(time.process_time()) + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (used + seconds, hard))
