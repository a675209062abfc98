"""Plain text divided."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, compress, count, repeat
from operator import add, sub

from signatures.message.division.boundaries import boundaries
from signatures.message.division.lines import Line, line_of
from signatures.message.division.style import divided
from signatures.message.division.zones import Division


def divide_plain(text: str) -> Division:
    """Divide a plain text, as decoded."""
    return divide_lines(plain_lines(text), len(text))


def divide_lines(lines: Sequence[Line], length: int) -> Division:
    """Divide a plain text of `length` characters that has been read as lines."""
    return divided(lines, boundaries(lines), length, length)


def plain_lines(text: str) -> tuple[Line, ...]:
    """The lines of a plain text, without blanks at their ends but for the delimiter of a signature."""
    # A long trail is most of a text: what all lines have is made for all at once, without Python for each.
    written = text.split("\n")
    shown = [line.rstrip() for line in written]
    if "-- " in text:
        shown = [
            "-- " if line == "--" and whole.startswith("-- ") else line
            for line, whole in zip(shown, written, strict=True)
        ]
    newlines = count()  # One before each line but the first.
    begins = list(compress(map(add, accumulate(map(len, written), initial=0), newlines), shown))
    numbers = list(compress(range(len(shown)), shown))
    breaks = list(map(sub, numbers, [0, *numbers]))
    apart = [above > 1 for above in breaks]
    empty, no, nowhere = repeat(""), repeat(False), repeat(-1)
    of_html = (empty, no, no, empty, no, no, no, repeat(0))
    fields = zip(filter(None, shown), begins, begins, *of_html, breaks, apart, nowhere, nowhere, strict=False)
    return tuple(map(line_of, fields))
