"""Characters in one form, quickly."""

from __future__ import annotations

import sys
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filters.composed import MOST_MARKS, normalized

FORMS = ["NFC", "NFD", "NFKC", "NFKD"]
MARKS = st.text(st.sampled_from("ae\u0301\u0323\u0336\u0f73\uff9e\ufb01"), max_size=MOST_MARKS)


@pytest.mark.parametrize("form", FORMS)
@given(st.text(max_size=MOST_MARKS) | MARKS)
def test_it_is_the_standards_own_form(form, text):
    assert normalized(form, text) == unicodedata.normalize(form, text)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("marks", ["\u0301\u0323\u0336", "\u0f73", "\uff9e\u0323", "\U0001e94a\u0301"])
def test_very_many_marks_on_a_letter_take_no_time(form, marks):
    begun = time.process_time()
    found = normalized(form, "a" + marks * 500_000)
    assert time.process_time() - begun < 1
    assert len(found) <= 3 * MOST_MARKS


def test_letters_keep_the_marks_that_they_have():
    text = "a" + "\u0301" * MOST_MARKS + "b\u0323"
    assert normalized("NFD", text) == text
    assert normalized("NFD", text + "\u0301" * MOST_MARKS) == text + "\u0301" * (MOST_MARKS - 1)


def test_every_character_that_becomes_a_mark_is_counted():
    for code in range(sys.maxunicode + 1):
        if unicodedata.combining(unicodedata.normalize("NFKD", chr(code))[0]):
            assert len(normalized("NFKD", "a" + chr(code) * 100)) < 100, hex(code)
