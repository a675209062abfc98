from __future__ import annotations

from datetime import date, timedelta

import pytest

from config.person import Role
from config.policy import CheckPolicy, Clause, Policy, Stage, Verdict
from filters import form
from filters.decide import could_not_be_checked, decide
from filters.finding import Finding, Need
from signatures.message.anatomy import read
from tests.unit.filters.people import COUNCIL, DOMAIN, NOW, POLICY, TODAY, context

ANATOMY = read(f"From: anne@{DOMAIN}\r\n\r\n".encode())


def council_with(stage: Stage, **checks: CheckPolicy):
    identity = POLICY.model_copy(update={"stage": stage})
    policy = Policy(title="Test", version="test-1", checks={"sender_identity": identity, **checks})
    return COUNCIL.model_copy(update={"policy": policy})


def raising(error: BaseException):
    def check(anatomy, context, policy):
        yield Finding(
            check="sender_identity", verdict=Verdict.PASS, stage=policy.stage, reason="", clause=policy.clause
        )
        raise error

    return check


def test_all_is_well():
    decision = decide(ANATOMY, context())
    assert (decision.findings, decision.verdict, decision.needs) == ((), Verdict.PASS, frozenset())


@pytest.mark.parametrize(
    ("stage", "verdict", "needs"),
    [
        (Stage.ENFORCE, Verdict.HOLD, {Need.CLERK}),
        (Stage.WARN, Verdict.NOTE, set()),
        (Stage.TRIAL, Verdict.NOTE, set()),
    ],
)
def test_a_check_that_fails_to_complete_holds_where_it_is_enforced(monkeypatch, stage, verdict, needs):
    monkeypatch.setattr("filters.decide.CHECKS", {"sender_identity": raising(KeyError("the sender's words"))})
    decision = decide(ANATOMY, context(council=council_with(stage)))
    assert (decision.verdict, decision.needs) == (verdict, needs)
    [finding] = decision.findings
    assert finding.incomplete
    assert "KeyError" in finding.reason
    assert "words" not in finding.reason


def test_memory_that_runs_out_ends_the_whole_task(monkeypatch):
    monkeypatch.setattr("filters.decide.CHECKS", {"sender_identity": raising(MemoryError())})
    with pytest.raises(MemoryError):
        decide(ANATOMY, context())


@pytest.mark.parametrize(
    ("login", "role", "today", "checked"),
    [
        ("anne", "councillor", TODAY, False),
        ("anne", "clerk", TODAY, True),
        ("clerk", "councillor", TODAY, True),
        (None, "councillor", TODAY, True),
        ("gone", "councillor", date(2026, 11, 8), False),
        ("gone", "councillor", date(2026, 11, 9), True),
        ("coming", "councillor", date(2026, 11, 9), True),
        ("coming", "councillor", date(2026, 11, 10), False),
    ],
)
def test_whoever_holds_an_exempt_role_on_the_day_is_not_checked(monkeypatch, login, role, today, checked):
    monkeypatch.setattr("filters.decide.CHECKS", {"sender_identity": raising(KeyError())})
    council = council_with(Stage.ENFORCE)
    exempting = council.policy.checks["sender_identity"].model_copy(update={"exempt": (Role(role),)})
    policy = council.policy.model_copy(update={"checks": {"sender_identity": exempting}})
    council = council.model_copy(update={"policy": policy})
    decision = decide(ANATOMY, context(login, council=council, today=today))
    assert bool(decision.findings) is checked


def test_a_check_that_is_off_is_not_run(monkeypatch):
    monkeypatch.setattr("filters.decide.CHECKS", {"sender_identity": raising(KeyError())})
    assert decide(ANATOMY, context(council=council_with(Stage.OFF))).findings == ()


def test_an_unknown_check_could_not_be_checked():
    unknown = CheckPolicy(stage=Stage.ENFORCE, verdict=Verdict.NOTE, clause=Clause(document="Test"))
    council = council_with(Stage.ENFORCE)
    checks = {**council.policy.checks, "no_such_check": unknown}
    council = council.model_copy(update={"policy": council.policy.model_copy(update={"checks": checks})})
    decision = decide(ANATOMY, context(council=council))
    assert decision.verdict is Verdict.HOLD
    assert decision.findings[0].check == "no_such_check"


@pytest.mark.parametrize("stage", list(Stage))
def test_what_could_not_be_read_is_held_whatever_the_policy(stage):
    decision = could_not_be_checked(council_with(stage), NOW, "it took too long")
    assert decision.needs == {Need.CLERK}
    assert all(finding.incomplete and "it took too long" in finding.reason for finding in decision.findings)


def test_on_trial_a_check_only_records_but_identity_stays_in_force(monkeypatch):
    trail = CheckPolicy(stage=Stage.ENFORCE, verdict=Verdict.ASK, clause=Clause(document="Test"))
    checks = {"sender_identity": lambda *_: [], "trail": raising(KeyError())}
    monkeypatch.setattr("filters.decide.CHECKS", checks)
    enforced = council_with(Stage.ENFORCE, trail=trail)
    assert decide(ANATOMY, context(council=enforced)).verdict is Verdict.HOLD
    on_trial = enforced.model_copy(update={"trial_until": TODAY})
    decision = decide(ANATOMY, context(council=on_trial))
    assert decision.verdict is Verdict.NOTE
    assert [(finding.check, finding.stage) for finding in decision.findings] == [("trail", Stage.TRIAL)]
    monkeypatch.undo()
    assert decide(read(b"From: x@y.example\r\n\r\n"), context(council=on_trial)).verdict is Verdict.REFUSE


def test_a_pause_does_not_reach_identity():
    council = council_with(Stage.ENFORCE).model_copy(update={"record_only_until": NOW + timedelta(hours=1)})
    wrong = read(b"From: x@y.example\r\n\r\n")
    assert decide(wrong, context(council=council)).verdict is Verdict.REFUSE


def test_an_unfit_message_is_refused_whatever_the_stage_of_checks():
    finding = form.unfit("It is too long.")
    assert (finding.effect, finding.check) == (Verdict.REFUSE, form.NAME)
    assert finding.reason.startswith("It is too long. ")


def test_findings_as_they_are_printed():
    [finding, *_] = could_not_be_checked(COUNCIL, NOW, "it took too long").findings
    assert set(finding.as_json()) == {"check", "verdict", "stage", "reason", "evidence", "clause"}
