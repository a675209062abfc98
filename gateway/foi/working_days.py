"""Working days as the Acts define them: which day counts, and the nth after another.

FOIA s.10(6): any day other than a Saturday, a Sunday, Christmas Day, Good Friday or a day which is a bank holiday
under the Banking and Financial Dealings Act 1971 in any part of the United Kingdom. So it is the union of the parts:
17 March (Northern Ireland) and the first Monday of August (Scotland) are no working days in Dorset.

Bank holidays under the 1971 Act are those of its Schedule 1 (s.1(1)), those that a proclamation puts in their place
(s.1(2)), and the special days that a proclamation appoints for all or one part of the Kingdom (s.1(3); for 12 July it
is made each year for Northern Ireland). The library `holidays` lists, for each part, these and the two days that are
holidays by common law in parts of the Kingdom, Christmas Day and Good Friday, which s.10(6) names itself. It lists no
local holidays (Glasgow Fair and the like are fixed by councils, not by the Act) and not the Channel Islands or Man,
which are no part of the United Kingdom. It therefore needs no table of corrections beside it: our tests compare it,
part by part, with the days published on gov.uk. What it cannot know is a proclamation to come: `added` and `moved`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import holidays

_PARTS = {"ENG": "England", "WLS": "Wales", "SCT": "Scotland", "NIR": "Northern Ireland"}
_DAY = timedelta(days=1)
_NAMED_BY_THE_ACT = ("Christmas Day", "Good Friday")
"""As the library calls them; s.10(6) needs no proclamation for these, and none moves them."""

Spell = tuple[date, date]
"""From the one day to the other, both included."""


@dataclass(frozen=True)
class WorkingDays:
    """The calendar of some parts of the United Kingdom.

    `added` are bank holidays proclaimed since the library was published, `moved` are days that a proclamation under
    s.1(2) of the 1971 Act has taken away.
    """

    parts: tuple[str, ...]
    added: frozenset[date] = frozenset()
    moved: frozenset[date] = frozenset()

    def holiday(self, day: date) -> str | None:
        """Which holiday a day is, and where; None for a day that is none."""
        name = _named(self.parts, day.year).get(day)
        if name is not None and (day not in self.moved or name in _NAMED_BY_THE_ACT):
            return name
        return "a bank holiday by proclamation" if day in self.added else None

    def is_working_day(self, day: date) -> bool:
        """Whether a day counts."""
        return day.weekday() < 5 and self.holiday(day) is None

    def after(self, day: date, number: int, disregarded: tuple[Spell, ...] = ()) -> date:
        """The nth working day after a day, which itself never counts; those disregarded do not either."""
        if number < 1:
            raise ValueError("The first working day after a day is number 1.")
        return next(each for count, each in enumerate(self._from(day, disregarded), 1) if count == number)

    def between(self, day: date, until: date, disregarded: tuple[Spell, ...] = ()) -> int:
        """How many working days there are after the one day, up to and including the other."""
        return sum(
            self.is_working_day(each) and not within(each, disregarded) for each in _days(day + _DAY, until)
        )

    def before(self, day: date, number: int) -> date:
        """The nth working day before a day; with 0 the day itself."""
        while number:
            day -= _DAY
            number -= self.is_working_day(day)
        return day

    def on_or_after(self, day: date) -> date:
        """The day itself where it is a working day, otherwise the next one."""
        while not self.is_working_day(day):
            day += _DAY
        return day

    def on_or_before(self, day: date) -> date:
        """The day itself where it is a working day, otherwise the last one before it."""
        while not self.is_working_day(day):
            day -= _DAY
        return day

    def holidays_between(self, day: date, until: date) -> tuple[tuple[date, str], ...]:
        """The holidays on weekdays after the one day, up to and including the other."""
        found = ((each, self.holiday(each)) for each in _days(day + _DAY, until) if each.weekday() < 5)
        return tuple((each, name) for each, name in found if name is not None)

    def _from(self, day: date, disregarded: tuple[Spell, ...]) -> Iterator[date]:
        while True:
            day += _DAY
            if self.is_working_day(day) and not within(day, disregarded):
                yield day


UNITED_KINGDOM = WorkingDays(("ENG", "WLS", "SCT", "NIR"))
"""For FOIA s.10(6), and so for the EIR (reg 2(1): the same meaning)."""

ENGLAND = WorkingDays(("ENG",))
"""For what an English council has to do under the UK GDPR."""


def is_working_day(day: date) -> bool:
    """Whether a day is a working day by FOIA s.10(6)."""
    return UNITED_KINGDOM.is_working_day(day)


def nth_working_day_after(day: date, number: int) -> date:
    """The nth working day, by FOIA s.10(6), following a day."""
    return UNITED_KINGDOM.after(day, number)


def within(day: date, spells: tuple[Spell, ...]) -> bool:
    """Whether a day lies in one of the spells, their first and last days included."""
    return any(first <= day <= last for first, last in spells)


def _days(first: date, last: date) -> Iterator[date]:
    for ahead in range((last - first).days + 1):
        yield first + timedelta(days=ahead)


def _joined(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


@cache
def _named(parts: tuple[str, ...], year: int) -> Mapping[date, str]:
    """The holidays of a year in any of the parts, by the name that most of them give the day, and where."""
    where: dict[date, dict[str, list[str]]] = {}
    for part in parts:
        for day, name in holidays.country_holidays("GB", subdiv=part, years=year).items():
            where.setdefault(day, {}).setdefault(name, []).append(_PARTS[part])
    named: dict[date, str] = {}
    for day, names in where.items():
        name, those = max(names.items(), key=lambda each: len(each[1]))
        named[day] = name if len(those) == len(parts) else f"{name}, a bank holiday in {_joined(those)}"
    return named
