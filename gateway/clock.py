"""The time, at the edge where it comes in: moments in UTC, days by the calendar of Europe/London."""

from __future__ import annotations

from datetime import UTC, date, datetime

from config.base import london_day


def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)


def today_in_london(moment: datetime) -> date:
    """The day that a moment falls on, for terms of office and consents."""
    return london_day(moment)
