"""A mailbox server that does as it is told: answers each command with what a test wants, hangs up, or is silent.

async with ScriptedImap(tls_files, {"APPEND": "NO [OVERQUOTA] full"}) as server:
    ... put something into a mailbox through server.port ...
    assert server.said("AUTHENTICATE")
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Mapping, Sequence
from typing import Self

from tests.conftest import TlsFiles

DROP = "(hang up)"
"""Close the connection instead of answering."""

STALL = "(say nothing)"
"""Never answer."""

USUAL = {
    "greeting": "* OK ready",
    "CAPABILITY": "* CAPABILITY IMAP4rev1 AUTH=PLAIN SPECIAL-USE\nOK done",
    "AUTHENTICATE": "OK [CAPABILITY IMAP4rev1 SPECIAL-USE] in",
    "LOGIN": "OK in",
    "LIST": '* LIST (\\HasNoChildren \\Sent) "/" Sent\nOK done',
    "LSUB": "OK done",
    "CREATE": "OK done",
    "SUBSCRIBE": "OK done",
    "EXAMINE": "* 0 EXISTS\n* 0 RECENT\n* FLAGS ()\nOK [READ-ONLY] done",
    "SEARCH": "* SEARCH\nOK done",
    "literal": "+ go on",
    "APPEND": "OK done",
    "LOGOUT": "* BYE\nOK done",
}
_LITERAL = re.compile(rb"\{(\d+)(\+?)\}\r\n\Z")


class ScriptedImap:
    """`script` gives answers by command, `greeting` or `literal` (before an upload); `\\n` parts lines.

    A list is used up, one answer a time; its last one stays. `tls` False begins in the clear, and STARTTLS is
    answered as the script says. `octets` are all that came of literals.
    """

    def __init__(
        self, tls_files: TlsFiles, script: Mapping[str, str | Sequence[str]] | None = None, tls: bool = True
    ) -> None:
        self.script: dict[str, str | Sequence[str]] = dict(script or {})
        self.port = 0
        self.commands: list[str] = []
        self.literals: list[bytes] = []
        self.octets = 0
        self.ended = asyncio.Event()
        self.uploading = asyncio.Event()
        self._context: ssl.SSLContext | None = None
        self._used: dict[str, int] = {}
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        if tls:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(tls_files.certificate, tls_files.key)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", 0, ssl=self._context, limit=1 << 16
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    def said(self, verb: str) -> list[str]:
        """The commands that began with this verb, without their tags."""
        return [command for command in self.commands if command.upper().startswith(verb)]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._converse(reader, writer)
        except (ConnectionError, ssl.SSLError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # The other side, or the end of the test, has ended it.
        finally:
            self.ended.set()
            self._tasks.discard(task)
            writer.transport.abort()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not await self._answer(writer, "greeting", b""):
            return
        while line := await reader.readline():
            tag, _, command = line.partition(b" ")
            self.commands.append(command.decode("utf-8", "replace").rstrip("\r\n"))
            verb = command.split()[0].upper().decode()
            if verb == "UID":
                verb = command.split()[1].upper().decode()
            if verb == "AUTHENTICATE":
                writer.write(b"+ \r\n")
                self.commands.append("(" + (await reader.readline()).decode().strip() + ")")
            if literal := _LITERAL.search(line):
                if not await self._answer(writer, "literal", tag):
                    return
                if not self._last.startswith("+"):
                    continue
                self.uploading.set()
                await self._literal(reader, int(literal[1]))
            if not await self._answer(writer, verb, tag) or verb == "LOGOUT":
                return

    async def _literal(self, reader: asyncio.StreamReader, size: int) -> None:
        content = b""
        while len(content) < size:
            piece = await reader.read(size - len(content))
            if not piece:
                raise ConnectionResetError
            self.octets += len(piece)
            content += piece
        self.literals.append(content)
        await reader.readline()

    async def _answer(self, writer: asyncio.StreamWriter, moment: str, tag: bytes) -> bool:
        """Answer. False when the conversation is over."""
        answers = self.script.get(moment, USUAL.get(moment, "BAD what?"))
        if not isinstance(answers, str):
            number = self._used.get(moment, 0)
            self._used[moment] = number + 1
            answers = answers[min(number, len(answers) - 1)]
        self._last = answers
        if answers == DROP:
            return False
        if answers == STALL:
            await asyncio.Event().wait()
        for line in answers.split("\n"):
            untagged = line.startswith(("*", "+", "!"))
            writer.write((b"" if untagged else tag + b" ") + line.removeprefix("!").encode() + b"\r\n")
        await writer.drain()
        return True
