"""Calendar months: the corresponding date of a later month, and where a period of months ends."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta


def months_after(day: date, months: int) -> date:
    """The corresponding date so many months later, or the last day of that month where it has no such date.

    So a month from 31 January is 28 February, or 29 in a leap year: Article 3(2)(c) of Regulation (EEC, Euratom)
    No 1182/71, and the ICO's guidance on the right of access.
    """
    year, month = divmod(day.month - 1 + months, 12)
    return date(day.year + year, month + 1, min(day.day, monthrange(day.year + year, month + 1)[1]))


def last_day_beginning_with(day: date, months: int) -> date:
    """The last day of a period of months that begins with a day (FOIA s.9(2)): that day is its first.

    It is the day before the corresponding date; where there is none, the last day of the month.
    """
    end = months_after(day, months)
    return end - timedelta(days=1) if end.day == day.day else end
