"""The table of cases, through real messages."""

from __future__ import annotations

import pytest

from tests.unit.filters.table import cases, check_table, council_with, looked_at

CASES = cases("language")
COUNCIL = council_with("language", {"rude_words": ["gronks"], "polite_words": ["The Nutters"]}, verdict="ask")


def test_the_table_is_large_enough():
    check_table(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_a_case(case):
    decision = looked_at(case, COUNCIL).decision
    assert decision.verdict.word == case["verdict"], decision.findings
    shown = [evidence.text for finding in decision.findings for evidence in finding.evidence]
    assert case.get("shows", "") in "|".join(shown)
    assert not any(finding.incomplete for finding in decision.findings)
