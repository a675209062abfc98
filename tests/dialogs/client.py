"""A mail client that says exactly what it is told to, over a blocking socket."""

from __future__ import annotations

import base64
import socket
import ssl
from types import TracebackType
from typing import Self

from tests.dialogs.house import LOGIN, PASSWORD

SECONDS = 10.0


class Client:
    """One connection. Every wait has an end."""

    def __init__(
        self, port: int, ca: str | None = None, *, host: str = "127.0.0.1", tls: bool = False
    ) -> None:
        self._ca = ca
        self.socket: socket.socket = socket.create_connection((host, port), SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""
        if tls:
            self.start_tls()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start_tls(self) -> None:
        """Go over to TLS, with the certificate verified."""
        context = ssl.create_default_context(cafile=self._ca)
        self.socket = context.wrap_socket(self.socket, server_hostname="127.0.0.1")

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def line(self) -> str:
        """The next line without its CRLF; fails at the end of the connection."""
        while b"\r\n" not in self.buffer:
            data = self._receive()
            if not data:
                raise AssertionError(f"closed after {self.buffer!r}")
            self.buffer += data
        line, _, self.buffer = self.buffer.partition(b"\r\n")
        return line.decode("ascii")

    def reply(self) -> list[str]:
        """The next whole reply, line by line."""
        lines = [self.line()]
        while lines[-1][3:4] == "-":
            lines.append(self.line())
        return lines

    def say(self, command: str) -> str:
        """Say a command; the last line of the reply."""
        self.send(command.encode() + b"\r\n")
        return self.reply()[-1]

    def closed(self) -> bool:
        """Whether the other side has closed, with nothing left to read."""
        return not self.buffer and self._receive() == b""

    def log_in(self, login: str = LOGIN, password: str = PASSWORD) -> str:
        """AUTH PLAIN."""
        return self.say(f"AUTH PLAIN {plain(login, password)}")

    def enter(self) -> Self:
        """Greeting, STARTTLS where it is not encrypted yet, EHLO, AUTH."""
        assert self.line().startswith("220 ")
        self.say("EHLO client.example")
        if not isinstance(self.socket, ssl.SSLSocket):
            assert self.say("STARTTLS").startswith("220 ")
            self.start_tls()
            self.say("EHLO client.example")
        assert self.log_in().startswith("235 ")
        return self

    def begin(self, *recipients: str, mail: str = f"MAIL FROM:<{LOGIN}>") -> Self:
        """MAIL and RCPT."""
        assert self.say(mail).startswith("250 ")
        for recipient in recipients or ("resident@example.org",):
            assert self.say(f"RCPT TO:<{recipient}>").startswith("250 ")
        return self

    def data(self, content: bytes) -> str:
        """DATA with these very octets, the end included; the reply."""
        assert self.say("DATA").startswith("354 ")
        self.send(content)
        return self.reply()[-1]

    def close(self) -> None:
        self.socket.close()

    def _receive(self) -> bytes:
        try:
            return self.socket.recv(65536)
        except (ConnectionResetError, ssl.SSLEOFError):
            return b""


def plain(login: str, password: str, acting_for: str = "") -> str:
    """The initial response of AUTH PLAIN."""
    return base64.b64encode(f"{acting_for}\0{login}\0{password}".encode()).decode()
