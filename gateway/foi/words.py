"""The sentences that explain a count: days in words, in the past or to come."""

from __future__ import annotations

from datetime import date

from gateway.foi.working_days import WorkingDays

_ORDINALS = {20: "twentieth", 40: "fortieth"}


def said(day: date) -> str:
    """A day as people write it, with the day of the week."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def holidays_passed(calendar: WorkingDays, day: date, until: date, where: str) -> tuple[str, ...]:
    """A sentence for each holiday on a weekday that the count stepped over."""
    return tuple(
        f"{said(each)} ({name}) is no working day {where}."
        for each, name in calendar.holidays_between(day, until)
    )


def counted(start: date, number: int, end: date, citation: str, apart: bool = False) -> str:
    """The count itself; `apart` where there are days that it disregards."""
    which = _ORDINALS.get(number, f"{number}th")
    return (
        f"The day of receipt, {said(start)}, is not counted; the {which} working day after it"
        f"{', those disregarded apart,' if apart else ''} is {said(end)} ({citation})."
    )


def weekend(day: date) -> tuple[str, ...]:
    """Where a request arrives on a Saturday or Sunday: that it counts as received all the same."""
    if day.weekday() < 5:
        return ()
    return ("It counts as received on the day it arrived, although that is no working day.",)
