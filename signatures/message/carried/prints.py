"""Fingerprints of an author's own words, by which a message is found to reproduce an archived one.

A print stands for eight words that follow on each other; case, punctuation and line breaks do not count, so
text that is pasted into another message has the prints that it had. Of all prints a quarter is kept, chosen by
what they stand for, so the same are kept in every message. A message reproduces an archived one when at least
five of the prints stored for that one, and at least half of them, are among its own: it contains the archived
words, whatever else it says. Containment is not likeness: a few words quoted in a long answer are no
reproduction, and a text of fewer than twenty words has no prints, as greetings and thanks are all alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import blake2b
from heapq import nsmallest
from itertools import accumulate
from zlib import crc32

_WORD = re.compile(r"[^\W_]+")
_ASCII_WORD = re.compile(rb"[a-z0-9]+")
WORDS_IN_A_PRINT = 8
_FEWEST_WORDS = 20
_ONE_IN = 4
MOST = 2000
EVERY = 300_000
"""More than the longest text that is read has: for where none of them may be missing."""

MOST_STORED = 24
FEWEST_FOUND = 5


def prints_of(texts: Iterable[str], most: int = MOST) -> tuple[int, ...]:
    """The prints of all versions of a text together, in ascending order, at most the `most` smallest.

    Each is from 0 to 2**63 - 1, so that a BIGINT holds it. Plain and HTML versions of the same words have the
    same prints.
    """
    chosen: set[bytes] = set()
    read: set[bytes] = set()
    for text in texts:
        words = _words(text)
        whole = b" ".join(words)
        if len(words) >= _FEWEST_WORDS and whole not in read:
            read.add(whole)
            chosen.update(run for _, run in _chosen(words, whole))
    found = {_print(run) for run in chosen}
    return tuple(nsmallest(most, found) if len(found) > most else sorted(found))


def placed(text: str) -> dict[int, int]:
    """The prints of a text, each with the number of the word at which it first begins there."""
    words = _words(text)
    found: dict[int, int] = {}
    if len(words) >= _FEWEST_WORDS:
        for place, run in _chosen(words, b" ".join(words)):
            found.setdefault(_print(run), place)
    return found


def stored(prints: Iterable[int]) -> tuple[int, ...]:
    """The prints to keep for an archived message: the 24 smallest."""
    return tuple(nsmallest(MOST_STORED, prints))


def reproduces(archived: Iterable[int], prints: Iterable[int]) -> bool:
    """Whether a message with these prints reproduces an archived one for which those are stored."""
    kept = set(archived)
    found = len(kept.intersection(prints))
    return found >= FEWEST_FOUND and found * 2 >= len(kept)


def _words(text: str) -> list[bytes]:
    """The words of a text, letters and digits only, in small letters."""
    if text.isascii():
        return _ASCII_WORD.findall(text.lower().encode("ascii"))
    return [word.encode("utf-8", "replace") for word in _WORD.findall(text.casefold())]


def _print(run: bytes) -> int:
    return int.from_bytes(blake2b(run, digest_size=8).digest(), "big") >> 1


def _chosen(words: list[bytes], whole: bytes) -> list[tuple[int, bytes]]:
    """The runs of words that have prints, each with the number of its first word.

    The checksum that chooses them costs less than a print.
    """
    begins = list(accumulate([len(word) + 1 for word in words], initial=0))
    ends = begins[WORDS_IN_A_PRINT:]
    runs = [whole[start : end - 1] for start, end in zip(begins, ends, strict=False)]
    return [(place, run) for place, run in enumerate(runs) if not crc32(run) % _ONE_IN]
