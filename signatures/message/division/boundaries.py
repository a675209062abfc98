"""Which lines of a text are whose words: the strategies, in the order in which they are tried on each line.

1. An attribution followed by quoted lines. 2. A block of copied header lines. 3. A quotation that the client
marks by an element. 4. A boundary that the client marks. 5. An announcement between rules, a full header
block, an attribution with date, time and address. 6. An attribution in an unknown language.

Where an author could hide words by making them look like a trail, they count as the author's for the checks:
a quotation is attested only below an attribution with a date, and a block of header lines ends the own text
only with From, a date, and To or Subject, and if From is not its first line, only where it is announced as a
message. What the strategies from 3 on find by themselves is a trail to put a block above, not an attested
one. A line of `>` without any attribution is the author's, as people write such lines for emphasis, and so is
all text below and between quotations.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from signatures.message.division import announced, attribution, header_block
from signatures.message.division.lines import Line, bare_lines
from signatures.message.division.zones import Confidence, Zone

_HINT = re.compile(rf">|[ \t]*+(?:[-‐–—_=]{{2}}|{attribution.HINT}|{header_block.HINT})", re.IGNORECASE)
"""A line without which nothing of plain text is trail: most new messages have none."""

_NO_TRAIL = "no_trail"


@dataclass(frozen=True, slots=True)
class Boundaries:
    """For each line its zone, and whether that is attested. `first` is the first line of trail, or -1."""

    zones: tuple[Zone, ...]
    attested: tuple[bool, ...]
    first: int
    rule: str
    confidence: Confidence


def boundaries(lines: Sequence[Line]) -> Boundaries:
    """Find whose words each line holds."""
    if any(map(_HINT.match, [line.text for line in lines])) or any(
        line.mark or line.opens or line.indented for line in lines
    ):
        return _Finder(lines).found()
    count = len(lines)
    return Boundaries((Zone.OWN,) * count, (True,) * count, -1, _NO_TRAIL, Confidence.CERTAIN)


class _Finder:
    """One pass over the lines."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        texts = [line.text for line in lines]
        self._bare = bare_lines(texts)
        self._quoted = [text.startswith(">") for text in texts]
        if any(line.mark for line in lines):
            self._quoted = [
                quoted or bool(line.mark) for quoted, line in zip(self._quoted, lines, strict=True)
            ]
        self._may_follow = [quoted or line.indented for quoted, line in zip(self._quoted, lines, strict=True)]
        self._kinds = header_block.kinds_of(lines, self._bare)
        self._beginnings = attribution.beginnings(self._bare)
        self._continuing = [
            quoted and not kind for quoted, kind in zip(self._quoted, self._kinds, strict=True)
        ]  # Quoted lines that begin nothing themselves: below an attribution there is nothing to judge.
        for number in self._beginnings:
            self._continuing[number] = False
        self._continuing.append(False)
        self._zones = [Zone.OWN] * len(lines)
        self._attested = [True] * len(lines)
        self._first = -1
        self._rule, self._confidence = _NO_TRAIL, Confidence.CERTAIN
        self._below_attribution = False
        self._guessed = False  # Below an attribution in an unknown language.
        self._rest: Zone | None = None  # Below a boundary after which all is trail, though not attested.
        self._forwarded_run = -1  # The quotation that is a forwarded message.
        self._indented_run = False  # Below an attribution of a blockquote without a mark.

    def found(self) -> Boundaries:
        """Judge all lines."""
        number, count, continuing = 0, len(self._lines), self._continuing
        while number < count:
            if self._below_attribution and continuing[number]:
                stop = continuing.index(False, number)
                if self._forwarded_run < 0:
                    self._zones[number:stop] = [Zone.TRAIL] * (stop - number)
                else:
                    self._zones[number:stop] = map(self._zone_quoted, range(number, stop))
                number = stop
            else:
                number += self._step(number)
        return Boundaries(
            tuple(self._zones), tuple(self._attested), self._first, self._rule, self._confidence
        )

    def _step(self, number: int) -> int:
        """Judge the line, and say how many have been judged."""
        line = self._lines[number]
        marked = line.mark or line.opens or line.indented
        if not (marked or self._rest or self._kinds[number] or _HINT.match(line.text)):
            self._guessed = self._indented_run = False
            return 1
        if length := self._attribution(number):
            self._attributed(number, length)
            return length
        if self._kinds[number] and self._is_header_block(number):
            return self._headed(number)
        if self._quoted[number] and self._below_attribution:
            self._mark(number, number + 1, self._zone_quoted(number))
        elif not self._unattested(number) and not self._quoted[number]:
            self._guessed = self._indented_run = False
        return 1

    def _zone_quoted(self, number: int) -> Zone:
        """The zone of a quoted line below an attribution."""
        line = self._lines[number]
        return Zone.FORWARDED if line.mark and line.run == self._forwarded_run else Zone.TRAIL

    def _attribution(self, number: int) -> int:
        """The lines that an attribution takes which begins here, if the next line is quoted; or 0."""
        if number not in self._beginnings:
            return 0
        follows = self._may_follow[number + 1 : number + 1 + attribution.MOST_LINES]
        if True not in follows:
            return 0
        length = attribution.attribution(self._lines, self._bare, number)
        return length if length and follows[length - 1 : length] == [True] else 0

    def _headed(self, number: int) -> int:
        """A block of header lines: a trail that is not itself quoted reaches to the end."""
        line = self._lines[number]
        zone = Zone.FORWARDED if self._is_forwarded(number) else Zone.TRAIL
        self._boundary(number, number + 1, zone, *self._rule_of_block(number, zone))
        if not self._quoted[number]:
            self._mark(number, len(self._lines), zone)
            return len(self._lines) - number
        self._below_attribution = True
        self._forwarded_run = line.run if zone is Zone.FORWARDED else self._forwarded_run
        return 1

    def _attributed(self, number: int, length: int) -> None:
        """An attribution, and with it what announces it."""
        line = self._lines[number]
        below = number + length
        marked = self._quoted[below]
        client = line.mark or self._lines[below].mark
        rule = client or "attribution_then_quotes"
        confidence = Confidence.CERTAIN if marked else Confidence.LIKELY
        self._boundary(number, number + length, Zone.TRAIL, rule, confidence, attested=marked)
        self._below_attribution = self._below_attribution or marked
        self._indented_run = not marked

    def _is_header_block(self, number: int) -> bool:
        where = (self._lines, self._bare, self._kinds, number)
        if self._is_announced(number):
            return header_block.is_block(*where)
        if not header_block.begins_block(self._lines, self._kinds, number):
            return False
        return header_block.is_block(*where) and not header_block.is_timetable(*where)

    def _is_announced(self, number: int) -> bool:
        """Whether a line is announced as the beginning of a message, by words or by its client."""
        line = self._lines[number]
        if line.opens or (line.mark and not line.visible and self._begins_run(number)):
            return True
        return announced.is_announcement(self._above(number))

    def _above(self, number: int) -> str:
        """The line above, or the one above that where it is empty but for quotation marks."""
        return next((line for line in reversed(self._bare[max(0, number - 2) : number]) if line), "")

    def _begins_run(self, number: int) -> bool:
        return number == 0 or self._lines[number - 1].run != self._lines[number].run

    def _is_forwarded(self, number: int) -> bool:
        if self._lines[number].mark == "moz_forward_container":
            return True
        return announced.announces_forward(self._above(number))

    def _rule_of_block(self, number: int, zone: Zone) -> tuple[str, Confidence]:
        line = self._lines[number]
        if client := line.mark or line.opens:
            return client, Confidence.CERTAIN
        if zone is Zone.FORWARDED:
            return "forwarded_message", Confidence.CERTAIN
        if announced.is_announcement(self._above(number)):
            return "original_message", Confidence.CERTAIN
        full = header_block.is_full_block(self._lines, self._bare, self._kinds, number)
        return "header_block", Confidence.CERTAIN if full else Confidence.LIKELY

    def _unattested(self, number: int) -> bool:
        """Judge a line that may be trail to put a block above only. Whether it is."""
        line = self._lines[number]
        if self._rest:
            self._mark(number, number + 1, self._rest, attested=False)
            return True
        if line.mark:
            if not self._begins_run(number):
                self._mark(number, number + 1, Zone.TRAIL, attested=False)
                return True
            start = self._prefix(number)
            likely = start < number or line.mark != "blockquote_cite"
            confidence = Confidence.LIKELY if likely else Confidence.GUESS
            self._boundary(start, number + 1, Zone.TRAIL, line.mark, confidence, attested=False)
            return True
        if rule := self._opens_rest(number):
            forwarded = announced.announces_forward(self._bare[number])
            self._rest = Zone.FORWARDED if forwarded else Zone.TRAIL
            self._boundary(number, number + 1, self._rest, rule, Confidence.LIKELY, attested=False)
            return True
        if (self._quoted[number] and self._guessed) or (line.indented and self._indented_run):
            self._mark(number, number + 1, Zone.TRAIL, attested=False)
            return True
        if (
            self._quoted[number]
            and not (number and self._quoted[number - 1])
            and (start := self._prefix(number)) < number
        ):
            self._guessed = True
            self._boundary(
                start, number + 1, Zone.TRAIL, "unknown_attribution", Confidence.GUESS, attested=False
            )
            return True
        return False

    def _opens_rest(self, number: int) -> str:
        """The rule by which all from a line on is trail, if any."""
        line = self._lines[number]
        if self._quoted[number] or not self._bare[number]:
            return ""
        if line.opens and (
            line.opens == "outlook_reply_header"
            or header_block.is_block_in_any_language(self._lines, self._bare, number)
        ):
            return line.opens
        said = self._bare[number]
        if announced.is_ruled_announcement(said) or announced.is_announcement_with_fields(said):
            return "announced_message"
        if (
            self._kinds[number]
            and number
            and header_block.is_full_block(self._lines, self._bare, self._kinds, number)
        ):
            return "header_block"
        return "full_attribution" if attribution.full_attribution(self._lines, self._bare, number) else ""

    def _prefix(self, number: int) -> int:
        """Where the attribution begins that stands directly above a quotation, in whatever language."""
        at = number - 1
        if at < 0 or self._zones[at] is not Zone.OWN or self._quoted[at]:
            return number
        if not (self._lines[at].prefix or attribution.is_any_attribution(self._bare[at])):
            return number
        while at > 0 and self._lines[at].prefix and self._lines[at - 1].prefix:
            at -= 1
        return at

    def _boundary(
        self, start: int, end: int, zone: Zone, rule: str, confidence: Confidence, *, attested: bool = True
    ) -> None:
        """Lines of a trail, the separators above with them."""
        above = at = start
        while at > 0 and self._may_announce(at - 1, attested):
            at -= 1
            if self._bare[at]:
                above = at
        first = self._first < 0 or above <= self._first
        self._mark(above, end, zone, attested=attested)
        if first:
            self._rule, self._confidence = rule, confidence

    def _may_announce(self, number: int, attested: bool) -> bool:
        """Whether a line is a separator that no trail above has, or none that is as sure."""
        free = self._zones[number] is Zone.OWN or (attested and not self._attested[number])
        return free and announced.is_separator(self._bare[number])

    def _mark(self, start: int, end: int, zone: Zone, *, attested: bool = True) -> None:
        for at in range(start, end):
            self._zones[at], self._attested[at] = zone, attested
        if start < end and (self._first < 0 or start < self._first):
            self._first = start
