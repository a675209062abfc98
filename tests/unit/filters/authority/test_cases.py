"""The check `authority`, by the table that a clerk can read: `tests/cases/authority.toml`."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from config.policy import Verdict
from filters.finding import Wants
from tests.evaluation.messages import Labelled, council, judged

CASES = tomllib.loads((Path(__file__).parents[3] / "cases/authority.toml").read_text(encoding="utf-8"))[
    "case"
]
COUNCIL = council(
    "authority",
    content={
        "binding_phrases": ["make hay with the oak one"],
        "harmless_phrases": ["Go ahead with the parade"],
    },
)


def findings(case: dict[str, Any], of=COUNCIL):
    personal = case["role"] == "personal"
    subject = case.get("subject", "Hello")
    message = Labelled(
        id="case",
        binds=False,
        wording="",
        role="councillor" if personal else case["role"],
        to=tuple(case["to"]),
        subject=f"[personal] {subject}" if personal else subject,
        body=case["text"] + "\n",
    )
    return [each for each in judged(message, of).decision.findings if each.check == "authority"]


def said(case: dict[str, Any]) -> str:
    return f"{case['verdict']}: {case['why']}"


def test_the_table_is_large_enough_and_a_third_of_it_are_near_misses():
    assert len(CASES) >= 60
    assert sum(case["verdict"] in {"pass", "note"} for case in CASES) >= len(CASES) / 3
    assert len({said(case) + case["text"] for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=said)
def test_each_case_has_its_verdict_and_shows_what_was_seen(case):
    found = findings(case)
    verdict = max((each.verdict for each in found), default=Verdict.PASS)
    assert verdict.word == case["verdict"], [each.reason for each in found]
    for each in found:
        if each.verdict >= Verdict.ASK:
            assert each.wants is (Wants.NOT_BINDING if each.verdict is Verdict.ASK else Wants.NOTHING)
            assert each.evidence
            written = f"{case.get('subject', '')}\n{case['text']}"
            assert all(seen.text in written for seen in each.evidence), "not the exact characters"
            assert " ".join(each.evidence[0].text.split()) in each.reason
            assert "Clerk" in each.reason
