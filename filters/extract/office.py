"""Word documents and presentations of Office (ECMA-376): all that is written in them, seen or not.

Not by a library: those that there are leave out text boxes, notes, comments and what was struck out with changes
tracked, and all of that goes to the recipient.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from filters.extract.packed import Packed
from filters.extract.paragraphs import Paragraphs
from filters.extract.room import Bomb, Inside, Room, Unread
from filters.extract.xml import Ended, read_xml

_NO_TEXT = re.compile(
    r"(?:^|/)(?:_rels/|theme/|(?:styles\w{0,20}|settings|fontTable|webSettings|numbering|\[Content_Types\]|"
    r"presProps|tableStyles|viewProps|presentation)\.xml$|(?:slideLayouts|slideMasters|customXml|docProps)/)"
)
_WRITTEN = re.compile(r"\.xml$")
_TEXT = frozenset({"t", "delText", "text"})
_EMBEDDED = re.compile(r"(?:^|/)embeddings/")
_MACROS = re.compile(r"vbaProject\.bin$|(?:^|/)macrosheets/", re.IGNORECASE)


def written(packed: Packed, paragraphs: Paragraphs, room: Room) -> str:
    """Add what is written in all parts of a document or presentation; why not all of it is there, or nothing."""
    return other_parts(packed, _WRITTEN, paragraphs, room)


def other_parts(packed: Packed, wanted: re.Pattern[str], paragraphs: Paragraphs, room: Room) -> str:
    """Add what is written in all parts of wanted names; why not all of it is there, or nothing."""
    unread = ""
    for name in sorted(packed.names, key=_in_order):
        if wanted.search(name) and not _NO_TEXT.search(name):
            try:
                _part(packed.read(name), paragraphs, room)
            except Bomb:
                raise
            except Unread as error:
                unread = str(error)
    return unread


def has_macros(packed: Packed) -> bool:
    """Whether macros are kept in it, of Visual Basic or of Excel 4."""
    return any(_MACROS.search(name) for name in packed.names)


def embedded(packed: Packed) -> Iterator[Inside]:
    """The documents that are put into it: a workbook behind a chart holds all of its rows."""
    for each in packed.files(lambda name: _EMBEDDED.search(name) is not None):
        yield each._replace(name=each.name.rpartition("/")[2])


def _in_order(name: str) -> tuple[bool, int, str]:
    """The body first, then slides by their numbers."""
    number = re.search(r"(\d{1,6})\.xml$", name)
    return name != "word/document.xml", int(number[1]) if number else 0, name


def _part(content: bytes, paragraphs: Paragraphs, room: Room) -> None:
    said = False

    def start(name: str, _: dict[str, str]) -> None:
        nonlocal said
        if name in _TEXT:
            said = True
        elif name == "tab":
            paragraphs.add("\t")
        elif name in {"br", "cr"}:
            paragraphs.add("\n")
        elif name == "tc":
            paragraphs.open_cell()

    def end(name: str) -> None:
        nonlocal said
        if name in _TEXT:
            said = False
        elif name == "p":
            paragraphs.end()
        elif name == "tc":
            paragraphs.close_cell()
        elif name == "tr":
            paragraphs.end_row()
        if paragraphs.full:
            raise Ended

    def text(words: str) -> None:
        if said:
            paragraphs.add(words)

    read_xml(content, room, start, end, text)
    paragraphs.end()
