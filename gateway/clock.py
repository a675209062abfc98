"""The time, at the edge where it comes in: moments in UTC, days by the calendar of Europe/London."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from config.base import london_day

_LONDON = ZoneInfo("Europe/London")


def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)


def today_in_london(moment: datetime) -> date:
    """The day that a moment falls on, for terms of office and consents."""
    return london_day(moment)


def start_of_day(day: date) -> datetime:
    """The moment at which a day begins in Europe/London, in UTC."""
    return datetime.combine(day, time(), _LONDON).astimezone(UTC)


def in_words(moment: datetime) -> str:
    """A moment as people write it, by the clock of Europe/London: "21 November 2026 at 14:02"."""
    local = moment.astimezone(_LONDON)
    return f"{local.day} {local:%B %Y at %H:%M}"
