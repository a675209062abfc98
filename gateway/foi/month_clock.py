"""The clock that counts in months: a subject access request, UK GDPR Articles 12(3) and 12A, one event after another.

The month runs from the relevant time (Article 12A(2)): when the request came, or later the proof of identity that was
asked for, or the fee. The day of receipt itself is not counted: the month ends on the corresponding date, and where
that is no working day at the end of the next one (Article 3(1) and (4) of Regulation (EEC, Euratom) No 1182/71, the
ICO's guidance). The days from asking for clarification until it comes, both included, do not count (Article 12A(5)).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from gateway.foi.history import Event, Kind
from gateway.foi.months import months_after
from gateway.foi.regimes import NAMES, Regime
from gateway.foi.words import holidays_passed, said, weekend
from gateway.foi.working_days import Spell, WorkingDays, within

_DAY = timedelta(days=1)
_MONTHS_EXTENDED = 3


@dataclass(frozen=True)
class Months:
    """How far a count in months has come."""

    calendar: WorkingDays
    start: date
    months: int = 1
    pauses: tuple[Spell, ...] = ()
    asked: date | None = None
    identity: date | None = None
    fee: date | None = None
    answered: date | None = None
    steps: tuple[str, ...] = ()

    @property
    def unrolled(self) -> date:
        """The last day of the period, be it a working day or not."""
        return _end(self.calendar, self.start, self.months, self.pauses)

    @property
    def due(self) -> date:
        """The last day on which an answer is in time, as far as is known."""
        return self.calendar.on_or_after(self.unrolled)

    @property
    def within(self) -> date:
        """The last day to tell of an extension: within the first month (Article 12A(4)), pauses apart (12A(5))."""
        return self.calendar.on_or_after(_end(self.calendar, self.start, 1, self.pauses))

    @property
    def stands_still(self) -> bool:
        """Whether it waits for the requester."""
        return self.asked is not None or self.identity is not None or self.fee is not None

    def in_time(self, day: date) -> bool:
        """Whether on a day the time was not up yet."""
        return self.stands_still or day <= self.due

    def used(self, until: date) -> int:
        """The days that have counted so far."""
        days = (self.start + timedelta(days=ahead) for ahead in range(1, (until - self.start).days + 1))
        return sum(not within(day, self.pauses) for day in days)

    def saying(self, sentence: str) -> Months:
        """The same count, and one more sentence that explains it."""
        return replace(self, steps=(*self.steps, sentence))


def begin(calendar: WorkingDays, received: date) -> Months:
    """A count that begins with the receipt of the request."""
    steps = (f"Received on {said(received)}; counted under {NAMES[Regime.SAR]}.", *weekend(received))
    return Months(calendar, received, steps=steps)


def taking(count: Months, event: Event) -> Months:
    """The count after one more event. After the answer nothing moves it any more."""
    effect = _EFFECTS.get(event.kind)
    if effect is None or count.answered is not None or not event.concerns(Regime.SAR):
        return count
    return effect(count, event)


def explained(count: Months) -> tuple[str, ...]:
    """The sentences of a count, with the count itself and what it rolled over."""
    if count.stands_still:
        return count.steps
    months = "one calendar month ends" if count.months == 1 else "three calendar months end"
    end = months_after(count.start, count.months)
    steps = [*count.steps, f"From {said(count.start)} {months} on {said(end)} (Articles 12(3) and 12A)."]
    if end.day != count.start.day:
        steps.append(f"{end:%B} has no day {count.start.day}, so it is the last day of that month.")
    if count.unrolled != end:
        steps.append(
            f"With the days that do not count the time ends on {said(count.unrolled)} (Article 12A(5))."
        )
    if count.due != count.unrolled:
        passed = holidays_passed(count.calendar, count.unrolled - _DAY, count.due, "in England")
        steps += [
            *passed,
            f"{said(count.unrolled)} is no working day, so the time runs to the end of {said(count.due)} "
            "(Regulation 1182/71, Article 3(4)).",
        ]
    return tuple(steps)


def _end(calendar: WorkingDays, start: date, months: int, pauses: tuple[Spell, ...]) -> date:
    """The last day of a period, once the days that do not count are put behind it."""
    end = months_after(start, months)
    for asked, received in pauses:
        # The day of receipt is no part of the period: nothing can be taken out of it there.
        first = max(asked, start + _DAY)
        if first <= received:
            # Asked on a day to which the period had been rolled, what is left is what was left to that day.
            last = end if first <= end else calendar.on_or_after(end)
            end = last + (received - first + _DAY)
    return end


def _clarification_asked(count: Months, event: Event) -> Months:
    if not count.in_time(event.day):
        return count.saying(
            f"Clarification was asked on {said(event.day)}, after the time was up: it moves nothing."
        )
    if count.asked is not None:
        return count.saying(f"Asked for clarification again on {said(event.day)}.")
    asked = count.saying(
        f"Clarification was asked on {said(event.day)}: the clock is paused from that day (Article 12A(5))."
    )
    return replace(asked, asked=event.day)


def _clarification_received(count: Months, event: Event) -> Months:
    if count.asked is None:
        return count.saying(f"What came on {said(event.day)} was not asked for: the count goes on as it was.")
    days = (event.day - count.asked).days + 1
    came = count.saying(
        f"The clarification came on {said(event.day)}: "
        f"{'1 day does' if days == 1 else f'{days} days do'} not count, both the day of asking and this day among them."
    )
    return replace(came, asked=None, pauses=(*count.pauses, (count.asked, event.day)))


def _identity_asked(count: Months, event: Event) -> Months:
    if not count.in_time(event.day):
        return count.saying(
            f"Proof of identity was asked on {said(event.day)}, after the time was up: it moves nothing."
        )
    asked = count.saying(
        f"Proof of identity was asked on {said(event.day)}: the month begins when it comes (Article 12A(2)(b))."
    )
    return replace(asked, identity=count.identity or event.day)


def _identity_received(count: Months, event: Event) -> Months:
    if count.identity is None:
        return count.saying(f"What came on {said(event.day)} was not asked for: the count goes on as it was.")
    proved = count.saying(f"Proof of identity came on {said(event.day)}: the month runs from that day.")
    return replace(proved, identity=None, start=event.day)


def _fee_notice(count: Months, event: Event) -> Months:
    if not count.in_time(event.day):
        return count.saying(
            f"The fee was asked on {said(event.day)}, after the time was up: it moves nothing."
        )
    asked = count.saying(
        f"A fee was asked on {said(event.day)} (Article 12(5)): the month begins when it is paid (Article 12A(2)(c))."
    )
    return replace(asked, fee=count.fee or event.day)


def _fee_paid(count: Months, event: Event) -> Months:
    if count.fee is None:
        return count.saying(
            f"A payment came on {said(event.day)} that no open notice asked for: it moves nothing."
        )
    paid = count.saying(f"The fee came on {said(event.day)}: the month runs from that day.")
    return replace(paid, fee=None, start=event.day)


def _extended(count: Months, event: Event) -> Months:
    if not count.stands_still and event.day > count.within:
        return count.saying(
            f"An extension was told on {said(event.day)}, after {said(count.within)}, the last day for it "
            "(Article 12A(4)): it is not counted."
        )
    told = count.saying(
        f"On {said(event.day)} the requester was told of two further months, for the complexity or the number of "
        "requests, and why (Article 12A(3) and (4)): three months in all."
    )
    return replace(told, months=_MONTHS_EXTENDED)


def _public_interest(count: Months, event: Event) -> Months:
    return count.saying("More time for the public interest is of FOIA s.10(3); here there is none.")


def _answered(count: Months, event: Event) -> Months:
    return replace(count, answered=event.day).saying(f"Answered on {said(event.day)}.")


_EFFECTS: dict[Kind, Callable[[Months, Event], Months]] = {
    Kind.CLARIFICATION_ASKED: _clarification_asked,
    Kind.CLARIFICATION_RECEIVED: _clarification_received,
    Kind.IDENTITY_ASKED: _identity_asked,
    Kind.IDENTITY_RECEIVED: _identity_received,
    Kind.FEE_NOTICE: _fee_notice,
    Kind.FEE_PAID: _fee_paid,
    Kind.EXTENDED: _extended,
    Kind.PUBLIC_INTEREST: _public_interest,
    Kind.ANSWERED: _answered,
}
