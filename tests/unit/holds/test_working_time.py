"""Working hours and days by the wall clock in London, without bank holidays and whoever is away."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.council import Council
from gateway.holds.working_time import LONDON, after_days, after_hours, at_work, works_on

WEEK = [{}]
TUESDAY_AND_THURSDAY = [{"days": ["tuesday", "thursday"], "from": "09:30", "until": "13:00"}]
SPLIT = [{"from": "09:00", "until": "12:00"}, {"from": "14:00", "until": "17:00"}]


def council(hours=None, **more) -> Council:
    made = {"id": "little", "name": "Little", "domains": ["little.example"], "working_hours": hours or WEEK}
    return Council.model_validate(made | more)


def wall(text: str) -> datetime:
    """A moment by the clock on the wall."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


@pytest.mark.parametrize(
    ("since", "hours", "due"),
    [
        ("2026-05-11 09:30", 4, "2026-05-11 13:30"),
        ("2026-05-11 15:30", 4, "2026-05-12 11:30"),
        ("2026-05-11 13:00", 4, "2026-05-11 17:00"),
        ("2026-05-10 13:00", 4, "2026-05-11 13:00"),  # A Sunday.
        ("2026-05-15 20:00", 4, "2026-05-18 13:00"),  # A Friday night.
        ("2026-05-01 16:00", 4, "2026-05-05 12:00"),  # Behind it the May Day bank holiday.
        ("2026-04-02 16:00", 4, "2026-04-07 12:00"),  # Good Friday to Easter Monday.
        ("2026-12-24 16:00", 4, "2026-12-29 12:00"),  # Boxing Day is a Saturday: its Monday is a holiday.
        ("2026-03-27 16:00", 4, "2026-03-30 12:00"),  # Clocks go forward on the Sunday between.
        ("2026-10-23 16:00", 4, "2026-10-26 12:00"),  # Clocks go back.
        ("2026-05-11 09:00", 12, "2026-05-12 13:00"),
    ],
)
def test_hours_are_counted_while_the_office_is_at_work(since, hours, due):
    assert after_hours(council(), wall(since), hours) == wall(due).astimezone(UTC)


@pytest.mark.parametrize(
    ("since", "days", "due"),
    [
        ("2026-05-11 09:30", 1, "2026-05-12 09:30"),
        ("2026-05-11 06:00", 1, "2026-05-12 09:00"),
        ("2026-05-11 18:00", 1, "2026-05-13 09:00"),  # Out of hours: it counts from the next morning.
        ("2026-05-15 11:00", 1, "2026-05-18 11:00"),
        ("2026-05-22 15:00", 3, "2026-05-28 15:00"),  # The Spring bank holiday.
        ("2026-03-27 15:00", 1, "2026-03-30 15:00"),
        ("2026-10-23 16:30", 1, "2026-10-26 16:30"),
    ],
)
def test_days_end_at_the_same_time_of_day(since, days, due):
    assert after_days(council(), wall(since), days) == wall(due).astimezone(UTC)


def test_the_same_hour_on_the_wall_is_another_in_utc_when_clocks_have_changed():
    due = after_days(council(), wall("2026-03-27 15:00"), 1)
    assert due == datetime(2026, 3, 30, 14, 0, tzinfo=UTC)
    due = after_days(council(), wall("2026-10-23 15:00"), 1)
    assert due == datetime(2026, 10, 26, 15, 0, tzinfo=UTC)


def test_an_office_that_is_there_on_two_mornings():
    there = council(TUESDAY_AND_THURSDAY)
    assert after_days(there, wall("2026-05-11 10:00"), 1) == wall("2026-05-14 09:30")
    assert after_hours(there, wall("2026-05-12 12:00"), 4) == wall("2026-05-14 12:30")
    assert not works_on(there, date(2026, 5, 13))


def test_hours_that_are_over_by_that_time_of_day_end_the_day():
    short = council([{"days": ["monday"]}, {"days": ["tuesday"], "until": "12:00"}])
    assert after_days(short, wall("2026-05-11 15:00"), 1) == wall("2026-05-12 12:00")


def test_a_break_is_no_working_time():
    assert after_hours(council(SPLIT), wall("2026-05-11 11:00"), 2) == wall("2026-05-11 15:00")
    assert after_days(council(SPLIT), wall("2026-05-11 11:00"), 1) == wall("2026-05-12 11:00")


def test_spans_that_overlap_count_once():
    both = council([{"from": "09:00", "until": "13:00"}, {"from": "11:00", "until": "17:00"}])
    assert after_hours(both, wall("2026-05-11 09:00"), 8) == wall("2026-05-11 17:00")


def test_days_away_are_no_working_days():
    gone = {date(2026, 5, 12), date(2026, 5, 13)}
    assert after_days(council(), wall("2026-05-11 10:00"), 1, gone.__contains__) == wall("2026-05-14 10:00")
    assert after_hours(council(), wall("2026-05-11 16:00"), 2, gone.__contains__) == wall("2026-05-14 10:00")


def test_who_is_never_there_is_not_waited_for_for_ever():
    assert after_days(council(), wall("2026-05-11 10:00"), 1, lambda day: True) is None
    assert after_hours(council(), wall("2026-05-11 10:00"), 1, lambda day: True) is None


def test_a_council_may_do_without_bank_holidays():
    assert works_on(council(bank_holidays=False), date(2026, 5, 4))
    assert not works_on(council(), date(2026, 5, 4))


def test_at_work_is_by_the_wall_too():
    assert at_work(council(), datetime(2026, 7, 1, 8, 30, tzinfo=UTC))
    assert not at_work(council(), datetime(2026, 12, 1, 8, 30, tzinfo=UTC))
    assert not at_work(council(), wall("2026-05-11 17:00"))


_START = datetime(2025, 1, 1, tzinfo=UTC)
moments = st.integers(0, 5 * 365 * 24 * 60).map(lambda minutes: _START + timedelta(minutes=minutes))


@given(moments, st.sampled_from([WEEK, TUESDAY_AND_THURSDAY, SPLIT]), st.integers(1, 5))
def test_it_is_always_later_never_out_of_hours_and_never_sooner_for_more_days(moment, hours, days):
    there = council(hours)
    due, next_due = after_days(there, moment, days), after_days(there, moment, days + 1)
    assert moment < due < next_due
    local = due.astimezone(LONDON)
    assert works_on(there, local.date())
    assert any(each.from_ <= local.time() <= each.until for each in there.working_hours)
    assert moment < after_hours(there, moment, days)
