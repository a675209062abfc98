"""Working hours and days of a council's office, in Europe/London: when a reminder is due.

Hours are those of the clock on the wall, so summer time is right by itself: nine o'clock is nine o'clock. Bank
holidays are those of England and Wales. Pure: it is told the time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays

from config.council import Council
from config.telling import Weekday

LONDON = ZoneInfo("Europe/London")

_ORDER = tuple(Weekday)
_FARTHEST = 400
"""Days that are looked through: whoever is never at work has no working day to wait for."""

Away = Callable[[date], bool]


def nobody_away(day: date) -> bool:
    """Nobody is on leave on any day."""
    return False


def works_on(council: Council, day: date) -> bool:
    """Whether the office is at work on a day, whoever may be on leave."""
    return bool(_hours(council, day))


def at_work(council: Council, moment: datetime) -> bool:
    """Whether a moment (with a time zone) falls within working hours."""
    local = moment.astimezone(LONDON)
    return any(from_ <= local.time() < until for from_, until in _hours(council, local.date()))


def after_hours(council: Council, moment: datetime, hours: int, away: Away = nobody_away) -> datetime | None:
    """The moment, in UTC, by which so many working hours have passed since `moment`; None where they never will.

    Days on which `away` are no working days.
    """
    left = timedelta(hours=hours)
    for begin, end in _spans(council, moment, away):
        if end - begin >= left:
            return begin + left
        left -= end - begin
    return None


def after_days(council: Council, moment: datetime, days: int, away: Away = nobody_away) -> datetime | None:
    """The moment, in UTC, so many working days after `moment`; None where there are not so many.

    It is the same time of day on the day that many working days later, or the end of its hours where they are over by
    then. What comes in out of hours counts from the beginning of the next.
    """
    spans = _spans(council, moment, away)
    first = next(spans, None)
    if first is None:
        return None
    start = first[0].astimezone(LONDON)
    last: datetime | None = None
    begun = 0
    day = start.date()
    for begin, end in spans:
        there = begin.astimezone(LONDON).date()
        if there != day:
            if begun == days and last is not None:
                return last  # Its hours are over before that time of day.
            begun, day = begun + 1, there
        if begun == days:
            due = datetime.combine(there, start.time(), LONDON).astimezone(UTC)
            if due <= begin:
                return begin if last is None else last
            if due < end:
                return due
            last = end
    return last if begun == days else None


def _spans(council: Council, moment: datetime, away: Away) -> Iterator[tuple[datetime, datetime]]:
    """The stretches of working time from `moment` on, in UTC, the first perhaps begun already."""
    local = moment.astimezone(LONDON)
    for ahead in range(_FARTHEST):
        day = local.date() + timedelta(days=ahead)
        if away(day):
            continue
        for from_, until in _hours(council, day):
            begin = max(_at(day, from_), moment.astimezone(UTC))
            end = _at(day, until)
            if begin < end:
                yield begin, end


def _hours(council: Council, day: date) -> list[tuple[time, time]]:
    """From when until when the office is at work on a day, in order, each hour once."""
    if council.bank_holidays and day in _bank_holidays(day.year):
        return []
    weekday = _ORDER[day.weekday()]
    spans = sorted((each.from_, each.until) for each in council.working_hours if weekday in each.days)
    joined: list[tuple[time, time]] = []
    for from_, until in spans:
        if joined and from_ <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(until, joined[-1][1]))
        else:
            joined.append((from_, until))
    return joined


def _at(day: date, of_day: time) -> datetime:
    return datetime.combine(day, of_day, LONDON).astimezone(UTC)


@cache
def _bank_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))
