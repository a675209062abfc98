"""Messages made to defeat whoever reads them, through real workers: each ends soon, and nobody else notices."""

from __future__ import annotations

import asyncio
import base64
import os
import random
import signal
import time

import pytest

from config.limits import LimitSettings
from config.settings import WorkerSettings
from gateway.workers.analysis import Analyst
from gateway.workers.pool import Pool, WorkerFailed
from tests.unit.signatures.messages import AUTHOR, CHANGED, UNCHANGED
from tests.unit.workers.conftest import hostile_pool, runs, until
from tests.unit.workers.test_analysis import MESSAGE, situation

TOP = b"From: %b\r\n" % AUTHOR.encode()


def html(body: bytes) -> bytes:
    return TOP + b"Content-Type: text/html\r\n\r\n" + body


def nested(line: bytes, count: int) -> bytes:
    return TOP + line * count + b"\r\nx\r\n"


BOMBS = {
    "1000 multiparts deep": TOP
    + b"".join(b"Content-Type: multipart/mixed; boundary=%d\r\n\r\n--%d\r\n" % (n, n) for n in range(1000)),
    "5000 messages deep": nested(b"Content-Type: message/rfc822\r\n\r\n", 5000),
    "100,000 parts": TOP
    + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    + b"--b\r\n\r\n\r\n" * 100_000,
    "100,000 lines like boundaries": TOP
    + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    + b"--bx\r\n" * 100_000,
    "20,000 encoded words": TOP + b"Subject: " + b"=?utf-8?q?x?=\r\n " * 20_000 + b"\r\n\r\n",
    "900 encoded words": TOP + b"Subject: " + b"=?utf-8?b?" * 900 + b"?=\r\n\r\n",
    "To with 20,000 quotes": TOP + b"To: " + b'"' * 20_000 + b"\r\n\r\n",
    "5,000 nested comments": TOP + b"To: " + b"(" * 5000 + b")" * 5000 + b" a@b.example\r\n\r\n",
    "an address of 90,000 octets": b"From: " + b"a." * 45_000 + b"@b.example\r\n\r\n",
    "2,000 addresses": TOP + b"To: " + b"a@b.example,\r\n " * 1998 + b"a@b.example\r\n\r\n",
    "header of 1 MB": TOP + b"X: " + b"x" * 1_000_000 + b"\r\n\r\n",
    "50 MB of base64": TOP
    + b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + base64.encodebytes(bytes(36_000_000)).replace(b"\n", b"\r\n"),
    "50 MB attached, deep down": TOP
    + b"".join(b"Content-Type: multipart/mixed; boundary=%d\r\n\r\n--%d\r\n" % (n, n) for n in range(99))
    + b"Content-Type: application/pdf\r\n\r\n"
    + b"%PDF-1.4 \r\n--" * 4_000_000,
    "50 MB in one line of text": TOP + b"\r\n" + b"x" * 50_000_000,
    "50 MB of empty lines": TOP + b"\r\n" + b"\r\n" * 25_000_000,
    "50 MB of long lines in base64": TOP
    + b"Content-Type: a/b\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + (b"A" * 5000 + b"\r\n") * 10_000,
    "one million nested tags": html(b"<b>" * 1_000_000),
    "500,000 nested quotations": html(b'<blockquote type="cite">' * 200_000),
    "an attribute of 5 MB": html(b'<p class="' + b"quote " * 800_000 + b'">'),
    "5 MB of open comments": html(b"<!--" * 1_250_000),
    "5 MB of open tags": html(b"<a b='" * 800_000),
    "5 MB of ampersands": html(b"&" * 5_000_000),
    "quoted-printable of only =": TOP
    + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    + b"=" * 5_000_000,
    "5 MB of attributions": TOP + b"\r\n" + (b"On 1 " + b"wrote " * 60 + b"x:\r\n> x\r\n") * 12_000,
    "idna": TOP
    + b"Subject: =?idna?q?"
    + b"x" * 50_000
    + b"?=\r\nContent-Type: text/plain; charset=idna\r\n\r\n"
    + b"xn--" * 1_000_000,
    "punycode": TOP + b"Content-Type: text/plain; charset=punycode\r\n\r\n" + b"a-" * 500_000,
    "unknown charset": TOP + b"Content-Type: text/plain; charset=../../../etc/passwd\r\n\r\n\xff\r\n",
}


@pytest.fixture
async def analyst():
    pool = Pool(WorkerSettings(processes=2))
    await pool.start()
    yield Analyst(pool, LimitSettings())
    await pool.stop()


def soon(seconds: float = 60) -> float:
    return asyncio.get_running_loop().time() + seconds


@pytest.mark.parametrize("name", BOMBS)
async def test_a_bomb_ends_soon_and_mail_beside_it_is_read_at_once(analyst, little_wickham, name):
    council = little_wickham.model_dump_json(by_alias=True).encode()
    over = asyncio.Event()

    async def explode() -> str:
        try:
            reading = await analyst.read(BOMBS[name], soon())
            await analyst.decide(BOMBS[name], reading, council, situation(), soon())
            return ""
        except WorkerFailed as error:
            return error.reason
        finally:
            over.set()

    # What is loaded for the first message that needs it is loaded by now.
    await analyst.decide(MESSAGE, await analyst.read(MESSAGE, soon()), council, situation(), soon())
    began = time.monotonic()
    exploding = asyncio.create_task(explode())
    slowest, count = 0.0, 0
    while not (over.is_set() and count >= 3):
        at = time.monotonic()
        reading = await analyst.read(MESSAGE, soon())
        await analyst.decide(MESSAGE, reading, council, situation(), soon())
        slowest, count = max(slowest, time.monotonic() - at), count + 1
        await asyncio.sleep(0.002)
    assert slowest < 2
    await exploding
    assert time.monotonic() - began < 30


async def test_a_worker_reads_what_this_process_reads(analyst, little_wickham):
    """It can open no file, so whatever Python loads late has to be there by then."""
    council = little_wickham.model_dump_json(by_alias=True).encode()
    failed = []
    for file in (*UNCHANGED, *CHANGED):
        raw = file.read_bytes()
        try:
            await analyst.decide(raw, await analyst.read(raw, soon()), council, situation(), soon())
        except WorkerFailed as error:
            failed.append((file.stem, error.reason))
    assert failed == []


async def test_killed_at_random_each_costs_one_task_at_most(ask):
    """For three seconds one worker after the other is killed; every task has its own answer or is told so."""
    rolled = random.Random(1)
    killed = failed = answered = 0
    over = asyncio.get_running_loop().time() + 3
    async with hostile_pool(processes=3) as pool:

        async def work(number: int) -> None:
            nonlocal failed, answered
            while asyncio.get_running_loop().time() < over:
                word = str(rolled.random()).encode() * 1000
                try:
                    assert await ask(pool, "echo", b"%d" % number, word) == b"%d|%b" % (number, word)
                    answered += 1
                except WorkerFailed:
                    failed += 1

        async def kill() -> None:
            nonlocal killed
            while asyncio.get_running_loop().time() < over:
                try:
                    os.kill(int(await ask(pool, "pid")), signal.SIGKILL)
                    killed += 1
                except (WorkerFailed, ProcessLookupError):
                    pass
                await asyncio.sleep(rolled.uniform(0, 0.05))

        await asyncio.gather(kill(), *(work(number) for number in range(6)))
        await until(lambda: pool._idle.qsize() == 3)
        pids = {int(await ask(pool, "pid")) for _ in range(10)}
    assert killed >= 10
    assert answered > killed
    assert failed <= killed
    await until(lambda: not any(map(runs, pids)))
