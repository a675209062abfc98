"""Words with their places are the very words that the index has."""

from __future__ import annotations

import sys
import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.store.index.tokens import LONGEST, placed, plain, tokens

_ODD = st.text(st.sampled_from("aZ0_ é\u0301\u00ad\u200bﬁ½ßİΣσςK①한가אָا\u064bЙ’£…x\ue000\ud800"), max_size=60)


@settings(max_examples=500)
@given(st.text(max_size=200) | _ODD)
def test_words_with_places_are_those_of_tokens(text: str) -> None:
    found = list(placed(text))
    assert [word for word, _, _ in found] == tokens(text)
    at = 0
    for word, begin, end in found:
        assert 0 <= begin < end <= len(text)
        assert begin >= at or unicodedata.normalize("NFKD", text[begin]) != text[begin]
        at = begin
        # Where a character comes apart into several words, as a fraction does, each has all of it.
        # Greek has a sigma of its own for the end of a word.
        assert word.replace("ς", "σ") in plain(text[begin:end]).replace("ς", "σ")


def test_every_character_there_is() -> None:
    for first in range(0, sys.maxunicode + 1, 512):
        text = " ".join(f"a{chr(each)}b {chr(each)}" for each in range(first, first + 512)) + " end"
        found = list(placed(text))
        assert [word for word, _, _ in found] == tokens(text), hex(first)
        assert found[-1] == ("end", len(text) - 3, len(text)), hex(first)


def test_places() -> None:
    text = "Café\u0301 O’Brien, ﬁne £1,250.00 Cafe\u0301!"
    found = [(word, text[begin:end]) for word, begin, end in placed(text)]
    assert found == [
        ("cafe", "Café\u0301"),
        ("o", "O"),
        ("brien", "Brien"),
        ("fine", "ﬁne"),
        ("1", "1"),
        ("250", "250"),
        ("00", "00"),
        ("cafe", "Cafe\u0301"),
    ]


def test_a_very_long_word_is_cut() -> None:
    for letter in "xé":
        found = list(placed(letter * (2 * LONGEST + 1)))
        assert [(begin, end) for _, begin, end in found] == [(0, 200), (200, 400), (400, 401)]
