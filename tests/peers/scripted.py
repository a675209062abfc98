"""An upstream that does as it is told: answers each command with what a test wants, or breaks off, or is silent.

async with ScriptedUpstream({"RCPT": ["250 ok", "550 5.1.1 no"], "dot": DROP}) as upstream:
    ... deliver to upstream.port ...
    assert upstream.commands == [...]
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Self

DROP = "(hang up)"
"""Close the connection instead of answering."""

STALL = "(say nothing)"
"""Answer only once the test sets `release`, and then as usual."""

_USUAL = {
    "greeting": "220 scripted.example ESMTP",
    "MAIL": "250 2.1.0 ok",
    "RCPT": "250 2.1.5 ok",
    "DATA": "354 go ahead",
    "dot": "250 2.0.0 taken",
    "RSET": "250 2.0.0 ok",
    "NOOP": "250 2.0.0 ok",
    "QUIT": "221 2.0.0 bye",
    "AUTH": "235 2.7.0 welcome",
}


class ScriptedUpstream:
    """`script` gives answers by command, `greeting`, `dot` (after the message) or `upload` (in its middle).

    A list is used up, one answer a time; its last one stays. `offers` are the EHLO keywords.
    """

    def __init__(
        self,
        script: Mapping[str, str | Sequence[str]] | None = None,
        offers: Sequence[str] = ("8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "DSN", "SIZE 1000000"),
    ) -> None:
        self.script: dict[str, str | Sequence[str]] = dict(script or {})
        self.offers = list(offers)
        self.port = 0
        self.connections = 0
        self.open = 0
        self.commands: list[str] = []
        self.messages: list[bytes] = []
        self.in_data = asyncio.Event()
        self.at_dot = asyncio.Event()
        self.release = asyncio.Event()
        self._used: dict[str, int] = {}
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen, on the same port as before if there was one."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, limit=1 << 24)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and hang up on everybody."""
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    def said(self, verb: str) -> list[str]:
        """The commands that began with this verb."""
        return [command for command in self.commands if command.upper().startswith(verb)]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        self.open += 1
        try:
            await self._converse(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # The other side, or `stop`, has ended it.
        finally:
            self._tasks.discard(task)
            self.open -= 1
            writer.close()
            try:
                await writer.wait_closed()
            except ConnectionError:
                pass

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not await self._answer(writer, "greeting"):
            return
        while line := await reader.readline():
            command = line.decode("utf-8", "surrogateescape").rstrip("\r\n")
            self.commands.append(command)
            verb = command[:4].upper()
            if verb == "EHLO" and "EHLO" not in self.script:
                lines = ["scripted.example", *self.offers]
                writer.write("".join(f"250-{text}\r\n" for text in lines[:-1]).encode())
                writer.write(f"250 {lines[-1]}\r\n".encode())
            elif not await self._answer(writer, verb):
                return
            if verb == "DATA" and self._last == "354" and not await self._message(reader, writer):
                return
            if verb == "QUIT":
                return

    async def _message(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        self.in_data.set()
        if "upload" in self.script:
            await reader.readexactly(100_000)
            if not await self._answer(writer, "upload"):
                return False
            while await reader.read(1 << 20):
                pass
            return False
        stuffed = await reader.readuntil(b"\r\n.\r\n")
        content = stuffed[:-3]
        self.messages.append(content[1:] if content.startswith(b"..") else content)
        self.messages[-1] = self.messages[-1].replace(b"\r\n..", b"\r\n.")
        self.at_dot.set()
        return await self._answer(writer, "dot")

    async def _answer(self, writer: asyncio.StreamWriter, moment: str) -> bool:
        """Answer. False when the conversation is over."""
        answers = self.script.get(moment, _USUAL.get(moment, "500 5.5.1 what?"))
        if not isinstance(answers, str):
            number = self._used.get(moment, 0)
            self._used[moment] = number + 1
            answers = answers[min(number, len(answers) - 1)]
        self._last = answers[:3]
        if answers == DROP:
            return False
        if answers == STALL:
            await self.release.wait()
            answers = _USUAL[moment]
        writer.write(answers.replace("\n", "\r\n").encode("utf-8", "surrogateescape") + b"\r\n")
        await writer.drain()
        return not answers.startswith(("421", "221"))
