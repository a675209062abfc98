"""`vestry council` and `vestry policy`, as a Clerk uses them, in this very process."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from config.council_file import loads
from config.shipped import SHIPPED, shipped
from tests.conftest import LITTLE_WICKHAM
from tests.unit.cli.test_signature import Vestry, folder, vestry  # noqa: F401  # fixtures

TODAY = datetime.now(ZoneInfo("Europe/London")).date()
IN_28_DAYS = TODAY + timedelta(days=28)
NEW = """
id = "stoke"
name = "Stoke"
domains = ["stoke.example"]
"""
REPORTS = '[content]\nreport_address = "report@stoke.example"\n'
POLICY = """
[policy]
title = "P"
version = "1"
review = {}
checks = {{}}
"""


@pytest.fixture
def stoke(folder: Path, vestry: Vestry):
    """An installation, and a way to import a council's file with these words in it."""
    vestry("init", ".", "--hostname", "post.test.example", "--upstream", "mail.test.example:2587")

    def take_in(text: str = "", code: int = 0) -> str:
        (folder / "stoke.toml").write_text(NEW + text)
        return vestry("council", "import", "stoke.toml", code=code)

    return take_in


def exported(vestry: Vestry):
    return loads(vestry("council", "export", "stoke"), "stoke.toml")


def test_a_new_council_is_on_trial_for_28_days_and_it_is_said_aloud(stoke, vestry: Vestry):
    said = stoke()
    assert f"It is on trial until {IN_28_DAYS}" in said
    assert "`trial_until`" in said
    assert exported(vestry).trial_until == IN_28_DAYS
    [listed] = json.loads(vestry("council", "list", "--json"))
    assert listed["trial_until"] == str(IN_28_DAYS)
    assert str(IN_28_DAYS) in vestry("council", "list")


def test_a_file_may_enforce_at_once(stoke, vestry: Vestry):
    said = stoke("trial_until = 2024-01-01\n")
    assert "trial" not in said
    [listed] = json.loads(vestry("council", "list", "--json"))
    assert listed["trial_until"] is None


def test_the_trial_of_a_council_that_is_there_goes_on_as_recorded(stoke, vestry: Vestry):
    stoke(f"trial_until = {TODAY}\n")
    said = stoke('notices_from = "post@stoke.example"\n')
    assert f"It is on trial until {TODAY}" in said
    assert exported(vestry).trial_until == TODAY
    assert exported(vestry).notices_from == "post@stoke.example"
    stoke("trial_until = 2024-01-01\n")
    assert "trial" not in stoke()


def test_importing_the_same_again_makes_no_new_version(stoke, vestry: Vestry):
    stoke()
    assert "at version 1" in stoke()


def test_a_review_date_that_has_passed_is_listed(stoke, vestry: Vestry):
    assert "review" not in stoke(POLICY.format(TODAY))
    assert json.loads(vestry("council", "list", "--json"))[0]["review_passed"] is None
    assert "The review date of its policy, 2024-06-30, has passed." in stoke(POLICY.format("2024-06-30"))
    assert json.loads(vestry("council", "list", "--json"))[0]["review_passed"] == "2024-06-30"
    assert "2024-06-30" in vestry("council", "list")


def test_a_faulty_policy_is_refused_with_file_key_found_and_allowed(stoke):
    text = POLICY.format("2030-01-01").replace("checks = {}", "") + (
        '[policy.checks.reply_all]\nverdict = "ask"\nthresholds = { recipients = 0 }\n'
        'clause = { document = "P" }\n'
    )
    assert (
        "stoke.toml: policy.checks.reply_all.thresholds.recipients: found 0; "
        "allowed: a whole number from 2 to 1000" in stoke(text, code=2)
    )


def test_the_demo_council_enforces_at_once(stoke, vestry: Vestry):
    assert "trial" not in vestry("council", "import", str(LITTLE_WICKHAM))


def test_shipped_policies_are_listed_and_shown(vestry: Vestry):
    listed = json.loads(vestry("policy", "list", "--json"))
    assert [row["name"] for row in listed] == list(SHIPPED)
    assert all(row["clauses"] for row in listed)
    said = vestry("policy", "list")
    assert all(name in said for name in SHIPPED)
    for name in SHIPPED:
        shown = vestry("policy", "show", name)
        assert loads(f"{NEW}{REPORTS}{shown}", "stoke.toml").policy == shipped(name)


def test_a_policy_that_is_not_shipped_is_named_with_those_that_are(vestry: Vestry):
    said = vestry("policy", "show", "kent", code=2)
    assert "'kent'" in said
    assert all(name in said for name in SHIPPED)
