"""Texts, sheets and slides of LibreOffice (OpenDocument 1.3): all that is written in them, notes and deletions too."""

from __future__ import annotations

import re

from filters.extract.packed import Packed
from filters.extract.paragraphs import Paragraphs
from filters.extract.room import Bomb, Room, Unread
from filters.extract.xml import Ended, read_xml

_WRITTEN = re.compile(r"(?:^|/)(?:content|styles)\.xml$")
_MACROS = re.compile(r"^Basic/[^/]+/(?!script-l[bc]\.xml$)[^/]+\.xml$|^Scripts/.*[^/]$")
_MOST_BLANKS = 100
_LINES = frozenset({"p", "h"})


def written(packed: Packed, paragraphs: Paragraphs, room: Room) -> str:
    """Add what is written in it; why not all of it is there, or nothing."""
    unread = ""
    for name in packed.names:
        if _WRITTEN.search(name):
            try:
                _part(packed.read(name), paragraphs, room)
            except Bomb:
                raise
            except Unread as error:
                unread = str(error)
    return unread


def has_macros(packed: Packed) -> bool:
    """Whether modules of a program are kept in it."""
    return any(_MACROS.search(name) for name in packed.names)


def is_locked(packed: Packed) -> bool:
    """Whether its parts are encrypted (part 2, §4.8). Raises Unread, Bomb."""
    manifest = "META-INF/manifest.xml"
    return manifest in packed.names and b"encryption-data" in packed.read(manifest)


def _part(content: bytes, paragraphs: Paragraphs, room: Room) -> None:
    lines = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal lines
        if name in _LINES:
            lines += 1
        elif name in {"table-cell", "covered-table-cell"}:
            paragraphs.open_cell()
        elif name == "tab":
            paragraphs.add("\t")
        elif name == "line-break":
            paragraphs.add("\n")
        elif name == "s":
            blanks = next((value for key, value in attributes.items() if key.endswith(":c")), "1")
            paragraphs.add(
                " " * (min(int(blanks), _MOST_BLANKS) if blanks.isdecimal() and len(blanks) < 5 else 1)
            )

    def end(name: str) -> None:
        nonlocal lines
        if name in _LINES:
            lines -= 1
            paragraphs.end()
        elif name in {"table-cell", "covered-table-cell"}:
            paragraphs.close_cell()
        elif name == "table-row":
            paragraphs.end_row()
        if paragraphs.full:
            raise Ended

    read_xml(content, room, start, end, lambda words: paragraphs.add(words) if lines else None)
    paragraphs.end()
