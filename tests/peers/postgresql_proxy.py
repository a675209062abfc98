"""A network between a program and PostgreSQL, which breaks at the worst moment: around a COMMIT.

with PostgresqlProxy(cluster.port) as proxy:
    ... connect to proxy.port ...
    proxy.lose = Lose.REPLY
"""

from __future__ import annotations

import contextlib
import socket
import threading
from enum import Enum
from typing import Self

_COMMIT = b"COMMIT\0"


class Lose(Enum):
    """What is lost of the next COMMIT, and the connection with it."""

    NOTHING = "nothing"
    REPLY = "the server commits, and nobody hears of it"
    REQUEST = "the server never hears of it"
    LATE = "the server hears of it only when `arrive` is called"


class PostgresqlProxy:
    """Listens on `port` and passes on everything, until told to `lose` a COMMIT or to `cut` all connections."""

    def __init__(self, server: int) -> None:
        self.lose = Lose.NOTHING
        self.lost = threading.Event()
        self._server = server
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._arriving = threading.Event()
        self._down = False
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._spawn(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._arriving.set()
        self._down = True
        # Closing alone would not wake the thread that accepts.
        self._listening.shutdown(socket.SHUT_RDWR)
        self.cut()
        for thread in self._threads:
            thread.join(10)
        self._listening.close()

    def arrive(self) -> None:
        """Let a COMMIT that was held up reach the server."""
        self._arriving.set()

    def cut(self) -> None:
        """Break every connection."""
        for sock in list(self._open):
            _break(sock)

    def down(self, is_down: bool) -> None:
        """Take no more connections, or take them again."""
        self._down = is_down
        if is_down:
            self.cut()

    def _spawn(self, act, *arguments: object) -> None:
        thread = threading.Thread(target=act, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            if self._down:
                client.close()
                continue
            server = socket.create_connection(("127.0.0.1", self._server))
            self._open |= {client, server}
            self._spawn(self._serve, client, server)

    def _serve(self, client: socket.socket, server: socket.socket) -> None:
        back = threading.Thread(target=self._back, args=(server, client), daemon=True)
        back.start()
        with contextlib.suppress(OSError):
            self._there(client, server)
        # The server reads what it was sent, and sees that there is no more.
        _break(server, socket.SHUT_WR)
        back.join()
        self._open -= {client, server}
        client.close()
        server.close()

    def _there(self, client: socket.socket, server: socket.socket) -> None:
        """From the program to the server."""
        while data := client.recv(65_536):
            lose = self.lose if _COMMIT in data else Lose.NOTHING
            if lose is Lose.NOTHING:
                server.sendall(data)
                continue
            self.lose = Lose.NOTHING
            _break(client)
            self.lost.set()
            if lose is Lose.REQUEST:
                _break(server)
                return
            if lose is Lose.LATE:
                self._arriving.wait(60)
            server.sendall(data)
            return

    def _back(self, server: socket.socket, client: socket.socket) -> None:
        """From the server to the program; read to its end even where nobody listens any more."""
        with contextlib.suppress(OSError):
            while data := server.recv(65_536):
                with contextlib.suppress(OSError):
                    client.sendall(data)
        _break(client)


def _break(sock: socket.socket, how: int = socket.SHUT_RDWR) -> None:
    with contextlib.suppress(OSError):
        sock.shutdown(how)
