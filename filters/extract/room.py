"""How much is read of what is attached to one message, and what of it is used up.

A message that is beyond is not refused for it: what was read is told, and of the rest that it was not read.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from filters.extract.document import Fact

MOST_CHARACTERS = 2_000_000
"""Of all documents together. The agenda pack of a month has a tenth of that, and checks read no more in time."""

MOST_UNPACKED = 100_000_000
"""Octets that come out of archives and office files together: twice the largest message, and read in seconds."""

MOST_AT_ONCE = 33_554_432
"""Octets of one file within an archive: it is in memory whole, with whatever a parser makes of it."""

MOST_XML = 50_000_000
"""Octets of XML that are parsed, of all office files together."""

MOST_ELEMENTS = 1_500_000
"""Elements in all that XML: a register of fifty thousand rows, and about a second's work."""

MOST_FILES = 300
"""Documents that are told of. A year's minutes in a zip are fifty."""

MOST_DEEP = 6
"""Files within files: a mail in a zip in a mail in a zip is four, and nobody packs so."""

MOST_PAGES = 400
"""Pages of PDFs together."""

MOST_STEPS = 700_000
"""Steps in drawing the pages of PDFs together, about five seconds' work. A page of a report has some hundred."""

TOO_LONG = "it has more text than can be checked in time"


class Unread(Exception):
    """A document cannot be read, or not in full; the text says why, as the end of a sentence about "it"."""


class Bomb(Unread):
    """It cannot be read, because it would be far larger unpacked than any honest file."""


class Inside(NamedTuple):
    """A file within a document: its name and its content; `unread` says why there is no content."""

    name: str
    content: bytes = b""
    unread: str = ""
    facts: frozenset[Fact] = frozenset()
    declared: str = ""


@dataclass(slots=True)
class Look:
    """What a reader made of a document. `kind` where it knows better; `inside` is gone through once."""

    text: str = ""
    facts: frozenset[Fact] = frozenset()
    unread: str = ""
    kind: str = ""
    inside: Iterator[Inside] = field(default_factory=lambda: iter(()))


@dataclass(slots=True)
class Room:
    """What is left of everything, for all that is attached to one message."""

    characters: int = MOST_CHARACTERS
    unpacked: int = MOST_UNPACKED
    xml: int = MOST_XML
    elements: int = MOST_ELEMENTS
    files: int = MOST_FILES
    pages: int = MOST_PAGES
    steps: int = MOST_STEPS

    @classmethod
    def of_archive(cls) -> Room:
        """As much as whoever reads for the archive has, after the message was accepted: what it says is to be found,
        however much that is. A year's papers of a county have a tenth of that.
        """
        return cls(
            characters=50_000_000,
            unpacked=2_000_000_000,
            xml=1_000_000_000,
            elements=30_000_000,
            files=10_000,
            pages=20_000,
            steps=50_000_000,
        )

    def unpack(self, octets: int) -> None:
        """So many more come out of an archive. Raises Unread."""
        self.unpacked -= octets
        if self.unpacked < 0:
            raise Unread("what is attached is too large unpacked to be read in time")

    def parse(self, octets: int) -> None:
        """So many more octets of XML. Raises Unread."""
        self.xml -= octets
        if self.xml < 0:
            raise Unread(TOO_LONG)


class Words:
    """Text as it is gathered, up to what there is room for; `full` once there was more than that."""

    def __init__(self, room: Room) -> None:
        self._pieces: list[str] = []
        self._left = room.characters
        self.full = False

    def add(self, piece: str) -> None:
        """More text, as far as there is room."""
        if len(piece) > self._left:
            self.full = True
            piece = piece[: self._left]
        self._left -= len(piece)
        self._pieces.append(piece)

    def text(self) -> str:
        """All of it."""
        return "".join(self._pieces)


def wants_room(reason: str) -> bool:
    """Whether with more room or time more of a document could be read that was not read for this reason."""
    return reason.endswith("in time") or "longer than" in reason
