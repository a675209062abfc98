"""Internal reviews: how long one may take, and how long a requester has to ask for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from gateway.foi.clock import AS_EVER, Clock, Counting, Matter, state_of
from gateway.foi.history import Event, History, Kind
from gateway.foi.regimes import EXTENDED_TO, REVIEW_ASKED_WITHIN, TERMS, Regime
from gateway.foi.words import counted, holidays_passed, said, weekend

_ONLY_A_CODE = (
    "No Act sets this time: the Code recommends 20 working days, and at most 40 in exceptional cases."
)


def reviews(history: History, regime: Regime, today: date, counting: Counting) -> tuple[Clock, ...]:
    """A clock for each review that was asked for, in order.

    A second letter before the first review was answered is part of it. There are none for a subject access request,
    where a complaint is of another kind (Data Protection Act 2018 s.164A).
    """
    if regime is Regime.SAR:
        return ()
    begun: list[list[Event]] = []
    for event in history.until(today).events:
        if not event.concerns(regime):
            continue
        over = not begun or begun[-1][-1].kind is Kind.REVIEW_ANSWERED
        if event.kind is Kind.REVIEW_ASKED and over:
            begun.append([event])
        elif event.kind in {Kind.REVIEW_ASKED, Kind.REVIEW_EXTENDED, Kind.REVIEW_ANSWERED} and not over:
            begun[-1].append(event)
    return tuple(_review(history, regime, events, today, counting) for events in begun)


def review_to_be_asked_by(history: History, regime: Regime, counting: Counting = AS_EVER) -> date | None:
    """The last day for the requester to ask for a review; None before there is an answer, and for a SAR.

    EIR reg 11(2): 40 working days after the date on which the requester believes that the council failed to comply,
    which is taken to be the answer. Under FOIA it is the practice of the section 45 Code, and no right is lost.
    """
    answers = [event for event in history.events if event.kind is Kind.ANSWERED and event.concerns(regime)]
    if regime is Regime.SAR or not answers:
        return None
    return counting.calendar(regime).after(answers[0].day, REVIEW_ASKED_WITHIN)


def _review(history: History, regime: Regime, events: list[Event], today: date, counting: Counting) -> Clock:
    calendar, terms = counting.calendar(regime), TERMS[regime]
    since = events[0].day
    answered = events[-1].day if events[-1].kind is Kind.REVIEW_ANSWERED else None
    usual = calendar.after(since, terms.review_days)
    extended = not terms.review_statutory and any(
        event.kind is Kind.REVIEW_EXTENDED and event.day <= usual for event in events
    )
    days = EXTENDED_TO if extended else terms.review_days
    due = calendar.after(since, days)
    return Clock(
        regime=regime,
        matter=Matter.REVIEW,
        since=since,
        due=due,
        target=calendar.before(due, counting.target_before),
        state=state_of(answered, due, None, today),
        used=calendar.between(since, min(answered or today, today)),
        tell_by=None if terms.review_statutory or extended or answered is not None else usual,
        statutory=terms.review_statutory,
        steps=(
            f"A review was asked for on {said(since)} ({terms.review}).",
            *weekend(since),
            *_remarks(regime, events, usual, review_to_be_asked_by(history, regime, counting)),
            *holidays_passed(calendar, since, due, "anywhere (FOIA s.10(6))"),
            counted(since, days, due, terms.review),
            *(() if terms.review_statutory else (_ONLY_A_CODE,)),
            *(() if answered is None else (f"Answered on {said(answered)}.",)),
        ),
    )


def _remarks(regime: Regime, events: list[Event], usual: date, last: date | None) -> Iterator[str]:
    """What is to be said of a request for review that came late, and of more time."""
    if last is not None and events[0].day > last:
        yield f"That is after {said(last)}, 40 working days from the answer: whether to take it is your decision."
    for event in events[1:]:
        if event.kind is not Kind.REVIEW_EXTENDED:
            continue
        if TERMS[regime].review_statutory or event.day > usual:
            yield f"More time was told on {said(event.day)}: it is not counted."
        else:
            yield f"On {said(event.day)} the requester was told that it needs more time, at most 40 working days."
