"""What the earlier messages say that a message quotes or sends on."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter

from signatures.message.body import Text
from signatures.message.division.lines import Line, joined

_MOST = 4_194_304
"""Characters that are told; a message with more has more than any check reads."""


def trail_texts(texts: Iterable[Text]) -> tuple[str, ...]:
    """For each text part that has a trail, the trail as its reader sees it, quotation marks (`> `) and all.

    Only what passes for others' words: a trail that the author could have made up is among the author's own.
    """
    found: list[str] = []
    left = _MOST
    for text in texts:
        spans = [span for span in text.division.spans if not span.owned]
        if not spans or left <= 0:
            continue
        at = 0
        lines: list[Line] = []
        for line in text.lines:
            while at < len(spans) and spans[at].end <= line.begin:
                at += 1
            if at == len(spans):
                break
            if spans[at].start <= line.begin:
                lines.append(line)
        said = joined(lines, attrgetter("visible"))[:left]
        if said.strip() and said not in found:
            left -= len(said)
            found.append(said)
    return tuple(found)
