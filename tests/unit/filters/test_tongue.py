"""The languages of paragraphs, and the note on what checks do not read."""

from __future__ import annotations

import time
import tomllib
from pathlib import Path

import pytest

from config.policy import CheckPolicy, Clause, Stage, Verdict
from filters.tongue import Tongue, not_checked, tongue_of
from signatures.message.anatomy import read
from tests.ordinary import ordinary

CASES = tomllib.loads((Path(__file__).parents[2] / "cases/tongue.toml").read_text(encoding="utf-8"))["case"]
POLICY = CheckPolicy(
    stage=Stage.ENFORCE, verdict=Verdict.HOLD, clause=Clause(document="Test policy", item="1")
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_the_language_of_a_paragraph(case):
    assert tongue_of(case["says"].strip("\n")) == case["is"]


def test_ordinary_messages_are_english():
    """Some of them are bilingual; what is in English there is never taken for another language."""
    for each in ordinary():
        for text in read(each.raw).own_texts:
            for paragraph in text.split("\n\n"):
                tongue = tongue_of(paragraph)
                assert tongue is Tongue.ENGLISH or " the " not in paragraph, paragraph


def test_both_ways_of_writing_an_accent_are_one():
    text = "Rydym wedi cysylltu â'r ysgol ynglŷn â'r tân, ac mae'r plant i gyd yn ddiogel."
    assert tongue_of(text) is Tongue.WELSH
    from unicodedata import normalize

    assert tongue_of(normalize("NFD", text)) is Tongue.WELSH


@pytest.mark.parametrize(
    ("tongues", "reason"),
    [
        ([Tongue.WELSH], "Not checked: this part is in Welsh."),
        ([Tongue.OTHER, Tongue.OTHER], "Not checked: this part is in another language."),
        ([Tongue.OTHER, Tongue.WELSH], "Not checked: parts are in Welsh and in another language."),
    ],
)
def test_what_is_not_checked_is_a_note_whatever_the_policy_says(tongues, reason):
    finding = not_checked("language", POLICY, tongues)
    assert (finding.verdict, finding.reason, finding.check) == (Verdict.NOTE, reason, "language")


@pytest.mark.parametrize(
    "piece", ["mae yn y ", "mae. ", "я ", "я", "the ", "a", "\n", "Ŵ ", "e\u0301", "nie die "]
)
def test_time_grows_with_the_length_of_the_text_only(piece):
    def seconds(size: int) -> float:
        text = (piece * (size // len(piece) + 1))[:size]
        best = 9.0
        for _ in range(3):
            started = time.process_time()
            tongue_of(text)
            best = min(best, time.process_time() - started)
        return best

    assert seconds(100_000) < 2
    assert seconds(400_000) < 8 * seconds(100_000) + 0.05
