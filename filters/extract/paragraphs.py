"""Text with blank lines between its paragraphs, put together from what word processors call paragraphs."""

from __future__ import annotations

from filters.extract.room import Room, Words

_SHORT = 80
_MOST_TOGETHER = 20
MOST_ROWS = 40


class Paragraphs:
    """Paragraphs and tables as lines. Lines of an address are paragraphs to a word processor: short ones that follow
    on each other stay together. A row of a table is a line, its cells apart by tabs.
    """

    def __init__(self, room: Room) -> None:
        self._words = Words(room)
        self._line: list[str] = []
        self._together = 0
        self._rows = 0
        self._cells = 0

    @property
    def full(self) -> bool:
        """Whether there was more than there is room for."""
        return self._words.full

    def add(self, piece: str) -> None:
        """More of the present line."""
        self._line.append(piece)

    def end(self) -> None:
        """The paragraph ends here; within a cell only a blank stands for it."""
        if self._cells:
            self._line.append(" ")
            return
        line = self._taken()
        if not line:
            self._part()
            return
        short = len(line) < _SHORT and "\n" not in line and self._together < _MOST_TOGETHER
        if not short:
            self._part()
        self._words.add(line + "\n")
        self._together += 1
        if not short:
            self._part()

    def open_cell(self) -> None:
        """A cell begins."""
        self._cells += 1

    def close_cell(self) -> None:
        """A cell ends."""
        self._cells = max(0, self._cells - 1)
        self._line.append("\t")

    def end_row(self) -> None:
        """A row of a table ends."""
        if self._cells:
            return  # Of a table within a cell.
        line = self._taken()
        if line:
            self._words.add(line + "\n")
            self._together += 1
            self._rows += 1
        if self._rows >= MOST_ROWS:
            self._part()

    def text(self) -> str:
        """All of it."""
        return self._words.text().strip("\n")

    def _taken(self) -> str:
        line = "".join(self._line).strip()
        self._line.clear()
        return line

    def _part(self) -> None:
        if self._together:
            self._words.add("\n")
        self._together = self._rows = 0
