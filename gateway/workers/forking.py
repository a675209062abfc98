"""Inside the nursery: the process that workers are forked from. See `gateway.workers`.

It is asked over a Unix socket, one thing at a time. `W` with a socket attached: fork a worker that serves
that socket; the answer is its process id. `B` with a process id and a number of milliseconds: bury that
worker, killing it if it does not end by itself within that time; the answer is how it ended.
"""

from __future__ import annotations

import contextlib
import ctypes
import encodings
import gc
import importlib
import os
import pkgutil
import signal
import socket
import struct
import sys
import time

from gateway.workers import worker
from gateway.workers.worker import Limits, Tasks

READY = b"R"
FORK, BURY = b"W", b"B"
REQUEST = struct.Struct(">cII")
ANSWER = struct.Struct(">i")

_PR_SET_PDEATHSIG = 1
_PAUSE = 0.002


def main() -> None:
    """Serve the owner, as `python -m gateway.workers.forking FD MEMORY CPU_SECONDS MODULE`, until it goes.

    MODULE has the tasks that workers can be asked to do, as `TASKS`.
    """
    descriptor, memory, cpu_seconds = map(int, sys.argv[1:4])
    # Signals to the whole group or service are for the owner, which lets running tasks finish.
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    with socket.socket(fileno=descriptor) as owner:
        tasks = _warm(sys.argv[4])
        owner.sendall(READY)
        _serve(owner, Limits(memory, cpu_seconds), tasks)


def _warm(module: str) -> Tasks:
    """The tasks, everything imported that they need or that Python would open a file for in their middle."""
    tasks: Tasks = importlib.import_module(module).TASKS
    for codec in pkgutil.iter_modules(encodings.__path__):
        with contextlib.suppress(ImportError, LookupError):
            importlib.import_module(f"encodings.{codec.name}")
    gc.collect()
    gc.freeze()  # So that workers share these pages instead of copying them.
    return tasks


def _serve(owner: socket.socket, limits: Limits, tasks: Tasks) -> None:
    while True:
        request, descriptors, _, _ = socket.recv_fds(owner, REQUEST.size, 1)
        if len(request) < REQUEST.size:
            return
        what, process, milliseconds = REQUEST.unpack(request)
        if what == FORK:
            [descriptor] = descriptors
            answer = _fork(owner, descriptor, limits, tasks)
            os.close(descriptor)
        else:
            answer = _bury(process, milliseconds / 1000)
        owner.sendall(ANSWER.pack(answer))


def _fork(owner: socket.socket, descriptor: int, limits: Limits, tasks: Tasks) -> int:
    nursery = os.getpid()
    process = os.fork()
    if process:
        return process
    try:
        owner.close()
        _die_with(nursery)
        worker.run(socket.socket(fileno=descriptor), limits, tasks)
    finally:
        # Neither traceback nor clean-up: both belong to the nursery, and a traceback may quote mail.
        os._exit(0)


def _die_with(nursery: int) -> None:
    """Be killed when the nursery ends, in the middle of a task too."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != nursery:
        os._exit(0)


def _bury(process: int, patience: float) -> int:
    """How the worker ended: its exit code, or the signal that ended it, negative."""
    deadline = time.monotonic() + patience
    while True:
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() >= deadline:
            os.kill(process, signal.SIGKILL)
            return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
        time.sleep(_PAUSE)


if __name__ == "__main__":
    main()
