"""Where the trail of a message begins, as its reader sees it."""

from __future__ import annotations

from collections.abc import Iterable

from signatures.message.body import Text
from signatures.message.division import Zone, announced

_TRAILS = frozenset({Zone.TRAIL, Zone.FORWARDED})
_LONGEST = 200


def trail_begins(texts: Iterable[Text]) -> str:
    """The first line with words that is quoted or sent on in the text parts, cut at 200 characters; else nothing."""
    for text in texts:
        span = next((span for span in text.division.spans if span.zone in _TRAILS), None)
        if span is None:
            continue
        for line in text.lines:
            if span.start <= line.begin < span.end and not announced.is_separator(line.text):
                return line.text[:_LONGEST]
    return ""
