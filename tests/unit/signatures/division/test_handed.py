"""A division is handed from the reader to the writer once, and kept no longer."""

from __future__ import annotations

import pytest

from signatures.message.division import Division, divide_html, divide_plain, handed
from signatures.message.division.handed import division_of, hand_over
from signatures.message.scanner import Unscannable

TEXT = "Mine.\n\nOn 8 Nov 2026, M wrote:\n> Old.\n"


@pytest.fixture(autouse=True)
def _nothing_kept():
    handed._handed.clear()
    yield
    handed._handed.clear()


def test_what_is_handed_over_is_taken_once():
    division = divide_plain(TEXT)
    hand_over(TEXT, None, division)
    assert division_of(TEXT, None) is division
    assert division_of(TEXT, None) is not division
    assert division_of(TEXT, None) == division


def test_what_was_not_handed_over_is_divided():
    hand_over(TEXT, None, divide_plain(TEXT))
    assert division_of(TEXT + "x", None) == divide_plain(TEXT + "x")
    assert division_of(TEXT, 100) == divide_html(TEXT, 100)
    with pytest.raises(Unscannable):
        division_of("<p>" * 4, 3)


def test_half_a_character_is_no_hindrance():
    hand_over("\ud800", None, divide_plain("\ud800"))
    assert division_of("\ud800", None) == divide_plain("\ud800")


def test_little_is_kept():
    for number in range(100):
        hand_over(f"{number}", None, divide_plain(f"{number}"))
    assert 0 < len(handed._handed) <= 8
    handed._handed.clear()
    long = divide_plain("On 8 Nov 2026, M wrote:\n" + "> x\ny\n" * 2000)
    assert isinstance(long, Division)
    hand_over("long", None, long)
    assert not handed._handed
