"""The calendar of FOIA s.10(6), against the bank holidays that gov.uk publishes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.foi.working_days import (
    ENGLAND,
    UNITED_KINGDOM,
    WorkingDays,
    is_working_day,
    nth_working_day_after,
)

# Typed from https://www.gov.uk/bank-holidays, substitute days as published there; 2028 by the same rules, as it is not
# published in full yet. Only days from Monday to Friday: nothing turns on the others.
ENGLAND_AND_WALES = {
    2020: "1-1 4-10 4-13 5-8 5-25 8-31 12-25 12-28",
    2021: "1-1 4-2 4-5 5-3 5-31 8-30 12-27 12-28",
    2022: "1-3 4-15 4-18 5-2 6-2 6-3 8-29 9-19 12-26 12-27",
    2023: "1-2 4-7 4-10 5-1 5-8 5-29 8-28 12-25 12-26",
    2024: "1-1 3-29 4-1 5-6 5-27 8-26 12-25 12-26",
    2025: "1-1 4-18 4-21 5-5 5-26 8-25 12-25 12-26",
    2026: "1-1 4-3 4-6 5-4 5-25 8-31 12-25 12-28",
    2027: "1-1 3-26 3-29 5-3 5-31 8-30 12-27 12-28",
    2028: "1-3 4-14 4-17 5-1 5-29 8-28 12-25 12-26",
}
SCOTLAND = {
    2020: "1-1 1-2 4-10 5-8 5-25 8-3 11-30 12-25 12-28",
    2021: "1-1 1-4 4-2 5-3 5-31 8-2 11-30 12-27 12-28",
    2022: "1-3 1-4 4-15 5-2 6-2 6-3 8-1 9-19 11-30 12-26 12-27",
    2023: "1-2 1-3 4-7 5-1 5-8 5-29 8-7 11-30 12-25 12-26",
    2024: "1-1 1-2 3-29 5-6 5-27 8-5 12-2 12-25 12-26",
    2025: "1-1 1-2 4-18 5-5 5-26 8-4 12-1 12-25 12-26",
    2026: "1-1 1-2 4-3 5-4 5-25 6-15 8-3 11-30 12-25 12-28",
    2027: "1-1 1-4 3-26 5-3 5-31 8-2 11-30 12-27 12-28",
    2028: "1-3 1-4 4-14 5-1 5-29 8-7 11-30 12-25 12-26",
}
NORTHERN_IRELAND_BESIDES = {
    2020: "3-17 7-13",
    2021: "3-17 7-12",
    2022: "3-17 7-12",
    2023: "3-17 7-12",
    2024: "3-18 7-12",
    2025: "3-17 7-14",
    2026: "3-17 7-13",
    2027: "3-17 7-12",
    2028: "3-17 7-12",
}
YEARS = range(2020, 2029)


def days(year: int, text: str) -> set[date]:
    return {date(year, *map(int, each.split("-"))) for each in text.split()}


def weekday_holidays(calendar: WorkingDays, year: int) -> set[date]:
    return {day for day, _ in calendar.holidays_between(date(year - 1, 12, 31), date(year, 12, 31))}


@pytest.mark.parametrize("year", YEARS)
def test_each_part_has_the_holidays_that_are_published(year):
    english = days(year, ENGLAND_AND_WALES[year])
    assert weekday_holidays(ENGLAND, year) == english
    assert weekday_holidays(WorkingDays(("WLS",)), year) == english
    assert weekday_holidays(WorkingDays(("SCT",)), year) == days(year, SCOTLAND[year])
    northern = english | days(year, NORTHERN_IRELAND_BESIDES[year])
    assert weekday_holidays(WorkingDays(("NIR",)), year) == northern


@pytest.mark.parametrize("year", YEARS)
def test_no_working_day_is_a_holiday_in_any_part(year):
    anywhere = days(year, f"{ENGLAND_AND_WALES[year]} {SCOTLAND[year]} {NORTHERN_IRELAND_BESIDES[year]}")
    assert weekday_holidays(UNITED_KINGDOM, year) == anywhere
    day = date(year, 1, 1)
    while day.year == year:
        assert is_working_day(day) == (day.weekday() < 5 and day not in anywhere)
        day += timedelta(days=1)


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 7, 20),  # Glasgow Fair Monday: a local holiday, not of the Act.
        date(2026, 5, 18),  # Victoria Day in Edinburgh: local.
        date(2026, 5, 9),  # Liberation Day in the Channel Islands, on a Saturday; see the next.
        date(2028, 5, 9),  # The Channel Islands are no part of the United Kingdom.
        date(2026, 7, 6),  # Tynwald Day in Man, its Monday.
        date(2020, 5, 4),  # The early May holiday that was moved to the 8th.
        date(2022, 5, 30),  # The spring holiday that was moved to 2 June.
        date(2026, 12, 24),  # Christmas Eve counts, whether or not the office is open.
    ],
)
def test_what_is_no_bank_holiday_in_the_kingdom_is_a_working_day(day):
    assert is_working_day(day) == (day.weekday() < 5)


def test_a_holiday_says_which_it_is_and_where():
    assert (
        UNITED_KINGDOM.holiday(date(2026, 3, 17)) == "Saint Patrick's Day, a bank holiday in Northern Ireland"
    )
    assert UNITED_KINGDOM.holiday(date(2026, 4, 3)) == "Good Friday"
    assert UNITED_KINGDOM.holiday(date(2026, 4, 6)) == (
        "Easter Monday, a bank holiday in England, Wales and Northern Ireland"
    )
    assert UNITED_KINGDOM.holiday(date(2026, 3, 18)) is None


def test_a_proclamation_to_come_can_be_entered():
    entered = WorkingDays(UNITED_KINGDOM.parts, added=frozenset({date(2029, 6, 11)}))
    assert UNITED_KINGDOM.is_working_day(date(2029, 6, 11))
    assert not entered.is_working_day(date(2029, 6, 11))
    assert entered.holiday(date(2029, 6, 11)) == "a bank holiday by proclamation"


def test_a_holiday_that_is_moved_is_worked():
    moved = WorkingDays(
        UNITED_KINGDOM.parts,
        added=frozenset({date(2029, 5, 9)}),
        moved=frozenset({date(2029, 5, 7), date(2029, 3, 30), date(2029, 12, 25)}),
    )
    assert moved.is_working_day(date(2029, 5, 7))
    assert not moved.is_working_day(date(2029, 5, 9))
    # Good Friday and Christmas Day are named by s.10(6) itself.
    assert not moved.is_working_day(date(2029, 3, 30))
    assert not moved.is_working_day(date(2029, 12, 25))


def test_the_first_working_day_after_is_number_one():
    assert nth_working_day_after(date(2026, 9, 4), 1) == date(2026, 9, 7)
    with pytest.raises(ValueError, match="number 1"):
        nth_working_day_after(date(2026, 9, 4), 0)


@given(day=st.dates(date(2015, 1, 1), date(2035, 1, 1)), number=st.integers(1, 60))
def test_counting_there_and_back_agree(day, number):
    end = nth_working_day_after(day, number)
    assert is_working_day(end)
    assert UNITED_KINGDOM.between(day, end) == number
    assert UNITED_KINGDOM.before(end, number - 1) == nth_working_day_after(day, 1)
