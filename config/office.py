"""When the Clerk's office is at work, who is away, and after how long somebody else is told that mail waits."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import time
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from config.base import Address, Day, Frozen, Line
from config.errors import Complaint, Faults
from config.telling import Weekday


def _time_of_day(value: object) -> object:
    if isinstance(value, int | float):
        raise ValueError("a time of day such as 09:00")
    return value


def _version(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,40}", text):
        raise ValueError("1 to 40 letters, digits, dots, hyphens and underscores")
    return text


TimeOfDay = Annotated[time, BeforeValidator(_time_of_day)]

_WEEK = (Weekday.MONDAY, Weekday.TUESDAY, Weekday.WEDNESDAY, Weekday.THURSDAY, Weekday.FRIDAY)


class WorkingHours(Frozen):
    """From when until when the office is at work on some days of the week, in Europe/London.

    Several may stand for one day: a morning and an evening.
    """

    days: tuple[Weekday, ...] = Field(default=_WEEK, min_length=1)
    from_: TimeOfDay = Field(default=time(9), alias="from")
    until: TimeOfDay = time(17)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.until <= self.from_:
            raise Faults([Complaint("until", str(self.until), f"a time after `from` ({self.from_})")])
        if self.from_.tzinfo or self.until.tzinfo:
            raise Faults([Complaint("from", str(self.from_), "a time of day without a zone: it is London's")])
        return self


class Leave(Frozen):
    """Days, both inclusive, on which somebody is away."""

    login: Address
    from_: Day = Field(alias="from")
    until: Day

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.until < self.from_:
            raise Faults([Complaint("until", str(self.until), f"a day on or after `from` ({self.from_})")])
        return self


class Reminders(Frozen):
    """After how long somebody is reminded that mail waits, in hours and days of work.

    Of a held message: `clerk_hours` until the Clerk is reminded, `deputy_days` until it goes to who stands in for
    the Clerk, `chair_days` until the Chair learns that mail waits. Of a question: `sender_days` until its sender is
    reminded, `unanswered_days` until it goes onto the Clerk's list.
    """

    clerk_hours: int = Field(default=4, ge=1, le=80, strict=True)
    deputy_days: int = Field(default=1, ge=1, le=20, strict=True)
    chair_days: int = Field(default=2, ge=1, le=40, strict=True)
    sender_days: int = Field(default=1, ge=1, le=20, strict=True)
    unanswered_days: int = Field(default=3, ge=1, le=40, strict=True)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        for early, late in (("deputy_days", "chair_days"), ("sender_days", "unanswered_days")):
            if getattr(self, late) < getattr(self, early):
                raise Faults(
                    [
                        Complaint(
                            late,
                            str(getattr(self, late)),
                            f"no fewer than `{early}` ({getattr(self, early)})",
                        )
                    ]
                )
        return self


class MonitoringNotice(Frozen):
    """What people are told of their mail being read before it goes, which each of them acknowledges once.

    A new `version` is to be acknowledged anew. (The Investigatory Powers (Interception by Businesses etc. for
    Monitoring and Record-keeping Purposes) Regulations 2018: users are to be told.)
    """

    version: Annotated[str, AfterValidator(_version)]
    text: str = Field(min_length=1, max_length=5000)
    text_cy: str = Field(default="", max_length=5000)
    adopted: Day | None = None
    source: Line = ""


def faults_of_leave(leave: tuple[Leave, ...], logins: Collection[str]) -> Iterator[Complaint]:
    """Whoever is away must be somebody."""
    for number, each in enumerate(leave):
        if each.login not in logins:
            yield Complaint(f"leave[{number}].login", each.login, "the login of somebody in this file")
