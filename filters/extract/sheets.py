"""Workbooks of Excel (ECMA-376): all sheets, hidden ones too, their notes, and the rows that a summary keeps."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from filters.extract.office import other_parts
from filters.extract.packed import Packed
from filters.extract.paragraphs import Paragraphs
from filters.extract.room import Bomb, Room, Unread
from filters.extract.xml import Ended, read_xml

_SHEET = re.compile(r"(?:^|/)(?:worksheets|dialogsheets|macrosheets)/[^/]*\.xml$")
_BESIDE = re.compile(r"(?:^|/)(?:comments[^/]*|threadedComments/[^/]*|drawings/[^/]*|charts/[^/]*)\.xml$")
_KEPT = re.compile(r"(?:^|/)(?:pivotCache|externalLinks)/[^/]*\.xml$")
_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
"""Numbers of the formats that are dates without being said (ECMA-376-1 §18.8.30)."""

_NO_DATE = re.compile(r'"[^"]*+"|\[[^\]]*+\]|\\.|_.|\*.')
_DATE = re.compile(r"[dy]|m{3}", re.IGNORECASE)
_MOST_DAYS = 2_958_465
_MOST_CELLS_IN_ROW = 1000
_Attributes = dict[str, str]


class Workbook:
    """What the sheets of a workbook need to be read: its strings, and which of its formats are dates."""

    def __init__(self, packed: Packed, room: Room) -> None:
        self._packed, self._room = packed, room
        self._strings: list[str] = []
        self._dates: list[bool] = []
        self._since = datetime(1899, 12, 30, tzinfo=UTC)
        self._names: list[str] = []

    def written(self, paragraphs: Paragraphs) -> str:
        """Add what stands in it; why not all of it is there, or nothing."""
        unread = self._prepared()
        for name in self._names:
            paragraphs.add(name)
            paragraphs.end()
        for part in self._packed.names:
            try:
                if _SHEET.search(part):
                    paragraphs.end()
                    self._sheet(self._packed.read(part), paragraphs)
                elif _KEPT.search(part):
                    self._kept(self._packed.read(part), paragraphs)
            except Bomb:
                raise
            except Unread as error:
                unread = str(error)
        beside = other_parts(self._packed, _BESIDE, paragraphs, self._room)
        return unread or beside

    def _prepared(self) -> str:
        unread = ""
        for part in self._packed.names:
            base = part.rpartition("/")[2]
            readers = {
                "sharedStrings.xml": self._shared,
                "styles.xml": self._styles,
                "workbook.xml": self._workbook,
            }
            if base in readers:
                try:
                    readers[base](self._packed.read(part))
                except Bomb:
                    raise
                except Unread as error:
                    unread = str(error)
        return unread

    def _workbook(self, content: bytes) -> None:
        def start(name: str, attributes: _Attributes) -> None:
            if name == "sheet" and attributes.get("name"):
                self._names.append(attributes["name"])
            elif name == "workbookPr" and attributes.get("date1904") in {"1", "true"}:
                self._since = datetime(1904, 1, 1, tzinfo=UTC)

        read_xml(content, self._room, start, _nothing, _nothing)

    def _shared(self, content: bytes) -> None:
        pieces: list[str] = []
        said = False

        def start(name: str, _: _Attributes) -> None:
            nonlocal said
            said = name == "t"

        def end(name: str) -> None:
            nonlocal said
            said = False
            if name == "si":
                self._strings.append("".join(pieces))
                pieces.clear()

        read_xml(content, self._room, start, end, lambda words: pieces.append(words) if said else None)

    def _styles(self, content: bytes) -> None:
        dates = set(_DATES)
        within = ""

        def start(name: str, attributes: _Attributes) -> None:
            nonlocal within
            if name == "numFmt":
                if _DATE.search(_NO_DATE.sub("", attributes.get("formatCode", "")[:200])):
                    dates.add(_number(attributes.get("numFmtId", "")))
            elif name in {"cellXfs", "cellStyleXfs"}:
                within = name
            elif name == "xf" and within == "cellXfs":
                self._dates.append(_number(attributes.get("numFmtId", "")) in dates)

        read_xml(content, self._room, start, _nothing, _nothing)

    def _sheet(self, content: bytes, paragraphs: Paragraphs) -> None:
        row: list[str] = []
        pieces: list[str] = []
        kind = style = ""
        said = False

        def start(name: str, attributes: _Attributes) -> None:
            nonlocal kind, style, said
            if name == "c":
                kind, style = attributes.get("t", ""), attributes.get("s", "")
            elif name in {"v", "t"}:
                said = True

        def end(name: str) -> None:
            nonlocal said
            if name in {"v", "t"}:
                said = False
            elif name == "c":
                if pieces:
                    row.append(self._value("".join(pieces), kind, style))
                    pieces.clear()
            elif name == "row":
                for at in range(0, len(row), _MOST_CELLS_IN_ROW):
                    paragraphs.add("\t".join(row[at : at + _MOST_CELLS_IN_ROW]))
                    paragraphs.end_row()
                row.clear()
                if paragraphs.full:
                    raise Ended
            elif name in {"oddHeader", "oddFooter"} and pieces:
                paragraphs.add("".join(pieces))
                paragraphs.end()
                pieces.clear()

        read_xml(content, self._room, start, end, lambda words: pieces.append(words) if said else None)

    def _kept(self, content: bytes, paragraphs: Paragraphs) -> None:
        """Values that are kept of rows elsewhere (§18.10, §18.14): whoever gets the file can have them back."""
        said = False

        def start(name: str, attributes: _Attributes) -> None:
            nonlocal said
            said = name == "v"
            if name in {"s", "n", "d"} and attributes.get("v"):
                paragraphs.add(attributes["v"])
                paragraphs.end_row()
            if paragraphs.full:
                raise Ended

        def end(name: str) -> None:
            nonlocal said
            said = False
            if name == "v":
                paragraphs.end_row()

        read_xml(content, self._room, start, end, lambda words: paragraphs.add(words) if said else None)
        paragraphs.end()

    def _value(self, written: str, kind: str, style: str) -> str:
        """A cell as people see it: of a shared string the string, of a date the day."""
        if kind == "s":
            number = _number(written)
            return self._strings[number] if 0 <= number < len(self._strings) else ""
        dated = 0 <= (number := _number(style)) < len(self._dates) and self._dates[number]
        if kind not in {"", "n"} or not dated:
            return written
        try:
            days = float(written)
        except ValueError:
            return written
        if not 0 < days <= _MOST_DAYS:
            return written
        day = self._since + timedelta(days=days)
        return f"{day:%d/%m/%Y}" if days == int(days) else f"{day:%d/%m/%Y %H:%M}"


def _number(written: str) -> int:
    written = written.strip()
    return int(written) if written.isascii() and written.isdigit() and len(written) < 10 else -1


def _nothing(*_: object) -> None:
    pass
