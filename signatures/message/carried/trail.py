"""The lines of a text that hold earlier mail."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from operator import attrgetter

from signatures.message.division import Span
from signatures.message.division.lines import Line, bare_lines

_BEGIN = attrgetter("begin")


class Trail:
    """The lines in these spans, one below the other. `bare` are the same without quotation marks.

    `firsts` are the numbers of those above which own words stand. `linked`: it is of HTML that has links to
    addresses.
    """

    def __init__(self, lines: Sequence[Line], spans: Sequence[Span], source: str) -> None:
        self._all, self._source = lines, source
        self._starts: list[int] = []
        self._spans: list[Span] = []
        self._skipped: list[int] = []
        chosen: list[Line] = []
        firsts: list[int] = []
        above = -1
        for span in spans:
            start = bisect_left(lines, span.start, key=_BEGIN)
            end = (
                len(lines)
                if span is spans[-1] and span.end > lines[-1].begin
                else bisect_left(lines, span.end, key=_BEGIN)
            )
            if start < end:
                if start != above:
                    firsts.append(len(chosen))
                self._starts.append(len(chosen))
                self._spans.append(span)
                self._skipped.append(start - len(chosen))
                chosen += lines[start:end]
                above = end
        self.lines = chosen
        self.bare = bare_lines([line.text for line in chosen])
        self.firsts = frozenset(firsts)
        self.linked = "mailto:" in source or "MAILTO:" in source

    def span_of(self, number: int) -> Span:
        """The span that the line of that number stands in."""
        return self._spans[bisect_right(self._starts, number) - 1]

    def source_of(self, number: int) -> str:
        """The HTML of the line of that number, with the tags that open before its first word."""
        there = number + self._skipped[bisect_right(self._starts, number) - 1]
        end = self._all[there + 1].begin if there + 1 < len(self._all) else len(self._source)
        return self._source[self._all[there].begin : end]
