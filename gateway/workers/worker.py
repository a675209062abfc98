"""Inside a worker process."""

from __future__ import annotations

import contextlib
import encodings
import importlib
import os
import pkgutil
import resource
import signal
import socket
import time
from dataclasses import dataclass

from gateway.frames import receive_blocking, send_blocking

DONE, FAILED, OUT_OF_MEMORY = b"\x00", b"\x01", b"\x02"


@dataclass(frozen=True, slots=True)
class Limits:
    """What the kernel holds a worker to: octets of memory, and seconds of processor time for a task."""

    memory: int
    cpu_seconds: int


def run(sock: socket.socket, limits: Limits) -> None:
    """Do one task after the other until the owner closes the socket or dies."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.clear()
    from gateway.workers.tasks import TASKS

    _load_everything_lazy()
    _lock_down(limits)
    send_blocking(sock, DONE)
    while True:
        try:
            name = receive_blocking(sock)
            parts = [receive_blocking(sock) for _ in range(receive_blocking(sock)[0])]
        except (EOFError, OSError):
            return
        _allow_processor_time(limits.cpu_seconds)
        try:
            answer = TASKS[name](*parts)
        except MemoryError:
            parts.clear()
            send_blocking(sock, OUT_OF_MEMORY)
            return
        except Exception as error:
            # The name of the error is ours; its text may be the sender's, and stays here.
            answer = FAILED + type(error).__name__.encode()
        else:
            answer = DONE + answer
        send_blocking(sock, answer)


def _load_everything_lazy() -> None:
    """Import what Python would otherwise open files for in the middle of a message: all codecs."""
    for module in pkgutil.iter_modules(encodings.__path__):
        with contextlib.suppress(ImportError, LookupError):
            importlib.import_module(f"encodings.{module.name}")


def _lock_down(limits: Limits) -> None:
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
