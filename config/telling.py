"""How the post room tells a council's people what waits: in which language, with which telephone numbers, when."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, Field

from config.base import Frozen, Line

_LONDON = ZoneInfo("Europe/London")


class Language(StrEnum):
    """The language of notices: English, Welsh, or each in both, Welsh first."""

    ENGLISH = "en"
    WELSH = "cy"
    BOTH = "both"


class Weekday(StrEnum):
    """A day of the week."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


def _number(text: str) -> str:
    """A telephone number as people write it: digits in groups, from 3 (999, 101) to 15 (E.164) of them."""
    if not re.fullmatch(r"\+?[0-9][0-9 ]*", text) or not 3 <= sum(map(str.isdigit, text)) <= 15:
        raise ValueError("a telephone number such as 01632 960100 or +44 1632 960100")
    return text


def _time_of_day(value: object) -> object:
    # TOML has times without a day of its own; a file may also say "09:00". pydantic would take a number for seconds.
    if isinstance(value, int | float):
        raise ValueError("a time of day such as 09:00")
    return value


def _without_zone(at: time) -> time:
    if at.tzinfo is not None:
        raise ValueError("a time of day without a zone: it is London's")
    return at


class Telephone(Frozen):
    """Whom to telephone if something cannot wait for e-mail: who answers, and the number."""

    name: Line = Field(min_length=1, max_length=100)
    number: Annotated[Line, AfterValidator(_number)]


class Digest(Frozen):
    """When the Clerk is told of what waits, in one letter: on these days, at these times in Europe/London.

    Without days there is no digest, and the Clerk is told of each held message at once.
    """

    days: tuple[Weekday, ...] = ()
    at: tuple[Annotated[time, BeforeValidator(_time_of_day), AfterValidator(_without_zone)], ...] = Field(
        default=(time(9),), min_length=1, max_length=24
    )

    @property
    def wanted(self) -> bool:
        """Whether there is one."""
        return bool(self.days)

    def following(self, moment: datetime) -> datetime | None:
        """The first moment after `moment` (with a time zone) at which it is due; None where there is no digest."""
        if not self.days:
            return None
        local = moment.astimezone(_LONDON)
        weekdays = {list(Weekday).index(day) for day in self.days}
        for ahead in range(8):
            day = local.date() + timedelta(days=ahead)
            if day.weekday() in weekdays:
                for at in sorted(self.at):
                    due = datetime.combine(day, at, _LONDON)
                    # Compared in UTC: on the day that clocks go back, an hour comes twice.
                    if due.timestamp() > moment.timestamp():
                        return due
        return None
