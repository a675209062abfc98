"""What happened to a request, in order and for good: events are added, never changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from config.base import london_day
from gateway.foi.regimes import Regime


class NotAHistory(ValueError):
    """These events cannot be the history of a request."""


class Kind(StrEnum):
    """What can happen that the clocks take note of."""

    RECEIVED = "received"
    REGIMES_CHANGED = "regimes changed"
    CLARIFICATION_ASKED = "clarification asked"
    CLARIFICATION_RECEIVED = "clarification received"
    FEE_NOTICE = "fee notice given"
    FEE_PAID = "fee paid"
    IDENTITY_ASKED = "proof of identity asked"
    IDENTITY_RECEIVED = "proof of identity received"
    PUBLIC_INTEREST = "time taken for the public interest"
    EXTENDED = "extension told"
    ANSWERED = "answered"
    REVIEW_ASKED = "review asked"
    REVIEW_EXTENDED = "review extended"
    REVIEW_ANSWERED = "review answered"


_OF_REGIMES = {Kind.RECEIVED, Kind.REGIMES_CHANGED}
_OF_ONE_REGIME_ANYWAY = {
    Kind.IDENTITY_ASKED,
    Kind.IDENTITY_RECEIVED,
    Kind.PUBLIC_INTEREST,
    Kind.REVIEW_EXTENDED,
}


@dataclass(frozen=True)
class Event:
    """Something that happened at a moment.

    `regimes` says whose clock it concerns, and for the receipt and for a change which regimes there are from then on.
    `until` is the day by which a decision on the public interest was promised.
    """

    kind: Kind
    at: datetime
    regimes: frozenset[Regime] = frozenset()
    until: date | None = None

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise NotAHistory("A moment without a time zone falls on no certain day.")
        if (self.kind is Kind.PUBLIC_INTEREST) != (self.until is not None):
            raise NotAHistory(
                "Time taken for the public interest has a day until when, and nothing else has."
            )
        if self.kind in _OF_REGIMES and not self.regimes:
            raise NotAHistory("A request is made under one regime at least.")

    @property
    def day(self) -> date:
        """The day on which it happened, by the calendar of Europe/London and whatever the hour."""
        return london_day(self.at)

    def concerns(self, regime: Regime) -> bool:
        """Whether it is about the clock of a regime: without a name it is about all of them."""
        return not self.regimes or regime in self.regimes


@dataclass(frozen=True)
class History:
    """All that happened to one request. What is entered late takes the place that its moment gives it."""

    events: tuple[Event, ...]

    def __post_init__(self) -> None:
        ordered = tuple(sorted(self.events, key=lambda event: event.at))
        object.__setattr__(self, "events", ordered)
        if not ordered or ordered[0].kind is not Kind.RECEIVED:
            raise NotAHistory("A history begins with the receipt of the request.")
        if any(event.kind is Kind.RECEIVED for event in ordered[1:]):
            raise NotAHistory(
                "A request is received once; a second letter is another request or a clarification."
            )
        self._each_says_whose()

    def _each_says_whose(self) -> None:
        regimes = self.events[0].regimes
        for event in self.events[1:]:
            if event.kind is Kind.REGIMES_CHANGED:
                regimes = event.regimes
            elif len(regimes) > 1 and not event.regimes and event.kind not in _OF_ONE_REGIME_ANYWAY:
                # Of a fee for the environmental part it must not be thought that it stops the clock of the SAR.
                raise NotAHistory("Of a request under several regimes, say which of them this is about.")

    def then(self, event: Event) -> History:
        """This history and one more event."""
        return replace(self, events=(*self.events, event))

    def until(self, day: date) -> History:
        """As much of it as had happened by the end of a day; the receipt is always part of it."""
        return replace(self, events=(self.received, *(each for each in self.events[1:] if each.day <= day)))

    @property
    def received(self) -> Event:
        """The receipt of the request."""
        return self.events[0]

    @property
    def changes(self) -> tuple[Event, ...]:
        """The changes of regime."""
        return tuple(event for event in self.events if event.kind is Kind.REGIMES_CHANGED)

    @property
    def regimes(self) -> frozenset[Regime]:
        """The regimes under which the request is answered, after all changes."""
        return self.changes[-1].regimes if self.changes else self.received.regimes
