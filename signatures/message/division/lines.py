"""A text as lines that know where they stand in their source: what plain text and HTML have in common."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import NamedTuple

_MARKS = re.compile(r"(?:>[ \t]?)*+")


class Line(NamedTuple):
    """A line as it is shown.

    It stands from `begin` to the next line's; `place` is where a block may stand above it, -1 where none may.
    If a rule or a client's empty marker stands directly above, `rule_begin` and `rule_place` are above that.
    Of HTML besides: `mark` is the rule name of the quotation around it; `visible` whether that is an element
    that mail programs show as a quotation; `indented` whether a blockquote without any mark is around it;
    `opens` names the boundary that a client marks here; `prefix` is set in an element that a client makes for
    its attribution; `signature` in one that it makes for a signature; `row` where it continues a table's row;
    `run` counts the quotations and what stands between them.

    An empty line is none of its own: `breaks` are the line breaks above (in HTML two at most), and `apart`
    whether there is what looks like an empty line.
    """

    text: str
    begin: int
    place: int
    mark: str = ""
    visible: bool = False
    indented: bool = False
    opens: str = ""
    prefix: bool = False
    signature: bool = False
    row: bool = False
    run: int = 0
    breaks: int = 1
    apart: bool = False
    rule_begin: int = -1
    rule_place: int = -1


line_of = partial(tuple.__new__, Line)
"""A line from all its fields in their order, as `Line` makes it, in a third of the time."""


def bare(text: str) -> str:
    """A line without quotation marks and blanks around it."""
    if text.startswith(">") and (found := _MARKS.match(text)):
        text = text[found.end() :]
    return text.strip()


def bare_lines(texts: Iterable[str]) -> list[str]:
    """All lines as `bare` makes them; of most it is seen at once what they are."""
    return [
        text[2:].strip()
        if text[:2] == "> " and text[2:3] != ">"
        else bare(text)
        if text[:1] == ">"
        else text.strip()
        for text in texts
    ]


def joined(lines: Iterable[Line], marked: Callable[[Line], object]) -> str:
    """Lines as a text whose lines end with LF; `marked` ones have `> ` before them."""
    pieces: list[str] = []
    run = -1
    for line in lines:
        mark = "> " if marked(line) else ""
        if pieces:
            pieces.append("\n")
            if line.breaks > 1 and line.run == run:
                pieces.append(f"{mark}\n" * (line.breaks - 1))
        pieces += (mark, line.text)
        run = line.run
    return "".join(pieces)
