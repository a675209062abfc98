"""The owner's side of the nursery."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass

from gateway.workers.forking import ANSWER, BURY, FORK, READY, REQUEST
from gateway.workers.worker import Limits

_START_SECONDS = 60.0
_ANSWER_SECONDS = 20.0
_STOP_SECONDS = 5.0


class NurseryGone(Exception):
    """The nursery has ended or does not answer; it has to be started anew, and its workers are gone too."""


@dataclass(frozen=True, slots=True)
class Born:
    """A worker: its process id, and our end of the socket that it serves."""

    process: int
    sock: socket.socket


class Nursery:
    """Starts workers. Every method blocks, so it is called in a thread; one request is under way at a time."""

    def __init__(self, limits: Limits, tasks: str) -> None:
        """Start the nursery and wait until it is warm. `tasks` names a module. Raises NurseryGone."""
        self._lock = threading.Lock()
        self._control, theirs = socket.socketpair()
        command = [sys.executable, "-m", "gateway.workers.forking"]
        with theirs:
            given = (theirs.fileno(), limits.memory, limits.cpu_seconds, tasks)
            self._process = subprocess.Popen(
                [*command, *map(str, given)],
                env=_environment(),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        try:
            if self._exchange(b"", len(READY), _START_SECONDS) != READY:
                raise NurseryGone
        except BaseException:
            self.close()
            raise

    def fork(self) -> Born:
        """A new worker. Raises NurseryGone."""
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                answer = self._ask(REQUEST.pack(FORK, 0, 0), theirs)
        except BaseException:
            ours.close()
            raise
        return Born(answer, ours)

    def bury(self, process: int, patience: float = 0.0) -> int:
        """Wait `patience` seconds for a worker to end, then kill it. How it ended: exit code, or minus signal.

        Raises NurseryGone, in which case the worker has ended too.
        """
        return self._ask(REQUEST.pack(BURY, process, int(patience * 1000)))

    def close(self) -> None:
        """End the nursery, and with it every worker that is left. May be called again."""
        self._hang_up()
        with self._lock:
            self._control.close()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _ask(self, request: bytes, attached: socket.socket | None = None) -> int:
        answer: tuple[int] = ANSWER.unpack(self._exchange(request, ANSWER.size, _ANSWER_SECONDS, attached))
        return answer[0]

    def _exchange(
        self, request: bytes, size: int, seconds: float, attached: socket.socket | None = None
    ) -> bytes:
        """Send a request and receive an answer of `size` octets."""
        with self._lock:
            try:
                self._control.settimeout(seconds)
                if attached is not None:
                    socket.send_fds(self._control, [request], [attached.fileno()])
                elif request:
                    self._control.sendall(request)
                answer = self._control.recv(size, socket.MSG_WAITALL)
            except OSError as error:
                # An answer that comes late would be taken for the next one, so nothing more is asked.
                self._hang_up()
                raise NurseryGone from error
            if len(answer) < size:
                raise NurseryGone
            return answer

    def _hang_up(self) -> None:
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)


def _environment() -> dict[str, str]:
    """All that the nursery is told: where our code is. Secrets may be in the owner's environment."""
    return {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "LC_ALL": "C.UTF-8"}
