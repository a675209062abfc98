"""The table of cases of `confidential`."""

from __future__ import annotations

import tomllib

import pytest

from config.verdict import Verdict
from tests.conftest import ROOT
from tests.unit.filters.confidential.marked_mail import RESIDENT, found, letter

CASES = tomllib.loads((ROOT / "tests/cases/confidential.toml").read_text(encoding="utf-8"))["case"]


def test_there_are_enough_of_them():
    near = [case for case in CASES if case["verdict"] == "pass"]
    assert len(CASES) >= 60
    assert len(near) * 3 >= len(CASES)


def _called(case) -> str:
    return f"{case['verdict']} {case.get('subject', '')} {case['says']}"[:60].replace("\n", " ")


@pytest.mark.parametrize("case", CASES, ids=_called)
def test_the_table(case):
    to = case.get("to", [RESIDENT])
    raw = letter(
        case["says"],
        subject=case.get("subject", "Hall"),
        to=to,
        headers=case.get("headers", ()),
        attached=case.get("attached"),
    )
    findings = found(raw, to)
    gravest = max((each.effect for each in findings), default=Verdict.PASS)
    assert gravest.word == case["verdict"], [(each.reason, each.evidence) for each in findings]
    assert not any(each.incomplete for each in findings)
    if "marks" in case:
        shown = [each.text for finding in findings for each in finding.evidence]
        assert any(case["marks"] in each for each in shown), shown
    if "about" in case:
        assert {each for finding in findings for each in finding.about} == set(case["about"])
