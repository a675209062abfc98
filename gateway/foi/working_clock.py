"""The clocks that count in working days: FOIA s.10 and EIR regs 5, 7, 8 and 9, one event after another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from gateway.foi.history import Event, Kind
from gateway.foi.months import last_day_beginning_with
from gateway.foi.regimes import (
    ANSWER_WITHIN,
    CHARGE_DAYS,
    EXTENDED_TO,
    FEE_MONTHS,
    NAMES,
    TERMS,
    Regime,
    Terms,
)
from gateway.foi.words import counted, holidays_passed, said, weekend
from gateway.foi.working_days import Spell, WorkingDays


@dataclass(frozen=True)
class Count:
    """How far a count has come. `promised` is the day and number from an extension before a clarification."""

    regime: Regime
    calendar: WorkingDays
    start: date
    limit: int = ANSWER_WITHIN
    promised: tuple[date, int] | None = None
    until: date | None = None
    disregarded: tuple[Spell, ...] = ()
    asked: date | None = None
    fee: date | None = None
    lapsed: bool = False
    answered: date | None = None
    steps: tuple[str, ...] = ()

    @property
    def terms(self) -> Terms:
        """What the regime says about time."""
        return TERMS[self.regime]

    @property
    def within(self) -> date:
        """The last day of the twenty working days, in which a notice of more time must be given."""
        return self.calendar.after(self.start, ANSWER_WITHIN, self.disregarded)

    @property
    def due(self) -> date:
        """The last day on which an answer is in time, as far as is known."""
        days = [self.calendar.after(self.start, self.limit, self.disregarded)]
        if self.promised is not None:
            days.append(self.calendar.after(*self.promised, self.disregarded))
        if self.until is not None:
            # A day that the council itself has named is not put off because it is a holiday.
            days.append(self.calendar.on_or_before(self.until))
        return max(days)

    @property
    def stands_still(self) -> bool:
        """Whether it waits for the requester."""
        return self.asked is not None or self.fee is not None

    def in_time(self, day: date) -> bool:
        """Whether on a day there was still time to ask for something: EIR regs 8(4) and 9(2)(a) say the twenty days.

        FOIA s.9(1) says the period for complying, and s.1(3) nothing; the twenty days are the cautious reading.
        """
        return self.stands_still or day <= self.within

    def saying(self, sentence: str) -> Count:
        """The same count, and one more sentence that explains it."""
        return replace(self, steps=(*self.steps, sentence))


def begin(regime: Regime, calendar: WorkingDays, received: date) -> Count:
    """A count that begins with the receipt of the request."""
    steps = (f"Received on {said(received)}; counted under {NAMES[regime]}.", *weekend(received))
    return Count(regime, calendar, received, steps=steps)


def taking(count: Count, event: Event) -> Count:
    """The count after one more event. After the answer, or when the request has lapsed, nothing moves it any more."""
    effect = _EFFECTS.get(event.kind)
    if effect is None or count.answered is not None or not event.concerns(count.regime):
        return count
    lapsed = _lapse(count, event.day)
    return lapsed if lapsed.lapsed and event.kind is not Kind.ANSWERED else effect(lapsed, event)


def at_the_end_of(count: Count, today: date) -> Count:
    """The count as it stands on a day: a fee that was not paid in its time has lapsed by then."""
    return _lapse(count, today)


def explained(count: Count) -> tuple[str, ...]:
    """The sentences of a count, with the count itself and the holidays it stepped over."""
    if count.stands_still or count.lapsed:
        return count.steps
    end = count.calendar.after(count.start, count.limit, count.disregarded)
    said_by = count.terms.receipt if count.limit == ANSWER_WITHIN else count.terms.extension
    steps = (
        *count.steps,
        *holidays_passed(count.calendar, count.start, end, "anywhere (FOIA s.10(6))"),
        counted(count.start, count.limit, end, said_by, bool(count.disregarded)),
    )
    return (
        steps
        if end == count.due
        else (*steps, f"Because more time was taken before, it is due on {said(count.due)}.")
    )


def _clarification_asked(count: Count, event: Event) -> Count:
    if not count.in_time(event.day):
        # FOIA s.10(6)(b) might be read otherwise; reg 9(2)(a) may not. The time that is up stays up.
        return count.saying(
            f"Clarification was asked on {said(event.day)}, after the time was up: it moves nothing "
            f"({count.terms.clarification})."
        )
    if count.asked is not None:
        return count.saying(f"Asked for clarification again on {said(event.day)}.")
    asked = count.saying(
        f"Clarification was asked on {said(event.day)}: until it comes there is no day by which to answer, and when "
        f"it has come the count begins again ({count.terms.clarification})."
    )
    return replace(asked, asked=event.day)


def _clarification_received(count: Count, event: Event) -> Count:
    if count.asked is None:
        return count.saying(f"What came on {said(event.day)} was not asked for: the count goes on as it was.")
    promised = (count.start, count.limit) if count.limit > ANSWER_WITHIN else count.promised
    restarted = count.saying(
        f"The clarification came on {said(event.day)}: the count begins again with that day as the day of receipt "
        f"({count.terms.clarification})."
    )
    return replace(restarted, start=event.day, limit=ANSWER_WITHIN, promised=promised, asked=None)


def _fee_notice(count: Count, event: Event) -> Count:
    if not count.in_time(event.day):
        return count.saying(
            f"The fee was asked on {said(event.day)}, after the time was up: it moves nothing."
        )
    if count.fee is not None:
        return count.saying(f"The fee was asked again on {said(event.day)}; the first notice counts.")
    noticed = count.saying(
        f"A fee was asked on {said(event.day)}, to be paid by {said(_fee_by(count, event.day))}. The working days from "
        f"then until the fee comes are disregarded, both included ({count.terms.fee})."
    )
    return replace(noticed, fee=event.day)


def _fee_paid(count: Count, event: Event) -> Count:
    if count.fee is None:
        return count.saying(
            f"A payment came on {said(event.day)} that no open notice asked for: it moves nothing."
        )
    left_out = count.calendar.between(max(count.start, count.fee), event.day)
    left_out += count.fee > count.start and count.calendar.is_working_day(count.fee)
    paid = count.saying(f"The fee came on {said(event.day)}: {_so_many(left_out)} disregarded.")
    return replace(paid, fee=None, disregarded=(*count.disregarded, (count.fee, event.day)))


def _public_interest(count: Count, event: Event) -> Count:
    if count.regime is not Regime.FOIA or event.until is None:
        return count.saying("More time for the public interest is of FOIA s.10(3); here there is none.")
    if not count.stands_still and event.day > count.within:
        return count.saying(
            f"More time for the public interest was told on {said(event.day)}, after the twentieth working day, "
            f"{said(count.within)}, by which s.17(1) wants the notice: it is not counted."
        )
    told = replace(count, until=event.until).saying(
        f"On {said(event.day)} the requester was told that the public interest will be decided by {said(event.until)}: "
        f"a time that must be reasonable (FOIA s.10(3)); the notice itself is due within the twenty (s.17(1))."
    )
    if event.until > count.calendar.after(count.start, EXTENDED_TO, count.disregarded):
        told = told.saying(
            "That is more than the 20 further working days which guidance (section 45 Code, ICO) expects to be enough."
        )
    return told


def _extended(count: Count, event: Event) -> Count:
    if count.regime is not Regime.EIR:
        return count.saying(
            "FOIA knows no extension because a request is large: the count goes on as it was."
        )
    if not count.stands_still and event.day > count.within:
        return count.saying(
            f"An extension was told on {said(event.day)}, after {said(count.within)}, the last day for it "
            "(EIR reg 7(3)): it is not counted."
        )
    told = count.saying(
        f"On {said(event.day)} the requester was told that the complexity and volume need up to {EXTENDED_TO} working "
        "days (EIR reg 7(1) and (3))."
    )
    return replace(told, limit=EXTENDED_TO)


def _identity(count: Count, event: Event) -> Count:
    return count.saying(
        f"On {said(event.day)} there was a question of identity: under {NAMES[count.regime]} it stops no clock."
        if event.kind is Kind.IDENTITY_ASKED
        else f"Proof of identity came on {said(event.day)}: it moves nothing here."
    )


def _answered(count: Count, event: Event) -> Count:
    return replace(count, answered=event.day).saying(f"Answered on {said(event.day)}.")


def _lapse(count: Count, day: date) -> Count:
    if count.fee is None or count.lapsed or day <= _fee_by(count, count.fee):
        return count
    which = "s.9(2)" if count.regime is Regime.FOIA else "reg 8(5)"
    lapsed = count.saying(
        f"The fee had not come by {said(_fee_by(count, count.fee))}: there is no duty to answer any more ({which})."
    )
    return replace(lapsed, lapsed=True)


def _fee_by(count: Count, noticed: date) -> date:
    if count.regime is Regime.FOIA:
        return last_day_beginning_with(noticed, FEE_MONTHS)
    return count.calendar.after(noticed, CHARGE_DAYS)


def _so_many(days: int) -> str:
    return "1 working day is" if days == 1 else f"{days} working days are"


_EFFECTS: dict[Kind, Callable[[Count, Event], Count]] = {
    Kind.CLARIFICATION_ASKED: _clarification_asked,
    Kind.CLARIFICATION_RECEIVED: _clarification_received,
    Kind.FEE_NOTICE: _fee_notice,
    Kind.FEE_PAID: _fee_paid,
    Kind.PUBLIC_INTEREST: _public_interest,
    Kind.EXTENDED: _extended,
    Kind.IDENTITY_ASKED: _identity,
    Kind.IDENTITY_RECEIVED: _identity,
    Kind.ANSWERED: _answered,
}
