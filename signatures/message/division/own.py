"""A text divided and read: all that it shows, and of it what the checks read as the author's own words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

from signatures.message.division.html import divide_page
from signatures.message.division.lines import Line, joined
from signatures.message.division.page import page_of, shown_lines
from signatures.message.division.plain import divide_lines, plain_lines
from signatures.message.division.zones import Division


@dataclass(frozen=True, slots=True)
class Divided:
    """`shown` is all that a text says, `own` its author's words and every trail that is not attested.

    Lines end with LF. In `shown` what an element quotes has `> ` before each line; in `own` only where mail
    programs show the element as a quotation. `lines` are those of the text, with their places in it.
    """

    division: Division
    shown: str
    own: str
    lines: tuple[Line, ...] = ()


def read_plain(text: str) -> Divided:
    """Divide and read a plain text, as decoded."""
    lines = plain_lines(text)
    division = divide_lines(lines, len(text))
    own = joined(_owned(lines, division), attrgetter("visible"))
    return Divided(division, text.replace("\r\n", "\n"), own.strip("\n"), lines)


def read_html(source: str, most_tags: int) -> Divided:
    """Divide and read HTML, as decoded. Raises Unscannable for more than `most_tags` tags."""
    page = page_of(source, most_tags)
    division = divide_page(page, len(source))
    own = joined(_owned(page.lines, division), attrgetter("visible"))
    return Divided(division, shown_lines(page.lines), own.strip("\n"), page.lines)


def _owned(lines: Sequence[Line], division: Division) -> Iterator[Line]:
    """The lines that the checks read as the author's."""
    if all(span.owned for span in division.spans):
        yield from lines
        return
    spans, last = iter(division.spans), division.spans[-1]
    span = next(spans, None)
    for line in lines:
        while span is not None and span.end <= line.begin:
            span = next(spans, None)
        if span is None or span.owned:
            yield line
        elif span is last:
            return  # As most of a text often is.
