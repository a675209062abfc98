"""An item's words as PostgreSQL's text search vectors, cut so that such a vector holds all of each piece.

A vector knows the places up to 16,383 and 256 of each word, and has room for a megabyte of words; what is beyond, the
server leaves out without a word, or refuses (https://www.postgresql.org/docs/15/textsearch-limitations.html). So a
piece ends before it comes to that, and the next one begins with its last words: a phrase of up to `OVERLAP` words and
one more stands whole in one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from gateway.store.index.content import Content
from gateway.store.index.streams import runs, texts_of
from gateway.store.index.tokens import stems

OVERLAP = 32
MOST_WORDS = 16_000
_MOST_OF_ONE = 255
_MOST_OCTETS = 900_000
_OF_EACH = 8
"""Octets that a word takes in a vector besides its own, places and filling counted high."""


class Vector(NamedTuple):
    """A piece of a text: the words as they stand and their stems, as PostgreSQL reads vectors."""

    field: int
    ordinal: int
    piece: int
    exact: str
    stemmed: str
    words: frozenset[str]


def vectors_of(content: Content) -> tuple[Vector, ...]:
    """All of an item."""
    return tuple(
        _vector(column, ordinal, piece, words)
        for column, ordinal, text in texts_of(content)
        for piece, words in enumerate(_pieces(_words(text)))
    )


def _words(text: str) -> Iterator[str]:
    for run in runs(text):
        yield from run


def _pieces(words: Iterable[str]) -> Iterator[list[str]]:
    piece: list[str] = []
    counts: dict[str, int] = {}
    octets = fresh = 0
    for word in words:
        size = len(word.encode()) + _OF_EACH
        if len(piece) >= MOST_WORDS or counts.get(word, 0) >= _MOST_OF_ONE or octets + size > _MOST_OCTETS:
            yield piece
            piece, fresh = piece[-OVERLAP:], 0
            octets = sum(len(each.encode()) + _OF_EACH for each in piece)
            counts = {}
            for each in piece:
                counts[each] = counts.get(each, 0) + 1
        piece.append(word)
        counts[word] = counts.get(word, 0) + 1
        octets += size
        fresh += 1
    if fresh:
        yield piece


def _vector(field: int, ordinal: int, piece: int, words: list[str]) -> Vector:
    """Words are of letters and digits alone, so that none needs an escape."""
    places: dict[str, list[str]] = {}
    for place, word in enumerate(words, 1):
        places.setdefault(word, []).append(str(place))
    exact = " ".join(f"'{word}':{','.join(at)}" for word, at in places.items())
    stemmed = " ".join(f"'{stem}'" for stem in sorted(set(stems.of(places).values())))
    return Vector(int(field), ordinal, piece, exact, stemmed, frozenset(places))
