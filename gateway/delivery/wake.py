"""The bell by which other processes tell delivery that there is work, so that it need not wait for its poll.

A ring is a hint: it may be lost without harm, for the queue is looked at every `poll_seconds` anyway. What
is rung for must be committed first.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from pathlib import Path

from config.errors import Complaint, ConfigError
from config.settings import Settings

_NEW = b"new"
_ANEW = b"anew"
_LONGEST_SOCKET_PATH = 107


def bell_path(settings: Settings) -> Path:
    """Where delivery listens."""
    return settings.run_dir / "delivery.sock"


def ring(settings: Settings, *, anew: bool = False) -> None:
    """Say that departures were queued; never blocks, never fails.

    With `anew`, also that upstreams which did not answer are to be tried at once.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as sock:
        try:
            sock.sendto(_ANEW if anew else _NEW, str(bell_path(settings)))
        except OSError:
            pass  # Nobody listens, or the bell is ringing already: the poll finds the work.


class Bell:
    """The listening end. `answer` is called on the loop, with whether to try everything anew."""

    def __init__(self, settings: Settings, answer: Callable[[bool], None]) -> None:
        """Raises ConfigError where the data folder's path is too long for a socket in it."""
        self._path = bell_path(settings)
        self._answer = answer
        self._loop = asyncio.get_running_loop()
        self._sock = _bind(self._path)
        self._loop.add_reader(self._sock, self._heard)

    def close(self) -> None:
        """Stop listening."""
        self._loop.remove_reader(self._sock)
        self._sock.close()
        self._path.unlink(missing_ok=True)

    def _heard(self) -> None:
        words = set()
        try:
            while True:
                words.add(self._sock.recv(16))
        except BlockingIOError:
            self._answer(_ANEW in words)


def _bind(path: Path) -> socket.socket:
    if len(os.fsencode(path)) > _LONGEST_SOCKET_PATH:
        raise ConfigError(
            str(path), [Complaint("data_dir", "a path too long for sockets in it", "at most 90 octets")]
        )
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    try:
        sock.bind(str(path))
        path.chmod(0o600)
    except OSError:
        sock.close()
        raise
    return sock
