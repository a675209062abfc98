"""A network between a program and a server, which breaks in the middle of a large message.

with CutOff(dovecot.port) as network:
    network.after = 1_000_000
    ... send more than that through network.port ...
    network.reached.wait()
"""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Self

_ALL_SAID_SECONDS = 1.0


class CutOff:
    """Listens on `port` and passes on everything, until a connection has brought `after` bytes.

    Then `reached` is set, and nothing goes either way on that connection; with `deaf`, what comes goes on to the
    server, and only its answers are lost.
    """

    def __init__(self, server: int) -> None:
        self.after: int | None = None
        self.deaf = False
        self.reached = threading.Event()
        self._server = server
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._spawn(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.cut()
        for thread in self._threads:
            thread.join(10)
        for sock in self._open:
            sock.close()

    def cut(self) -> None:
        """Break every connection."""
        for sock in list(self._open):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def _spawn(self, act: object, *arguments: object) -> None:
        thread = threading.Thread(target=act, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self._server))
            except OSError:
                client.close()
                continue
            self._open |= {client, server}
            lost = threading.Event()
            self._spawn(self._there, client, server, lost)
            self._spawn(self._back, client, server, lost)

    def _there(self, client: socket.socket, server: socket.socket, lost: threading.Event) -> None:
        had = 0
        with contextlib.suppress(OSError):
            while data := client.recv(16_384):
                had += len(data)
                if self.after is not None and had > self.after:
                    lost.set()
                    if not self.deaf:
                        self.reached.set()
                        continue
                server.sendall(data)
                if lost.is_set() and not self.reached.is_set():
                    # All of it is there once nothing more comes.
                    client.settimeout(_ALL_SAID_SECONDS)
                    try:
                        while data := client.recv(16_384):
                            server.sendall(data)
                    except TimeoutError:
                        self.reached.set()
                        client.settimeout(None)
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)

    def _back(self, client: socket.socket, server: socket.socket, lost: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(16_384):
                if not lost.is_set():
                    client.sendall(data)
        with contextlib.suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)
