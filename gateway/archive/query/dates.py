"""Days and months as people type them, as moments: midnight in Europe/London, summer time or not."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from gateway.archive.query.errors import QueryError, shown

_LONDON = ZoneInfo("Europe/London")
_DAY = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_BRITISH_DAY = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
_MONTH = re.compile(r"([0-9]{4})-([0-9]{1,2})")
_YEAR = re.compile(r"[0-9]{4}")
_FIRST, _LAST = 1900, 2999


def period(field: str, text: str, today: date) -> tuple[datetime, datetime]:
    """The first moment of what was typed after `field:`, a day, a month or a year, and the first moment behind it.

    Both in UTC. Raises QueryError for what is no date.
    """
    try:
        first, behind = _days(text.strip().lower(), today)
    except ValueError:
        raise QueryError(
            f'"{field}:" wants a date, and "{shown(text)}" is none. Allowed are a day such as 2026-03-31 or 31/03/2026, '
            f"a month such as 2026-03, a year such as 2026, and the words today and yesterday."
        ) from None
    return midnight(first), midnight(behind)


def midnight(day: date) -> datetime:
    """The first moment of a day in Europe/London, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=_LONDON).astimezone(UTC)


def in_london(moment: datetime) -> datetime:
    """A moment by the clock of Europe/London."""
    return moment.astimezone(_LONDON)


def _days(text: str, today: date) -> tuple[date, date]:
    """The first day, and the first behind. Raises ValueError."""
    if text == "today":
        return today, today + timedelta(days=1)
    if text == "yesterday":
        return today - timedelta(days=1), today
    if found := _DAY.fullmatch(text):
        day = _day(int(found[1]), int(found[2]), int(found[3]))
        return day, day + timedelta(days=1)
    if found := _BRITISH_DAY.fullmatch(text):
        day = _day(int(found[3]), int(found[2]), int(found[1]))
        return day, day + timedelta(days=1)
    if found := _MONTH.fullmatch(text):
        first = _day(int(found[1]), int(found[2]), 1)
        return first, (first + timedelta(days=31)).replace(day=1)
    if _YEAR.fullmatch(text):
        first = _day(int(text), 1, 1)
        return first, first.replace(year=first.year + 1)
    raise ValueError


def _day(year: int, month: int, day: int) -> date:
    if not _FIRST <= year <= _LAST:
        raise ValueError
    return date(year, month, day)
