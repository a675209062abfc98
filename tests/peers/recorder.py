"""An upstream that keeps every octet it is sent, and turns away recipients whose name begins with `refused`.

with Recorder() as upstream:
    ... deliver to upstream.port ...
    assert upstream.messages[0].wire == b"...the content as it came, dots still stuffed..."
"""

from __future__ import annotations

import contextlib
import socket
import threading
from dataclasses import dataclass
from typing import Self

REFUSAL = b"550 5.1.1 nobody \x1b]0;here\x07 of that name\xe2\x80\xae"
"""What a hostile upstream says of a recipient: terminal codes, octets beyond ASCII, a change of direction."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One message. `wire` is what came between the 354 and the line with the final dot, last CRLF included."""

    mail: bytes
    recipients: tuple[bytes, ...]
    wire: bytes

    @property
    def content(self) -> bytes:
        """The content with the stuffed dots taken out (RFC 5321 §4.5.2)."""
        return b"\r\n".join(line.removeprefix(b".") for line in self.wire.split(b"\r\n"))

    @property
    def header(self) -> bytes:
        """The header area, with its last CRLF."""
        return self.content.partition(b"\r\n\r\n")[0] + b"\r\n"


class Recorder:
    """An SMTP server on a free port of 127.0.0.1. `commands` are all the lines that it was sent."""

    def __init__(self) -> None:
        self.messages: list[Recorded] = []
        self.commands: list[bytes] = []
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = int(self._socket.getsockname()[1])
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)

    def _start(self, work: object, *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments)  # type: ignore[arg-type]  # It is called.
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with self._lock:
                self._open.add(connection)
            self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError, EOFError):
            try:
                self._converse(_Line(connection))
            finally:
                with self._lock:
                    self._open.discard(connection)

    def _converse(self, line: _Line) -> None:
        mail, recipients = b"", list[bytes]()
        line.say(b"220 recorder.example ESMTP")
        while True:
            command = line.until(b"\n")
            self.commands.append(command)
            verb = command[:4].upper()
            if verb == b"EHLO":
                line.say(b"250-recorder.example\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 ENHANCEDSTATUSCODES")
            elif verb == b"MAIL":
                mail, recipients = command, []
                line.say(b"250 2.1.0 ok")
            elif verb == b"RCPT" and b"<refused" in command.lower():
                line.say(REFUSAL)
            elif verb == b"RCPT":
                recipients.append(command)
                line.say(b"250 2.1.5 ok")
            elif verb == b"DATA":
                line.say(b"354 go ahead")
                wire = line.until(b"\r\n.\r\n")[:-3]
                self.messages.append(Recorded(mail, tuple(recipients), wire))
                line.say(b"250 2.0.0 kept")
            elif verb == b"QUIT":
                line.say(b"221 2.0.0 bye")
                return
            else:
                line.say(b"250 2.0.0 ok")


class _Line:
    """One connection, read up to a mark."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._buffer = b""

    def say(self, reply: bytes) -> None:
        self._connection.sendall(reply + b"\r\n")

    def until(self, mark: bytes) -> bytes:
        """What comes up to `mark`, which is included. Raises EOFError."""
        while mark not in self._buffer:
            more = self._connection.recv(1 << 16)
            if not more:
                raise EOFError
            self._buffer += more
        found, _, self._buffer = self._buffer.partition(mark)
        return found + mark
