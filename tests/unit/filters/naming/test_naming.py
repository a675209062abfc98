"""The table of cases of `naming`."""

import time
import tomllib

import pytest

from config.content import ContentRules
from config.policy import Verdict
from tests.conftest import ROOT
from tests.unit.filters.letters import COUNCIL, letter, look

CASES = tomllib.loads((ROOT / "tests/cases/naming.toml").read_text(encoding="utf-8"))["case"]


def found(case):
    to = case.get("to", ["Jill Fenwick <jill.fenwick@resident.example>"])
    council = COUNCIL.model_copy(update={"content": ContentRules(published=case.get("published", ()))})
    raw = letter(f"To: {', '.join(to)}\nSubject: {case.get('subject', 'Hall')}", case["says"])
    return look("naming", raw, council=council, verdict=Verdict.NOTE)


@pytest.mark.parametrize("case", CASES, ids=[case["says"][:40].replace("\n", " ") for case in CASES])
def test_the_table(case):
    findings = found(case)
    assert [each.text for finding in findings for each in finding.evidence] == case["found"]
    for finding in findings:
        assert finding.masked
        assert not any(name in finding.reason for name in case["found"])


@pytest.mark.parametrize("piece", ["Mr ", "Dear Mr A", "Mr A B C D ", "Lady Aaaaaaaa", "Dr A. ", "dear "])
def test_much_of_it_takes_no_long(piece):
    begun = time.process_time()
    found({"says": piece * (100_000 // len(piece)), "found": []})
    assert time.process_time() - begun < 5
