"""A mail server that stays up while the post room is killed, and remembers every message it took.

It is quick, and it can be held at any step of a delivery. A message counts as taken from the moment before
the 250 is written, as on a real server: whether the other side has read that 250 does not change it.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field

from tests.crash.moments import Moments

NOBODY = "nobody"
"""Whoever is called so is refused for good."""

BUSY = "busy"
"""Whoever is called so is put off once for each message, at RCPT."""

_MESSAGE_ID = re.compile(rb"^message-id:[ \t]*<([^>\r\n]+)>", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that was answered with 250."""

    message_id: str
    mail_from: str
    recipients: tuple[str, ...]
    sha256: str


@dataclass(slots=True)
class RecordingUpstream:
    """Listens on 127.0.0.1; `port` is known once it has started. Run it on a `Loop`."""

    moments: Moments = field(default_factory=Moments)
    reply_seconds: float = 0.0
    port: int = 0
    taken: list[Taken] = field(default_factory=list)
    _put_off: Counter[str] = field(default_factory=Counter)
    _server: asyncio.Server | None = None
    _conversations: dict[asyncio.Task[None], asyncio.StreamWriter] = field(default_factory=dict)

    async def start(self) -> None:
        """Listen; on the same port as before where there was one."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=1 << 26)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Drop all connections and accept no more."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for conversation, writer in list(self._conversations.items()):
            writer.transport.abort()
            await asyncio.wait([conversation])

    def times_taken(self) -> Counter[tuple[str, str]]:
        """How often each recipient got each message."""
        return Counter((taken.message_id, to) for taken in list(self.taken) for to in taken.recipients)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._conversations[task] = writer
        try:
            await _Conversation(self, reader, writer).run()
        except (asyncio.IncompleteReadError, OSError):
            pass  # The other side is gone, which is what this server is made for.
        finally:
            del self._conversations[task]
            writer.close()

    def put_off(self, message: str) -> bool:
        """Whether this is the first time that it is asked."""
        self._put_off[message] += 1
        return self._put_off[message] == 1


@dataclass(slots=True)
class _Conversation:
    upstream: RecordingUpstream
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    mail_from: str = ""
    recipients: list[str] = field(default_factory=list)

    async def run(self) -> None:
        await self._say("220 upstream.example ESMTP")
        while line := await self.reader.readline():
            verb, _, argument = line.decode().rstrip("\r\n").partition(" ")
            if verb.upper() == "QUIT":
                await self._say("221 2.0.0 bye")
                return
            await self._turn(verb.upper(), argument)

    async def _turn(self, verb: str, argument: str) -> None:
        if verb == "EHLO":
            await self._say("250-upstream.example\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 ENHANCEDSTATUSCODES")
        elif verb == "MAIL":
            self.mail_from, self.recipients = _path(argument), []
            await self._say("250 2.1.0 ok")
        elif verb == "RCPT":
            await self._rcpt(_path(argument))
        elif verb == "DATA":
            await self._data()
        else:
            await self._say("250 2.0.0 ok")

    async def _rcpt(self, address: str) -> None:
        await self.upstream.moments.passing("rcpt")
        local = address.partition("@")[0]
        if local.startswith(NOBODY):
            await self._say("550 5.1.1 nobody of that name")
        elif local.startswith(BUSY) and self.upstream.put_off(address):
            await self._say("450 4.2.1 busy, later")
        else:
            self.recipients.append(address)
            await self._say("250 2.1.5 ok")

    async def _data(self) -> None:
        if not self.recipients:
            await self._say("554 5.5.1 no recipients")
            return
        await self.upstream.moments.passing("data")
        await self._say("354 go on")
        content = _unstuffed(await self.reader.readuntil(b"\r\n.\r\n"))
        await self.upstream.moments.passing("dot")
        # Held above, the other side may have gone without an answer; this server then drops the message.
        if self.reader.at_eof() or self.reader.exception() is not None:
            raise ConnectionResetError
        found = _MESSAGE_ID.search(content.partition(b"\r\n\r\n")[0])
        self.upstream.taken.append(
            Taken(
                message_id=found[1].decode() if found else "",
                mail_from=self.mail_from,
                recipients=tuple(self.recipients),
                sha256=hashlib.sha256(content).hexdigest(),
            )
        )
        await self.upstream.moments.passing("taken")
        await asyncio.sleep(self.upstream.reply_seconds)
        await self._say("250 2.0.0 taken")

    async def _say(self, reply: str) -> None:
        self.writer.write(reply.encode() + b"\r\n")
        await self.writer.drain()


def _path(argument: str) -> str:
    return argument.partition("<")[2].partition(">")[0]


def _unstuffed(dotted: bytes) -> bytes:
    """Content without its final dot and its stuffed ones."""
    content = dotted[:-3]
    content = content.replace(b"\r\n..", b"\r\n.")
    return content[1:] if content.startswith(b"..") else content
