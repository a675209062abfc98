"""Lines for format=flowed text (RFC 3676), such that readers show them as they were meant.

A line that ends with a blank goes on in the next; one that begins with a blank has that blank taken away. So
lines of ours end with none and are stuffed where they need it. Only lines too wide for a screen are let flow.
"""

from __future__ import annotations

import re

_WIDEST = 78
"""Characters of a line, stuffing and the blanks at its end included (RFC 3676 §4.2)."""

_STUFFED = (" ", ">", "From ")
_DELIMITER = "-- "
_BLANK = re.compile(r" (?=[^ ])")


def flowed_lines(text: str, delsp: bool) -> str:
    """Lines that end with LF as a flowed part carries them. `delsp`: readers drop the blank before a soft
    line end (RFC 3676 §4.1), so that it is written twice.

    Each line is one paragraph again when read. Blanks at the end of lines are left out, but for the
    signature delimiter `-- ` (§4.3).
    """
    return "\n".join(_carried(line, delsp) for line in text.split("\n"))


def _carried(line: str, delsp: bool) -> str:
    if line == _DELIMITER:
        return line
    line = line.rstrip(" ")
    room = _WIDEST - 2 - delsp
    pieces: list[str] = []
    start = end = 0
    if len(line) > _WIDEST:
        for blank in _BLANK.finditer(line):
            # A piece that reads as the delimiter would not flow.
            if blank.end() - start > room and end > start and line[start:end] != _DELIMITER:
                pieces.append(line[start:end] + " " * delsp)
                start = end
            end = blank.end()
        if len(line) - start > room and end > start and line[start:end] != _DELIMITER:
            pieces.append(line[start:end] + " " * delsp)
            start = end
    pieces.append(line[start:])
    return "\n".join(" " + piece if piece.startswith(_STUFFED) else piece for piece in pieces)
