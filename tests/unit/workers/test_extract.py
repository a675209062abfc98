"""What is attached is read in real workers, which can open no file and have little memory."""

from __future__ import annotations

import asyncio
import os

import pytest

from config.limits import LimitSettings
from config.settings import WorkerSettings
from filters.extract.document import Documents, Fact
from filters.extract.read import documents_of
from gateway.workers.analysis import Analyst, Unreadable
from gateway.workers.pool import Pool
from signatures.message.anatomy import read
from signatures.message.scanner import CAPS, scan_parts
from tests.files import FILES, jpeg, made, with_files
from tests.unit.filters.extract.hostile import HOSTILE

HEADER = "From: anne@little.example\nTo: jo@resident.example\nSubject: Hall"


@pytest.fixture
async def analyst():
    pool = Pool(WorkerSettings(processes=1, memory_mb=512))
    await pool.start()
    yield Analyst(pool, LimitSettings())
    await pool.stop()


def soon(seconds: float = 60) -> float:
    return asyncio.get_running_loop().time() + seconds


def here(raw: bytes) -> Documents:
    return documents_of(raw, scan_parts(raw), read(raw), CAPS)


async def test_a_worker_reads_every_kind_as_this_process_does(analyst):
    """It can open no file, so whatever a library loads late has to be there by then."""
    for words in FILES:
        raw = with_files(HEADER, ("x", made(words)))
        found = await analyst.extract(raw, soon())
        bare = tuple(each.model_copy(update={"prints": ()}) for each in found.found)
        assert found.model_copy(update={"found": bare}) == here(raw), words


FEW = [
    "zip bomb", "zip that lies about sizes", "zip with lzma", "gzip bomb", "billion laughs in Word",
    "a file of this computer in a drawing", "workbook of the same long words", "XML of an unknown charset", "XML in UTF-7",
    "PDF with a huge stream", "PDF with deep dictionaries", "PDF of forms within forms", "PDF with a large font map",
    "PDF with many fields", "PDF with a file that is a bomb", "PDF whose table points to itself",
    "compound file whose sectors go round", "RTF of unicode", "page of deep tags", "picture of directories",
    "noise of zip ends",
]  # fmt: skip


async def test_hostile_files_leave_the_worker_alive(analyst, restarts):
    """What a parser does when it breaks may be to load something late, as well."""
    for words in FEW:
        raw = with_files(HEADER, ("x", HOSTILE[words]()))
        found = await analyst.extract(raw, soon())
        bare = tuple(each.model_copy(update={"prints": ()}) for each in found.found)
        assert found.model_copy(update={"found": bare}) == here(raw), words
    assert sum(map(restarts, ("cpu", "crash", "error", "memory", "time"))) == 0


async def test_the_largest_message_is_read_in_a_worker_of_512_mb(analyst):
    raw = with_files(HEADER, ("x.jpg", jpeg(camera="Pentax") + os.urandom(36_000_000)))
    assert len(raw) > 48_000_000
    [found] = (await analyst.extract(raw, soon())).found
    assert found.facts == {Fact.PHOTOGRAPH}
    assert found.size > 36_000_000


async def test_what_cannot_be_taken_apart_says_why(analyst):
    deep = b"Content-Type: message/rfc822\r\n\r\n" * 1000
    with pytest.raises(Unreadable, match="deep"):
        await analyst.extract(deep, soon())


async def test_text_that_is_no_text_comes_back(analyst):
    raw = with_files(HEADER, ("x.txt", b"\xed\xa0\x80 and \0"), ("y.rtf", rb"{\rtf1 \u-10179?\u-8704? ok}"))
    found = (await analyst.extract(raw, soon())).found
    assert "ok" in found[1].text
