"""The clocks of a request: one for each regime and review, from its history and a day. Pure: nothing reads a clock."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import reduce

from gateway.foi import month_clock, working_clock
from gateway.foi.clock import AS_EVER, Clock, Counting, Matter, State, state_of
from gateway.foi.history import History
from gateway.foi.regimes import ANSWER_WITHIN, NAMES, Regime
from gateway.foi.reviews import reviews
from gateway.foi.words import said


def clocks(history: History, today: date, counting: Counting = AS_EVER) -> tuple[Clock, ...]:
    """The clocks of a request as they stand on a day, from all that had happened by its end.

    Each of the request's regimes has its own, and every review. A past day gives them as they stood then.
    """
    known = history.until(today)
    running = [clock(history, regime, today, counting) for regime in sorted(known.regimes)]
    asked = [each for regime in sorted(known.regimes) for each in reviews(known, regime, today, counting)]
    return (*running, *asked)


def clock(history: History, regime: Regime, today: date, counting: Counting = AS_EVER) -> Clock:
    """The clock of a request under one regime, be it its own or one that might be considered."""
    known = history.until(today)
    found = (
        _in_months(known, today, counting)
        if regime is Regime.SAR
        else _in_days(known, regime, today, counting)
    )
    changed = [event.day for event in known.changes if regime in event.regimes]
    if regime in known.received.regimes or not changed:
        return found
    moved = (
        f"Counted under {NAMES[regime]} since {said(changed[0])}, and from the receipt as if it had been so at once.",
    )
    return replace(found, steps=(*moved, *found.steps))


def former_clocks(history: History, today: date, counting: Counting = AS_EVER) -> tuple[Clock, ...]:
    """The clocks that a change of regime has ended, as they stood on the day of the change."""
    known = history.until(today)
    ended: list[Clock] = []
    regimes = known.received.regimes
    for change in known.changes:
        for regime in sorted(regimes - change.regimes):
            stood = clock(history, regime, change.day, counting)
            closed = f"Since {said(change.day)} the request is not handled under {NAMES[regime]} any more."
            ended.append(replace(stood, state=State.REPLACED, tell_by=None, steps=(*stood.steps, closed)))
        regimes = change.regimes
    return tuple(ended)


def due_next(of: Iterable[Clock]) -> Clock | None:
    """The clock by which something is due first; None where all are answered or wait for somebody else."""
    running = [(each.due, each) for each in of if each.open and each.due is not None]
    return min(running, key=lambda each: each[0])[1] if running else None


def _in_days(history: History, regime: Regime, today: date, counting: Counting) -> Clock:
    calendar = counting.calendar(regime)
    begun = working_clock.begin(regime, calendar, history.received.day)
    taken = reduce(working_clock.taking, history.events[1:], begun)
    count = taken if taken.answered is not None else working_clock.at_the_end_of(taken, today)
    still = count.stands_still or count.lapsed
    due = None if still else count.due
    until = min(each for each in (count.answered, count.asked, today) if each is not None)
    # A notice of more time can be given once, and only while the twenty days last.
    more = count.limit > ANSWER_WITHIN or count.until is not None or count.answered is not None or still
    spells = count.disregarded if count.fee is None else (*count.disregarded, (count.fee, until))
    return Clock(
        regime=regime,
        matter=Matter.REQUEST,
        since=count.start,
        due=due,
        target=None if due is None else calendar.before(due, counting.target_before),
        state=state_of(count.answered, due, _standing(count.lapsed, count.asked, count.fee), today),
        used=calendar.between(count.start, until, spells),
        tell_by=None if more else count.within,
        statutory=True,
        steps=working_clock.explained(count),
    )


def _in_months(history: History, today: date, counting: Counting) -> Clock:
    calendar = counting.calendar(Regime.SAR)
    begun = month_clock.begin(calendar, history.received.day)
    count = reduce(month_clock.taking, history.events[1:], begun)
    due = None if count.stands_still else count.due
    stopped = None if count.asked is None else (count.asked, today)
    paused = count if stopped is None else replace(count, pauses=(*count.pauses, stopped))
    waiting = [each for each in (count.identity, count.fee) if each is not None]
    return Clock(
        regime=Regime.SAR,
        matter=Matter.REQUEST,
        since=count.start,
        due=due,
        target=None if due is None else calendar.before(due, counting.target_before),
        state=state_of(count.answered, due, _standing(False, count.asked, *waiting), today),
        # The month has not begun while proof of identity or a fee is awaited.
        used=0 if waiting else paused.used(min(count.answered or today, today)),
        tell_by=None if count.months > 1 or count.answered is not None or due is None else count.within,
        statutory=True,
        steps=month_clock.explained(count),
    )


def _standing(lapsed: bool, asked: date | None, *waiting: date | None) -> State | None:
    if lapsed:
        return State.LAPSED
    if asked is not None:
        return State.WAITING
    return State.PAUSED if any(each is not None for each in waiting) else None
