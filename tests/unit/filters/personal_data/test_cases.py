"""The table of cases of `personal_data`, through both steps of analysis."""

from __future__ import annotations

import tomllib

import pytest

from tests.conftest import ROOT
from tests.unit.filters.personal_data.writing import sent

CASES = tomllib.loads((ROOT / "tests/cases/personal_data.toml").read_text(encoding="utf-8"))["case"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(case["says"].split())[:50])
def test_the_table(case):
    decision = sent(case).decision
    assert decision.verdict.word == case["verdict"], [finding.reason for finding in decision.findings]
    for finding in decision.findings:
        assert finding.check == "personal_data"
        assert finding.masked
        assert finding.evidence
        assert finding.wants == case.get("wants", "nothing")
        data = [each.text for each in finding.evidence if not each.text.islower()]
        assert not any(text in finding.reason for text in data)
    if case["verdict"] != "pass":
        assert any(case["gives"] in finding.reason for finding in decision.findings)


def test_there_are_enough_of_them():
    assert len(CASES) >= 60
    assert sum("near" in case for case in CASES) * 3 >= len(CASES)
    assert len({case["says"] for case in CASES}) > 60
