"""Words that are written so that a program does not know them: "f*ck", "sh1t", "f u c k", "fuuuck", letters of other
alphabets, letters that cannot be seen.

Whole words only are looked at, or else Scunthorpe would be one of them. Most words are plain letters and passed over at
once; what a word with signs or figures in it may be is remembered, as most of them come again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from filters.names import folded

_SHORTEST, _LONGEST = 3, 24
_MOST = 50
_LONGEST_ADDRESS = 200
_SPACED = re.compile(r"[ ._·*-]\w[ ._·*-]\w(?!\w)")
_SPACED_OUT = re.compile(r"(?<![^\W_])[^\W_](?:[ ._·*-]{1,2}+[^\W_](?![^\W_])){2,20}")
_TRIPLE = tuple(letter * 3 for letter in "abcdefghijklmnopqrstuvyz")
_TRIPLED = re.compile(r"([^\W\d_])\1{2,}+")
_POSSESSIVE = re.compile(r"['’]s?+\Z")
_ADDRESS = re.compile(r"@[\w-]++\.\w|://|www\.|\.(?:uk|com|org|net|example)\b", re.IGNORECASE)
_CODE = re.compile(r"[A-Z]{1,3}\d{1,4}[A-Z]{0,3}")
"""A road, a postcode's half, a reference: "A55", "SH17"."""

_STARS = re.compile(r"[*#%@$!~_-]")
_ENDING_STARS = "*#"
_TO_LETTERS = tuple(str.maketrans("@$!|013457+€", f"as{one}{one}o{one}eastte") for one in "il")
_SEPARATORS = str.maketrans("", "", "-_.*·'+~ ")
_EDGES = ".,;:?()[]\"'“”‘<>"
_AFTER_SPACED = ("off", "you", "it", "ing", "er", "ers", "u")


class Unmasked(NamedTuple):
    """Where a disguised word stands, and the words that it may be."""

    start: int
    end: int
    words: frozenset[str]


class Masks:
    """Finds words out of a list, whatever they are disguised as."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(each for each in words if len(each) > _SHORTEST)
        shapes: dict[tuple[str, int], list[str]] = {}
        for word in sorted(self._words):
            shapes.setdefault((word[0], len(word)), []).append(word)
        self._shapes: Mapping[tuple[str, int], list[str]] = shapes
        self._behind = lru_cache(maxsize=4096)(self._look_behind)

    def found(self, text: str) -> Iterator[Unmasked]:
        """The disguised words of a text, the first of them, each where it stands first, in their order."""
        hidden = ((word, words) for word in _suspects(text) if (words := self._behind(word)))
        found = [
            Unmasked(start, start + len(word), words)
            for word, words in islice(hidden, _MOST)
            if (start := text.find(word)) >= 0
        ]
        if _SPACED.search(text):
            found += (
                Unmasked(run.start(), run.end(), words)
                for run in islice(_SPACED_OUT.finditer(text), 10 * _MOST)
                if (words := self._words.intersection(_joined(run[0])))
            )
        yield from sorted(found, key=lambda each: each.start)

    def _look_behind(self, written: str) -> frozenset[str]:
        """The words that one written word may be."""
        if _CODE.fullmatch(written) or _ADDRESS.search(written):
            return frozenset()
        plain = _POSSESSIVE.sub("", folded(written).rstrip("!"))
        letters = sum(map(str.isalpha, plain))
        if not letters or " " in plain:
            return frozenset()
        if letters * 2 >= len(plain):
            said = {plain, plain.translate(_SEPARATORS)}
            said.update(each.translate(table) for each in tuple(said) for table in _TO_LETTERS)
            said.update(_TRIPLED.sub(letters, each) for each in tuple(said) for letters in (r"\1", r"\1\1"))
            if words := self._words & said:
                return words
        hides = not plain.isascii() or _STARS.search(plain) is not None
        return frozenset(self._starred(plain, written)) if hides else frozenset()

    def _starred(self, plain: str, written: str) -> Iterator[str]:
        """The words that fit where letters are starred out: "f***", "w*nker"."""
        bare = plain.rstrip(_ENDING_STARS)
        if bare.isalpha() and bare.isascii():
            stars = len(plain) - len(bare)
            named = written[0].isupper() and bare != "f"  # "J*** S****" is somebody whose name is not told.
            if len(bare) > 3 or stars < 2 or named:
                return  # A footnote's star, or bold type.
        if _is_hidden(plain[0]) or sum(map(_is_hidden, bare)) * 2 > len(bare) > 3:
            return
        for word in self._shapes.get((plain[0], len(plain)), ()):
            if all(_is_hidden(letter) or letter == its for letter, its in zip(plain, word, strict=True)):
                yield word


def _is_hidden(letter: str) -> bool:
    """Whether another letter may be meant: it is a star or the like, or of an alphabet that has no place there."""
    return not letter.isascii() or _STARS.match(letter) is not None


def in_address(text: str, start: int, end: int) -> bool:
    """Whether a part of a text stands in an e-mail or web address."""
    before, after = text[max(0, start - _LONGEST_ADDRESS) : start], text[end : end + _LONGEST_ADDRESS]
    first, last = before[-1:].strip() and before.split()[-1], after[:1].strip() and after.split()[0]
    word = f"{first}{text[start:end]}{last}"
    return " " not in word and _ADDRESS.search(word) is not None


def _suspects(text: str) -> Iterator[str]:
    """The words of a text that may be disguised, without what stands at their edges; each once, in their order."""
    plain = text.isascii()
    words = [
        word for word in dict.fromkeys(text.split()) if not (word.isalpha() and (plain or word.isascii()))
    ]
    small = text.lower()
    if any(triple in small for triple in _TRIPLE):
        words += filter(_TRIPLED.search, text.split())
    for word in dict.fromkeys(map(_stripped, words)):
        if not _SHORTEST < len(word) <= _LONGEST or word.isdecimal():
            continue
        if word.isascii() and word.isalpha() and not _TRIPLED.search(word):
            continue
        yield word


def _stripped(word: str) -> str:
    return word.strip(_EDGES)


@lru_cache(maxsize=64)
def _joined(spaced: str) -> tuple[str, ...]:
    """A word that is spaced out, brought together, with what may follow it left out."""
    whole = folded(spaced.translate(_SEPARATORS))
    return (whole, *(whole.removesuffix(end) for end in _AFTER_SPACED))
