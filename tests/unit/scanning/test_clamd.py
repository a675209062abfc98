"""The client of clamd, against servers that answer in every way."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from config.malware import MalwareSettings
from filters.answers import Scan
from gateway.scanning import NO_SCANNER
from gateway.scanning.clamd import (
    BROKE_OFF,
    FAULT,
    LOCKED,
    NOT_THERE,
    TOO_DEEP,
    TOO_LARGE,
    TOO_SLOW,
    Clamd,
    read_answer,
)
from gateway.scanning.scanner import Counted, scan, scanner_of

MAIL = b"From: a@b.example\r\n\r\nHello.\r\n"


@pytest.fixture
def folder():
    """A folder whose path is short enough for a socket."""
    path = Path(tempfile.mkdtemp(prefix="clamd", dir="/tmp"))
    yield path
    shutil.rmtree(path)


@asynccontextmanager
async def serving(folder, talk, tcp=False):
    """A server that talks like that; where it is."""

    under_way = set()

    async def served(reader, writer):
        under_way.add(asyncio.current_task())
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
                await talk(reader, writer)
        finally:
            writer.close()

    if tcp:
        server = await asyncio.start_server(served, "127.0.0.1", 0)
        where = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    else:
        where = str(folder / "clamd.ctl")
        server = await asyncio.start_unix_server(served, where)
    async with server:
        yield where
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        for _ in range(3):
            await asyncio.sleep(0)  # Until what was closed is.


async def streamed(reader) -> bytes:
    """What is sent by INSTREAM."""
    assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
    whole = b""
    while size := int.from_bytes(await reader.readexactly(4), "big"):
        whole += await reader.readexactly(size)
    return whole


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"stream: OK\0", Scan()),
        (b"stream: Eicar-Test-Signature FOUND\0", Scan(names=("Eicar-Test-Signature",))),
        (b"stream: Win.Test.EICAR_HDB-1(44d88612fea8a8f36de82e1278abb02f:68) FOUND\0", Scan(names=("Win.Test.EICAR_HDB-1",))),
        (b"stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0", Scan(trouble=TOO_DEEP)),
        (b"stream: Heuristics.Limits.Exceeded FOUND\0", Scan(trouble=TOO_DEEP)),
        (b"stream: Heuristics.Encrypted.Zip FOUND\0", Scan(trouble=LOCKED)),
        (b"stream: Heuristics.Phishing.Email.SpoofedDomain FOUND\0", Scan(names=("Heuristics.Phishing.Email.SpoofedDomain",))),
        (b"INSTREAM size limit exceeded. ERROR\0", Scan(trouble=TOO_LARGE)),
        (b"stream: Can't allocate memory ERROR\0", Scan(trouble=FAULT)),
        (b"COMMAND READ TIMED OUT\0", Scan(trouble=FAULT)),
        (b"UNKNOWN COMMAND\0", Scan(trouble=FAULT)),
        (b"stream: OK", Scan(trouble=BROKE_OFF)),
        (b"stream: O", Scan(trouble=BROKE_OFF)),
        (b"OK\0", Scan()),
        (b"\0", Scan(trouble=FAULT)),
        (b"", Scan(trouble=BROKE_OFF)),
        (b"stream: \x07\x1b[31m FOUND\0", Scan(names=("[31m",))),
        (b"stream:  FOUND\0", Scan(names=("something without a name",))),
    ],
)  # fmt: skip
def test_what_an_answer_comes_to(answer, expected):
    assert read_answer(answer) == expected


@given(st.binary(max_size=200))
def test_nothing_but_ok_is_clean(answer):
    found = read_answer(answer)
    if not found.names and not found.trouble:
        assert answer.rstrip(b"\0\n") in (b"stream: OK", b"OK")


@pytest.mark.parametrize("tcp", [False, True])
@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 300_000])
async def test_the_message_arrives_whole(folder, tcp, size):
    seen = []

    async def talk(reader, writer):
        seen.append(await streamed(reader))
        writer.write(b"stream: OK\0")
        await writer.drain()

    raw = bytes(number % 251 for number in range(size))
    async with serving(folder, talk, tcp) as where:
        assert await Clamd(where, 5).scan(raw, 5) == Scan()
    assert seen == [raw]


async def test_who_answers_before_the_end_is_heard(folder):
    """As clamd does with what is larger than it takes: it says so, reads no more, and closes."""

    async def talk(reader, writer):
        await reader.readexactly(1000)
        writer.write(b"INSTREAM size limit exceeded. ERROR\0")
        await writer.drain()

    async with serving(folder, talk) as where:
        assert await Clamd(where, 5).scan(bytes(20_000_000), 5) == Scan(trouble=TOO_LARGE)


@pytest.mark.parametrize("after", [0, 11, 1000])
async def test_who_breaks_off_said_nothing(folder, after):
    async def talk(reader, writer):
        await reader.readexactly(after)

    async with serving(folder, talk) as where:
        assert await Clamd(where, 5).scan(bytes(5000), 5) == Scan(trouble=BROKE_OFF)


async def test_who_goes_on_and_on_said_nothing(folder):
    async def talk(reader, writer):
        writer.write(b"x" * 1_000_000)
        await writer.drain()

    async with serving(folder, talk) as where:
        assert await Clamd(where, 5).scan(MAIL, 5) == Scan(trouble=BROKE_OFF)


@pytest.mark.parametrize(("own", "left"), [(0.1, 30), (30, 0.1), (30, -1)])
async def test_it_is_waited_for_no_longer_than_is_allowed(folder, own, left):
    async def talk(reader, writer):
        await asyncio.sleep(30)

    async with serving(folder, talk) as where:
        async with asyncio.timeout(5):
            assert await Clamd(where, own).scan(MAIL, left) == Scan(trouble=TOO_SLOW)


@pytest.mark.parametrize("where", ["/tmp/no-such-socket-anywhere", "127.0.0.1:1", "[::1]:1"])
async def test_where_nobody_is_nobody_answers(where):
    assert await Clamd(where, 5).scan(MAIL, 5) == Scan(trouble=NOT_THERE)


async def test_without_a_scanner_that_is_said():
    assert scanner_of(MalwareSettings()) is None
    assert await scan(None, MAIL, 0) == Scan(trouble=NO_SCANNER)


async def test_results_are_counted():
    def counted(result: str) -> float:
        return REGISTRY.get_sample_value("vestry_malware_scans_total", {"result": result}) or 0.0

    class Said:
        def __init__(self, found):
            self.found = found

        async def scan(self, raw, seconds):
            return self.found

    for result, found, answers in (
        ("clean", Scan(), 1.0),
        ("found", Scan(names=("X",)), 1.0),
        ("trouble", Scan(trouble="it fell"), 0.0),
    ):
        before = counted(result)
        assert await Counted(Said(found)).scan(MAIL, 1) == found
        assert counted(result) == before + 1
        assert REGISTRY.get_sample_value("vestry_malware_scanner_answers") == answers


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("off", "off"),
        ("/run/clamav/clamd.ctl", "/run/clamav/clamd.ctl"),
        ("run/clamd.ctl", "/etc/vestry/run/clamd.ctl"),
        ("127.0.0.1:3310", "127.0.0.1:3310"),
        ("[::1]:3310", "[::1]:3310"),
        ("Scanner.Example:3310", "scanner.example:3310"),
    ],
)
def test_where_the_scanner_may_be(given, taken):
    context = {"folder": Path("/etc/vestry")}
    assert MalwareSettings.model_validate({"clamd": given}, context=context).clamd == taken


@pytest.mark.parametrize("given", ["", "host:0", "host:70000", "a b:3310", "\x00", "x\ny"])
def test_where_it_cannot_be(given):
    with pytest.raises(ValueError, match="off, the path of a socket"):
        MalwareSettings.model_validate({"clamd": given})
