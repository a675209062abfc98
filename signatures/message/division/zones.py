"""What a division of a text says: whose words stand where, and where a block may be put."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Zone(StrEnum):
    """Whose words a span holds."""

    OWN = "own"
    """The author's own words, between and below quotations too."""

    SIGNATURE = "signature"
    """The author's own signature as the client wrote it, its delimiter (RFC 3676 §4.3) included."""

    TRAIL = "trail"
    """Quoted earlier messages, with the lines that attribute or announce them."""

    FORWARDED = "forwarded"
    """A message that is sent on, with its announcement and its copied header."""


class Style(StrEnum):
    """How the author posted."""

    NEW = "new"
    """Nothing is quoted."""

    TOP = "top"
    """Own words stand above the trail only, if there are any."""

    BOTTOM = "bottom"
    """Own words stand below the trail."""

    INTERLEAVED = "interleaved"
    """Own words stand between quoted runs."""

    FORWARD = "forward"
    """A forwarded message, with or without own words above it."""


class Confidence(StrEnum):
    """How sure the rule is that found the first boundary."""

    CERTAIN = "certain"
    LIKELY = "likely"
    GUESS = "guess"


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` of a text, all of one zone.

    `attested` is False for a trail that is good enough to put a block above it, yet not enough to keep its
    words from the checks: an author could have made it up. For checks such a span is the author's own.
    """

    zone: Zone
    start: int
    end: int
    attested: bool = True

    @property
    def owned(self) -> bool:
        """Whether the checks read it as the author's."""
        return self.zone in {Zone.OWN, Zone.SIGNATURE} or not self.attested


@dataclass(frozen=True, slots=True)
class Division:
    """A text part divided. Offsets are of characters in the text as decoded, its line ends as they are.

    `spans` follow on each other and cover the text. `rule` names what found the first boundary. A block goes
    to `end_of_own` after the own words, their signature included, and above the trail; where own words stand
    below or between quotations, or nothing is quoted, that is `end_of_text`. In HTML block-level markup may
    stand at both; an HTML span need not hold whole elements.
    """

    spans: tuple[Span, ...]
    style: Style
    rule: str
    confidence: Confidence
    end_of_own: int
    end_of_text: int

    @property
    def end_of_authors(self) -> int:
        """Where the last span ends that holds the author's words or signature."""
        own = (span.end for span in reversed(self.spans) if span.zone in {Zone.OWN, Zone.SIGNATURE})
        return next(own, 0)
