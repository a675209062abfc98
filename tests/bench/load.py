"""What makes the load and takes it in: Postfix's smtp-source and smtp-sink, and a client that watches the clock."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import resource
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from tests.neighbours import program

DOMAIN = "littlewickham-pc.example"
SENDER = f"cllr.a@{DOMAIN}"
RECIPIENT = "resident@town.example"
SAMPLE_EVERY = 0.05
_COUNTED = re.compile(rb"mesg=(\d+)")
_BODY_LINE = b"X" * 78 + b"\r\n"


class Failed(Exception):
    """The load could not be run; the text says why."""


@dataclass
class Sink:
    """smtp-sink on `port`, which counts the messages that come in."""

    port: int
    count: int = 0
    _process: asyncio.subprocess.Process | None = None
    _counting: asyncio.Task[None] | None = None
    _more: asyncio.Condition = field(default_factory=asyncio.Condition)

    @classmethod
    @contextlib.asynccontextmanager
    async def running(cls, port: int) -> AsyncIterator[Sink]:
        """A sink until the block ends."""
        sink = cls(port)
        # It will not run as root.
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        sink._process = await asyncio.create_subprocess_exec(
            _program("smtp-sink"), "-c", *user, f"127.0.0.1:{port}", "1024", stdout=asyncio.subprocess.PIPE
        )
        sink._counting = asyncio.create_task(sink._read())
        try:
            await _answers(port)
            yield sink
        finally:
            with contextlib.suppress(ProcessLookupError):
                sink._process.kill()
            await sink._process.wait()
            await sink._counting

    async def reached(self, count: int, seconds: float) -> float:
        """When the sink had taken in `count` messages, by the monotonic clock. Raises Failed."""
        try:
            async with asyncio.timeout(seconds), self._more:
                await self._more.wait_for(lambda: self.count >= count)
        except TimeoutError:
            raise Failed(f"{self.count} of {count} messages came out in {seconds:.0f} s") from None
        return time.monotonic()

    @property
    def pid(self) -> int:
        """Its process."""
        assert self._process is not None
        return self._process.pid

    async def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        while octets := await self._process.stdout.read(65_536):
            counts = _COUNTED.findall(octets)
            if counts:
                async with self._more:
                    # Two sessions at once can only make the last number of a piece too small for a moment.
                    self.count = max(self.count, int(counts[-1]))
                    self._more.notify_all()


def sender(number: int) -> str:
    """The councillor who writes over connection `number`."""
    return f"councillor.{number}@{DOMAIN}"


async def sources(port: int, messages: int, size: int, sessions: int, *, reconnect: bool) -> float:
    """Send `messages` of `size` octets over `sessions` connections. Returns the seconds. Raises Failed.

    Each connection has a councillor and an smtp-source of its own; with `reconnect`, each message has a new
    connection. smtp-source gives each message a Message-Id of its own, so that none is taken for another that
    is sent twice.
    """
    share, rest = divmod(messages, sessions)
    begun = time.monotonic()
    await asyncio.gather(
        *(
            _source(port, share + (number < rest), size, sender(number), reconnect)
            for number in range(sessions)
            if share + (number < rest)
        )
    )
    return time.monotonic() - begun


async def _source(port: int, messages: int, size: int, sender: str, reconnect: bool) -> None:
    keep = [] if reconnect else ["-d"]
    process = await asyncio.create_subprocess_exec(
        _program("smtp-source"),
        *keep,
        *("-m", str(messages), "-l", str(size), "-f", sender, "-t", RECIPIENT, "-M", "source.example"),
        f"127.0.0.1:{port}",
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    if process.returncode != 0:
        raise Failed(f"smtp-source: {said.decode(errors='replace').strip()}")


@dataclass
class Sampler:
    """Sends the same messages one by one beside the load; `seconds` is from MAIL to the 250 after the dot."""

    port: int
    size: int
    seconds: list[float] = field(default_factory=list)

    async def run(self, stop: asyncio.Event) -> None:
        """Sample until `stop`; the message under way is finished. Raises Failed."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            await _expect(reader, b"220")
            await _say(reader, writer, b"EHLO sampler.example", b"250")
            while not stop.is_set():
                await self._one(reader, writer)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(SAMPLE_EVERY):
                        await stop.wait()
            await _say(reader, writer, b"QUIT", b"221")
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        begun = time.monotonic()
        await _say(reader, writer, f"MAIL FROM:<{SENDER}>".encode(), b"250")
        await _say(reader, writer, f"RCPT TO:<{RECIPIENT}>".encode(), b"250")
        await _say(reader, writer, b"DATA", b"354")
        header = (
            f"From: <{SENDER}>\r\nTo: <{RECIPIENT}>\r\nDate: Thu, 01 Jan 2026 12:00:00 +0000\r\n"
            f"Message-Id: <{os.getpid()}.{begun}@sampler.example>\r\n\r\n"
        )
        writer.write(header.encode())
        lines, rest = divmod(self.size, len(_BODY_LINE))
        for start in range(0, lines, 1000):
            writer.write(_BODY_LINE * min(1000, lines - start))
            await writer.drain()
        writer.write(b"X" * max(0, rest - 2) + b"\r\n")
        await _say(reader, writer, b".", b"250")
        self.seconds.append(time.monotonic() - begun)


def children_cpu() -> float:
    """Processor seconds of all this process's children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


async def _say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, line: bytes, code: bytes) -> None:
    writer.write(line + b"\r\n")
    await writer.drain()
    await _expect(reader, code)


async def _expect(reader: asyncio.StreamReader, code: bytes) -> None:
    while True:
        line = await reader.readline()
        if not line.startswith(code):
            raise Failed(f"the sampler was told {line.decode(errors='replace').strip()!r}")
        if line[3:4] == b" ":
            return


async def _answers(port: int) -> None:
    """Wait until someone listens. Raises Failed."""
    for _ in range(200):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
            continue
        writer.close()
        await writer.wait_closed()
        return
    raise Failed(f"nobody listens on port {port}")


def _program(name: str) -> str:
    path = program(name)
    if path is None:
        raise Failed(f"there is no {name}: tests/system-packages installs Debian's postfix, which has it")
    return path
