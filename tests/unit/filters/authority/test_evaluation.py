"""The sets that the check is judged by, and the commands that judge and train."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from config.policy import Verdict
from filters.authority.model import MODEL
from tests.evaluation import train_authority
from tests.evaluation.authority.__main__ import FOLDER, main, report, wilson
from tests.evaluation.messages import Labelled, load

DEVELOPMENT = load(FOLDER / "development.toml")
EXPORT = '''[[message]]
id = "Q1"
binds = true
wording = ""
role = ""
to = ["office@greenways.example"]
subject = "Grass"
body = """
We accept your quotation.
"""
why = "should have been held"
'''


def labelled(binds: bool, wording: str = "") -> Labelled:
    return Labelled("1", binds, wording, "chair", (), "", "")


def test_the_development_set_is_large_and_half_of_it_ordinary():
    ordinary = [each for each in DEVELOPMENT if not each.binds]
    assert len(DEVELOPMENT) >= 250
    assert len(ordinary) >= len(DEVELOPMENT) / 2
    assert len({each.id for each in DEVELOPMENT}) == len(DEVELOPMENT)
    assert len({each.body for each in DEVELOPMENT}) == len(DEVELOPMENT)
    assert {each.wording for each in DEVELOPMENT if each.binds} == {"plain", "oblique"}


def test_wilsons_interval():
    low, high = wilson(8, 10)
    assert low == pytest.approx(0.490, abs=0.001)
    assert high == pytest.approx(0.943, abs=0.001)
    assert wilson(0, 0) == (0.0, 1.0)


def test_the_report_counts_what_it_says():
    told = [
        (labelled(True, "plain"), Verdict.HOLD),
        (labelled(True, "plain"), Verdict.PASS),
        (labelled(True, "oblique"), Verdict.ASK),
        (labelled(False), Verdict.HOLD),
        (labelled(False), Verdict.NOTE),
    ]
    lines = "\n".join(report(told))
    for counted in ("1 of 2", "recall, oblique: held or asked", "1 of 1", "0 of 2"):
        assert counted in lines


def test_feedback_that_was_exported_can_be_judged(tmp_path: Path, capsys):
    (tmp_path / "said.toml").write_text(EXPORT, encoding="utf-8")
    told = {"id": "2", "binds": False, "role": "chair", "to": ["a@b.example"], "body": "Thank you.\n"}
    (tmp_path / "said.jsonl").write_text(json.dumps(told) + "\n\n", encoding="utf-8")
    assert load(tmp_path / "said.toml")[0].wording == "plain"
    assert load(tmp_path / "said.jsonl")[0].subject == ""
    assert main(["--file", str(tmp_path / "said.toml")]) == 0
    assert "1 of 1" in capsys.readouterr().out


def test_errors_of_the_held_out_set_are_not_shown():
    with pytest.raises(SystemExit):
        main(["--set", "held_out", "--errors"])


def test_the_model_is_what_its_sets_make_it():
    learnt = [*train_authority.rows(DEVELOPMENT), *train_authority.single_sentences()]
    made = train_authority.on_words(learnt)
    assert made.words_bias == pytest.approx(MODEL.words_bias, abs=0.05)
    assert len(made.words) == pytest.approx(len(MODEL.words), rel=0.01)
    assert all(
        math.isclose(weight, made.words.get(name, 0.0), abs_tol=0.1) for name, weight in MODEL.words.items()
    )
