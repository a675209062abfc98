"""Lines with zones as a division: the signature found, the posting style judged, the spans put together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, compress, count, groupby
from operator import is_not, or_

from signatures.message.division.boundaries import Boundaries
from signatures.message.division.lines import Line
from signatures.message.division.zones import Confidence, Division, Span, Style, Zone

_TRAILS = frozenset({Zone.TRAIL, Zone.FORWARDED})
_DELIMITERS = ("-- ", "--")


def divided(lines: Sequence[Line], found: Boundaries, length: int, end_of_text: int) -> Division:
    """The division of a text of `length` characters with these lines."""
    zones = list(found.zones)
    _find_signatures(lines, zones)
    style = _style(zones)
    end_of_own = end_of_text
    confidence = found.confidence
    if style in {Style.TOP, Style.FORWARD}:
        line = lines[found.first]
        end_of_own = line.rule_place if line.rule_place >= 0 else line.place
        if end_of_own < 0:
            end_of_own, confidence = end_of_text, Confidence.GUESS
    spans = tuple(_spans(lines, zones, found.attested, length))
    return Division(spans, style, found.rule, confidence, min(end_of_own, end_of_text), end_of_text)


def _find_signatures(lines: Sequence[Line], zones: list[Zone]) -> None:
    """Own lines from a delimiter (RFC 3676 §4.3) on, and those in an element that a client makes for it."""
    for zone, group in groupby(range(len(lines)), key=tuple(zones).__getitem__):
        if zone is not Zone.OWN:
            continue
        numbers = list(group)
        delimiters = [number for number in numbers if lines[number].text in _DELIMITERS]
        exact = [number for number in delimiters if lines[number].text == _DELIMITERS[0]]
        begins = (exact or delimiters or [len(lines)])[-1]
        for number in numbers:
            if number >= begins or lines[number].signature:
                zones[number] = Zone.SIGNATURE


def _style(zones: Sequence[Zone]) -> Style:
    """How the author posted, told by the order of the zones."""
    order = [zone for zone, _ in groupby(zones)]
    trails = [number for number, zone in enumerate(order) if zone in _TRAILS]
    if not trails:
        return Style.NEW
    own = [number for number, zone in enumerate(order) if zone is Zone.OWN]
    if any(trails[0] < number < trails[-1] for number in own):
        return Style.INTERLEAVED
    if (own and own[-1] > trails[0]) or (not own and order[-1] is Zone.SIGNATURE):
        return Style.BOTTOM
    return Style.FORWARD if order[trails[0]] is Zone.FORWARDED else Style.TOP


def _spans(
    lines: Sequence[Line], zones: Sequence[Zone], attested: Sequence[bool], length: int
) -> Iterator[Span]:
    """The zones as spans that cover the text. Markup above the first line is own text."""
    start, zone, sure = 0, Zone.OWN, True
    for number in _changes(zones, attested):
        line = lines[number]
        trail = zones[number] in _TRAILS and zone not in _TRAILS
        begin = line.rule_begin if trail and line.rule_begin >= 0 else line.begin
        if begin > start:
            yield Span(zone, start, begin, sure)
            start = begin
        zone, sure = zones[number], attested[number]
    if length > start:
        yield Span(zone, start, length, sure)


def _changes(zones: Sequence[Zone], attested: Sequence[bool]) -> Iterator[int]:
    """The lines that are not as the one above is. Above the first are own words."""
    other = map(is_not, zones, chain((Zone.OWN,), zones))
    surer = map(is_not, attested, chain((True,), attested))
    return compress(count(), map(or_, other, surer))
