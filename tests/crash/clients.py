"""Mail clients that hand in one message after the other, and write down every word of the post room."""

from __future__ import annotations

import asyncio
import itertools
import random
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.crash.letters import Fate, Letter, write
from tests.crash.moments import Moments
from tests.installation import Installation, queue_id

REPLY_WITHIN = 60.0
_AGAIN_SECONDS = 0.03


class Turned(Exception):
    """The post room said something else than was hoped for."""

    def __init__(self, code: int, text: str) -> None:
        self.code, self.text = code, text
        super().__init__(f"{code} {text}")


@dataclass(slots=True)
class Clients:
    """So many clients at once, until told to stop. `letters` is the ledger that the test settles at the end.

    The first logs in over TLS, the others come from the trusted network. A message that was not taken, or of
    which nobody knows, is handed in again as mail programs do, at the next node; but every fourth of the
    latter never.
    """

    nodes: Sequence[Installation]
    count: int
    seed: int
    moments: Moments = field(default_factory=Moments)
    letters: list[Letter] = field(default_factory=list)
    turned: list[str] = field(default_factory=list)
    stopping: bool = False
    _number: int = 0

    async def run(self) -> None:
        """Work until `stopping`; every message begun has then an end."""
        await asyncio.gather(*(self._work(number) for number in range(self.count)))

    async def _work(self, worker: int) -> None:
        draw = random.Random(self.seed * 1000 + worker)
        letter = self._next(draw)
        for node in itertools.islice(itertools.cycle(self.nodes), worker, None):
            if letter is None:
                return
            try:
                async with _Connection(node, logs_in=worker == 0) as connection:
                    while letter is not None:
                        await self._once(connection, letter)
                        await asyncio.sleep(draw.random() * 0.06)
                        letter = self._next(draw)
                return
            except Turned as turned:
                if turned.code >= 500:
                    raise AssertionError(f"{letter.message_id}: {turned}") from turned
                self.turned.append(str(turned))
            except (OSError, asyncio.IncompleteReadError):
                if letter.unknown and draw.random() < 0.25:
                    letter = self._next(draw)
            if self.stopping and letter is not None and not letter.unknown:
                return
            await asyncio.sleep(_AGAIN_SECONDS)

    async def _once(self, connection: _Connection, letter: Letter) -> None:
        await connection.command(f"MAIL FROM:<{letter.mail_from}> BODY=8BITMIME")
        for recipient in letter.recipients:
            await connection.command(f"RCPT TO:<{recipient}>")
        await connection.command("DATA")
        code, text = 0, ""
        await connection.send(letter.raw.replace(b"\r\n.", b"\r\n..") + b".\r\n")
        try:
            await self.moments.passing("dot")
            code, text = await connection.reply()
        finally:
            letter.unknown += not code
        if code == 250:
            letter.queue_ids.append(queue_id(text))
        elif code == 550 and letter.fate is Fate.REFUSED:
            letter.refused_as = text.rpartition("Ref ")[2].strip()
        else:
            raise Turned(code, text)

    def _next(self, draw: random.Random) -> Letter | None:
        """The next message, entered in the ledger; none once it is time to stop."""
        if self.stopping:
            return None
        self._number += 1
        chance = draw.random()
        fate = Fate.HELD if chance < 0.05 else Fate.REFUSED if chance < 0.1 else Fate.PASSED
        letter = write(self._number, self.nodes[0].council.domains[0], fate, draw)
        self.letters.append(letter)
        return letter


class _Connection:
    """A connection that is ready for MAIL. Raises OSError and IncompleteReadError where it breaks."""

    def __init__(self, installation: Installation, logs_in: bool) -> None:
        self._installation = installation
        self._logs_in = logs_in

    async def __aenter__(self) -> _Connection:
        context = ssl.create_default_context(cafile=str(self._installation.ca)) if self._logs_in else None
        port = self._installation.tls if self._logs_in else self._installation.trusted
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
        try:
            code, text = await self.reply()
            if code != 220:
                raise Turned(code, text)
            await self.command("EHLO client.example")
            if self._logs_in:
                await self.command(f"AUTH PLAIN {self._installation.plain('cllr.a').decode()}")
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        self._writer.transport.abort()

    async def send(self, octets: bytes) -> None:
        self._writer.write(octets)
        await self._writer.drain()

    async def command(self, line: str) -> None:
        """Say `line`. Raises Turned where the answer is a refusal."""
        await self.send(line.encode() + b"\r\n")
        code, text = await self.reply()
        if code >= 400:
            raise Turned(code, text)

    async def reply(self) -> tuple[int, str]:
        try:
            async with asyncio.timeout(REPLY_WITHIN):
                return await self._reply()
        except TimeoutError:
            raise AssertionError(f"no reply within {REPLY_WITHIN} s") from None

    async def _reply(self) -> tuple[int, str]:
        lines = []
        while True:
            line = await self._reader.readuntil(b"\r\n")
            lines.append(line[4:].decode().strip())
            if line[3:4] != b"-":
                return int(line[:3]), " ".join(lines)
