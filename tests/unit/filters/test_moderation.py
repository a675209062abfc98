"""The check `moderation`, through both steps of analysis."""

from __future__ import annotations

import pytest

from config.policy import Verdict
from tests.unit.filters.official_mail import DOMAIN, PEOPLE, RESIDENT, analysed, council, message, policy

MODERATED = council(policy=policy("moderation", verdict="hold"))


def verdict(
    login: str, *, sender: str | None = None, to: str = RESIDENT, subject: str = "Hall", of=MODERATED
):
    raw = message(sender=sender or login, to=to, subject=subject)
    return analysed(raw, login=login, to=(to,), council=of).decision.verdict


@pytest.mark.parametrize(
    ("login", "waits"),
    [("anne", True), ("susan", True), ("foi", True), ("chair", False), ("clerk", False), ("deputy", False)],
)
def test_official_mail_of_who_is_no_moderator_waits(login, waits):
    assert verdict(login) is (Verdict.HOLD if waits else Verdict.PASS)


def test_an_address_of_the_office_does_not_make_a_moderator():
    assert verdict("susan", sender="office") is Verdict.HOLD


@pytest.mark.parametrize("to", [f"brian@{DOMAIN}", f"members@{DOMAIN}", "monitoring.officer@county.example"])
def test_mail_within_the_council_and_to_who_is_protected_does_not_wait(to):
    assert verdict("anne", to=to) <= Verdict.NOTE


@pytest.mark.parametrize("subject", ["[personal] Hall", "[casework] Hall"])
def test_neither_do_personal_views_and_casework(subject):
    assert verdict("anne", subject=subject) is Verdict.PASS


def test_the_reason_names_who_may_let_it_pass():
    [finding] = analysed(message(), council=MODERATED).decision.findings
    assert finding.check == "moderation"
    assert finding.about == (RESIDENT,)
    assert finding.reason.endswith(
        "This message waits for Margaret Hale (Clerk) or Thomas Reed (Deputy Clerk) or Eleanor Whitfield (Chair)."
    )


def test_the_policy_chooses_who_decides():
    of = council(policy=policy("moderation", verdict="hold", deciders=["councillor"]))
    assert verdict("anne", of=of) is Verdict.PASS
    assert verdict("susan", of=of) is Verdict.HOLD


def test_where_there_is_no_moderator_it_waits_all_the_same():
    people = tuple(each for each in PEOPLE if not each["login"].startswith(("clerk", "deputy", "chair")))
    of = council(people=people, policy=policy("moderation", verdict="hold"))
    [finding] = analysed(message(), council=of).decision.findings
    assert finding.verdict is Verdict.HOLD
    assert "at present there is none" in finding.reason


def test_it_is_off_unless_the_policy_speaks_of_it():
    assert (
        verdict("anne", of=council(policy=policy("moderation", verdict="hold", stage="off"))) is Verdict.PASS
    )
