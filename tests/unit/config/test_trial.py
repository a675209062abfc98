"""A trial: its last day, in London; what it leaves in force; and who has one."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from config.council_file import loads
from config.kept import kept, on_first_import
from config.policy import Stage

TEXT = """
id = "stoke"
name = "Stoke"
domains = ["stoke.example"]
{}
[policy]
title = "P"
version = "1"
[policy.checks.trail]
stage = "{}"
verdict = "ask"
clause = {{ document = "P" }}
"""


def council(trial: str = "", stage: str = "enforce"):
    return loads(TEXT.format(f"trial_until = {trial}" if trial else "", stage), "stoke.toml")


@pytest.mark.parametrize(
    ("at", "stage"),
    [
        (datetime(2026, 1, 1, tzinfo=UTC), Stage.TRIAL),
        (datetime(2026, 6, 10, 22, 59, 59, tzinfo=UTC), Stage.TRIAL),
        # In summer the day in London ends an hour before that in UTC.
        (datetime(2026, 6, 10, 23, 0, tzinfo=UTC), Stage.ENFORCE),
        (datetime(2026, 6, 11, 12, 0, tzinfo=UTC), Stage.ENFORCE),
    ],
)
def test_a_trial_lasts_to_the_end_of_its_last_day(at, stage):
    assert council("2026-06-10").stage_of("trail", at) is stage


def test_in_winter_the_day_ends_as_in_utc():
    on_trial = council("2026-01-10")
    assert on_trial.stage_of("trail", datetime(2026, 1, 10, 23, 59, tzinfo=UTC)) is Stage.TRIAL
    assert on_trial.stage_of("trail", datetime(2026, 1, 11, 0, 0, tzinfo=UTC)) is Stage.ENFORCE


@pytest.mark.parametrize("stage", Stage)
def test_on_trial_what_is_off_stays_off(stage):
    at = datetime(2026, 6, 1, tzinfo=UTC)
    expected = Stage.OFF if stage is Stage.OFF else Stage.TRIAL
    assert council("2026-06-10", stage).stage_of("trail", at) is expected
    assert council("", stage).stage_of("trail", at) is stage


def test_on_trial_nobody_sends_as_another():
    at = datetime(2026, 6, 1, tzinfo=UTC)
    assert council("2026-06-10").stage_of("sender_identity", at) is Stage.ENFORCE


def test_a_new_council_is_on_trial_for_28_days_unless_its_file_says_otherwise():
    today = date(2026, 6, 1)
    assert on_first_import(council(), today).trial_until == date(2026, 6, 29)
    assert on_first_import(council("2024-01-01"), today).trial_until == date(2024, 1, 1)


def test_what_a_file_says_nothing_of_stays_as_recorded():
    recorded = council("2026-06-10")
    assert kept(recorded, council()).trial_until == date(2026, 6, 10)
    assert kept(recorded, council("2026-06-02")).trial_until == date(2026, 6, 2)
    assert kept(council(), council()).trial_until is None


@pytest.mark.parametrize(("today", "passed"), [(date(2026, 6, 10), False), (date(2026, 6, 11), True)])
def test_a_review_date_has_passed_the_day_after(today, passed):
    text = TEXT.format("", "off").replace('version = "1"', 'version = "1"\nreview = 2026-06-10')
    assert loads(text, "stoke.toml").review_passed(today) is passed
    assert council().review_passed(today) is False
