"""When people write: on working days, within office hours mostly, councillors in the evening."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from random import Random
from zoneinfo import ZoneInfo

FIRST, LAST = date(2019, 4, 1), date(2026, 3, 31)
_LONDON = ZoneInfo("Europe/London")
_WEEKDAYS = (1.0, 1.15, 1.05, 1.0, 0.85, 0.18, 0.2)
_HOURS = (0.02, 0.01, 0, 0, 0, 0.02, 0.2, 0.8, 2.5, 6, 7, 6.5, 4, 4.5, 5.5, 5, 4.5, 3, 2, 2.2, 2.4, 2, 1, 0.3)


def moments(size: int, random: Random) -> Iterator[datetime]:
    """So many moments of seven years, in their order, in UTC."""
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    until = list(accumulate(map(_weight, days)))
    hours = list(accumulate(_HOURS))
    done = 0
    for day, so_far in zip(days, until, strict=True):
        due = round(size * so_far / until[-1])
        drawn = random.choices(range(24), cum_weights=hours, k=due - done)
        seconds = sorted(hour * 3600 + random.randrange(3600) for hour in drawn)
        midnight = datetime.combine(day, time())
        for each in seconds:
            yield (midnight + timedelta(seconds=each)).replace(tzinfo=_LONDON).astimezone(UTC)
        done = due


def _weight(day: date) -> float:
    """How busy a day is: less over Christmas and in August."""
    if (day.month, day.day) >= (12, 24) or (day.month, day.day) <= (1, 2):
        return 0.1
    return _WEEKDAYS[day.weekday()] * (0.7 if day.month == 8 else 1.0)
