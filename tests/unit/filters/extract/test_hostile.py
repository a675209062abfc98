"""Files made to hang, fill or break whoever reads them: each is done with soon, in little memory, and told of."""

from __future__ import annotations

import time
import tracemalloc

import pytest

from filters.extract.document import Documents, Fact
from filters.extract.room import MOST_CHARACTERS
from signatures.message.scanner import Unscannable
from tests.files import FILES, with_files
from tests.unit.filters.extract.hostile import HOSTILE
from tests.unit.filters.extract.reading import HEADER, documents_in

SECONDS = 2.0
MEMORY = 150_000_000
"""Octets beyond the message itself."""

BOMBS = [each for each in HOSTILE if "bomb" in each or "laughs" in each or "this computer" in each]


def attached(words: str) -> bytes:
    content = HOSTILE[words]()
    if not words.startswith("mail"):
        return with_files(HEADER, ("x.bin", content))
    return with_files(HEADER, ("x.bin", content), kind="message/rfc822")


@pytest.mark.parametrize("words", HOSTILE)
def test_it_is_done_with_soon(words):
    raw = attached(words)
    documents_in(with_files(HEADER, ("x.pdf", FILES["PDF"]())))  # What is loaded late is not its fault.
    begun = time.process_time()
    try:
        found = documents_in(raw)
    except Unscannable:
        found = Documents()
    assert time.process_time() - begun < SECONDS
    assert sum(len(each.text) for each in found.found) <= MOST_CHARACTERS


@pytest.mark.parametrize(
    "words",
    [
        each
        for each in HOSTILE
        if any(kind in each for kind in ("zip", "PDF with a", "PDF packed", "workbook of the"))
    ],
)
def test_it_takes_little_memory(words):
    raw = attached(words)
    tracemalloc.start()
    try:
        documents_in(raw)
        assert tracemalloc.get_traced_memory()[1] < MEMORY
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("words", BOMBS)
def test_a_bomb_is_known_for_one_or_not_opened(words):
    found = documents_in(attached(words))
    facts = {fact for each in found.found for fact in each.facts}
    closed = facts & {Fact.BOMB, Fact.LOCKED} or any(each.unread for each in found.found)
    assert closed
    assert not any("root:" in each.text for each in found.found)


@pytest.mark.parametrize("words", ["ten by ten by ten zips", "zip 200 deep", "zip of 9,000 names"])
def test_what_is_not_looked_at_is_trouble(words):
    assert documents_in(attached(words)).trouble


def grown(words: str, size: int) -> bytes:
    """A file of about so many octets, in the message."""
    line = "Mrs Abbott of 4 Mill Lane asked about the lease of the hall on Monday.\n"
    makers = {
        "text": lambda: (line * (size // len(line) + 1)).encode(),
        "CSV": lambda: b"Jane Roe,4 Mill Lane,01632 960123\n" * (size // 34 + 1),
        "page": lambda: b"<html>" + b"<p>Jane Roe</p>" * (size // 15 + 1),
        "RTF": lambda: rb"{\rtf1 " + rb"Jane\'e9 Roe\par " * (size // 17 + 1),
        "drawing": lambda: b"<svg>" + b"<text>Jane</text>" * (size // 17 + 1) + b"</svg>",
        "noise": lambda: bytes(range(256)) * (size // 256 + 1),
    }
    return with_files(HEADER, ("x.csv" if words == "CSV" else "x.bin", makers[words]()))


@pytest.mark.parametrize("words", ["text", "CSV", "page", "RTF", "drawing", "noise"])
def test_time_grows_with_the_size_only(words):
    def seconds(size: int) -> float:
        raw = grown(words, size)
        best = 9.0
        for _ in range(3):
            begun = time.process_time()
            documents_in(raw)
            best = min(best, time.process_time() - begun)
        return best

    spent = {size: seconds(size) for size in (1000, 10_000, 100_000, 1_000_000)}
    print(words, {size: f"{each * 1000:.2f} ms" for size, each in spent.items()})
    assert spent[1_000_000] < 20 * spent[100_000] + 0.05
    assert spent[1_000_000] < 1.5
