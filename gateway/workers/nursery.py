"""The process that workers are forked from: it has loaded everything that they need, and does nothing else.

It is told what to do over a control socket of whole messages: `F` and a token, with the socket of a new
worker, to fork one; `K` and a token to kill one; `L` to load what some tasks need and most messages do not, so that
whoever is forked from then on has it. It says `R` when it is ready, `L` when that is loaded, and `X`, a token and an
exit code (negative for a signal) when one has ended. When the control socket closes, everything ends.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import os
import selectors
import signal
import socket
import struct
import sys
from pathlib import Path
from types import ModuleType
from typing import NoReturn

from gateway.workers import worker

READY, FORK, KILL, LOAD, LOADED, ENDED = b"R", b"F", b"K", b"L", b"L", b"X"
ORDER = struct.Struct(">cI")
REPORT = struct.Struct(">cIi")

START = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from gateway.workers.nursery import main; main()"
"""What a bare interpreter is given to run, with the owner's module path and `Plan` as arguments."""

_PR_SET_PDEATHSIG = 1


def arguments(control: int, tasks: str, limits: worker.Limits, names_model: str = "") -> list[str]:
    """How to start a nursery whose control socket has this number; `tasks` is the module with TASKS, and
    `names_model` the host's model for personal names, if any, which is loaded at once.
    """
    plan = [control, tasks, limits.memory, limits.cpu_seconds, names_model]
    return [
        sys.executable,
        "-I",
        "-c",
        START,
        json.dumps([str(Path(each).absolute()) for each in sys.path]),
        json.dumps(plan),
    ]


def main() -> None:
    """Load, then fork and bury workers until the owner is gone."""
    # A signal to the whole group, or service, is for the owner, which lets running tasks finish.
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    control, tasks, memory, cpu_seconds, names_model = json.loads(sys.argv[2])
    module = importlib.import_module(tasks)
    module.warm_up()
    if names_model:
        _load(module, names_model)
    _settle()
    with socket.socket(fileno=control) as sock:
        _Nursery(sock, module, worker.Limits(memory, cpu_seconds)).run()


def _load(module: ModuleType, names_model: str = "") -> None:
    """Load what the tasks may need. Numerical libraries begin threads of their own unless they are told not to, and
    whoever forks must have none.
    """
    os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    module.load(names_model)


def _settle() -> None:
    """Leave to workers what is loaded, and nothing of what surrounds it."""
    os.environ.clear()
    gc.collect()
    gc.freeze()


class _Nursery:
    def __init__(self, control: socket.socket, module: ModuleType, limits: worker.Limits) -> None:
        self._control = control
        self._module = module
        self._tasks: worker.Tasks = module.TASKS
        self._limits = limits
        self._children: dict[int, int] = {}
        self._prctl = ctypes.CDLL(None).prctl
        self._pid = os.getpid()

    def run(self) -> None:
        wake, woken = socket.socketpair()
        woken.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(woken.fileno(), warn_on_full_buffer=False)
        with wake, woken, selectors.DefaultSelector() as selector:
            selector.register(self._control, selectors.EVENT_READ)
            selector.register(wake, selectors.EVENT_READ)
            try:
                self._control.send(REPORT.pack(READY, 0, 0))
                while self._serve(selector, wake):
                    pass
            except OSError:
                pass  # The owner is gone, and its end of the socket with it.
            finally:
                self._end()

    def _serve(self, selector: selectors.BaseSelector, wake: socket.socket) -> bool:
        """Wait for whatever comes next. False where the owner is gone."""
        for key, _ in selector.select():
            if key.fileobj is wake:
                wake.recv(4096)
                self._bury()
            elif not self._obey():
                return False
        return True

    def _obey(self) -> bool:
        """Carry out one order. False where the owner is gone."""
        order, descriptors, _, _ = socket.recv_fds(self._control, ORDER.size, 1)
        if not order:
            return False
        kind, token = ORDER.unpack(order)
        if kind == FORK:
            with socket.socket(fileno=descriptors[0]) as sock:
                self._fork(token, sock)
        elif kind == LOAD:
            _load(self._module)
            _settle()
            self._control.send(REPORT.pack(LOADED, 0, 0))
        else:
            for pid in [pid for pid, other in self._children.items() if other == token]:
                os.kill(pid, signal.SIGKILL)  # It is not buried yet, so the number is still its own.
        return True

    def _fork(self, token: int, sock: socket.socket) -> None:
        try:
            pid = os.fork()
        except OSError:
            self._report(token, 1)
            return
        if pid == 0:
            self._become_worker(sock)
        self._children[pid] = token

    def _become_worker(self, sock: socket.socket) -> NoReturn:
        """Never comes back, whatever happens, and says nothing: its errors may be the senders' words."""
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self._prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() == self._pid:
                kept = os.dup(sock.fileno())
                sock.detach()
                os.closerange(3, kept)
                os.closerange(kept + 1, kept + 64)
                null = os.open(os.devnull, os.O_RDWR)
                for standard in (0, 1, 2):
                    os.dup2(null, standard)
                os.close(null)
                with contextlib.suppress(EOFError, OSError):
                    worker.run(socket.socket(fileno=kept), self._limits, self._tasks)
                code = 0
        finally:
            os._exit(code)

    def _bury(self) -> None:
        while self._children:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            self._report(self._children.pop(pid), os.waitstatus_to_exitcode(status))

    def _report(self, token: int, code: int) -> None:
        with contextlib.suppress(OSError):
            self._control.send(REPORT.pack(ENDED, token, code))

    def _end(self) -> None:
        for pid in self._children:
            os.kill(pid, signal.SIGKILL)
        for pid in self._children:
            os.waitpid(pid, 0)
