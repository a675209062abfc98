"""The table of cases, a council without the dictionary, and a worker that can open no file."""

from __future__ import annotations

import time

import pytest

from config.policy import Verdict
from filters.spelling import british, rule
from tests.unit.filters.table import cases, council_with, looked_at

CASES = cases("spelling")
OWN = {"spelling_words": ["gronk"]}
STRICT = council_with("spelling", OWN, verdict="note", thresholds={"mistakes": 1})
USUAL = council_with("spelling", OWN, verdict="note")
WRONG = "We recieved the accomodation list from the goverment."

pytestmark = pytest.mark.skipif(british.dictionary() is None, reason="no British dictionary is installed")


def test_the_table_is_large_enough():
    assert len(CASES) >= 30
    assert sum(not case["found"] for case in CASES) >= len(CASES) / 3


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_a_case(case):
    decision = looked_at(case, STRICT).decision
    assert decision.verdict <= Verdict.NOTE
    assert [evidence.text for finding in decision.findings for evidence in finding.evidence] == case["found"]


def test_a_few_mistakes_are_nobodys_business():
    assert looked_at({"says": "We recieved the accomodation list."}, USUAL).decision.findings == ()
    [finding] = looked_at({"says": WRONG}, USUAL).decision.findings
    assert finding.verdict is Verdict.NOTE
    assert finding.reason == (
        "These words look misspelt: “recieved”, “accomodation”, “goverment”. Nothing waits for it."
    )


def test_without_a_dictionary_a_note_says_so(monkeypatch):
    monkeypatch.setattr(rule, "dictionary", lambda: None)
    [finding] = looked_at({"says": WRONG}, USUAL).decision.findings
    assert finding.verdict is Verdict.NOTE
    assert finding.reason.startswith("Spelling could not be checked: the server has no British dictionary.")


def test_no_dictionary_is_none(monkeypatch):
    import enchant

    def none(tag):
        raise enchant.errors.DictNotFoundError

    monkeypatch.setattr(enchant, "Dict", none)
    british.dictionary.cache_clear()
    try:
        assert british.dictionary() is None
    finally:
        british.dictionary.cache_clear()


@pytest.mark.parametrize("piece", ["recieve ", "a", "don't", "a b ", "x'", "é", "a.b ", "@a ", "the "])
def test_time_grows_with_the_length_of_the_text_only(piece):
    def seconds(size: int) -> float:
        case = {"says": (piece * (size // len(piece) + 1))[:size]}
        british.is_word.cache_clear()
        best = 9.0
        for _ in range(2):
            started = time.process_time()
            looked_at(case, STRICT)
            best = min(best, time.process_time() - started)
        return best

    assert seconds(100_000) < 2
    assert seconds(200_000) < 4 * seconds(50_000) * 2 + 0.1
