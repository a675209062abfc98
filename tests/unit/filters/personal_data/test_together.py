"""Texts that the engine looks at in one go give what each gives by itself."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from filters.personal_data import engine
from signatures.message.anatomy import read
from tests.evaluation.everyday import false_alarms
from tests.hostile_words import PIECES

NUMBERS = (
    "NHS", "943 476 5919", "AB 12 34 56 C", "sort code 20-00-00", "account 12345678", "20-00-00", "a/c", "passport", "123456789",
    "UTR", "12345 67890", "council tax ref", "born 1/2/1990", "4111 1111 1111 1111", "GB33BUKB20201555555555", "Mrs", "A", "Roe",
    "4", "Mill", "Lane", "WX1 2AB", "0", "1632 960123", "cookie id", "=", "abcdefghij12", "jo", "@post.example", "192.168.1.1", "",
)  # fmt: skip
TEXTS = st.lists(st.sampled_from((*NUMBERS, *PIECES)), max_size=8).map(" ".join)


def told(items):
    return sorted((item.kind, item.start, item.end, item.text) for item in items)


@settings(max_examples=150)
@given(st.lists(TEXTS, max_size=12))
@example(["NHS", "943 476 5919"])
@example(["sort code", "20-00-00", "12345678"])
@example(["passport", "123456789"])
@example(["4", "Mill Lane"])
@example(["\0" * 70, "NHS", "\0 943 476 5919"])
def test_together_they_give_what_each_gives(texts):
    found = list(engine.items_in_each(texts))
    assert [told(items) for items in found] == [told(engine.items_in(text)) for text in texts]


def test_ordinary_mail_gives_the_same():
    texts = [paragraph for mail in false_alarms() for paragraph in read(mail.raw).own_texts[0].split("\n\n")]
    assert [told(items) for items in engine.items_in_each(texts)] == [
        told(engine.items_in(each)) for each in texts
    ]


@pytest.mark.parametrize("length", [1990, 2000, 2001, 5000])
def test_long_ones_stand_alone(length):
    texts = ["Mrs Roe", "x" * length + " Mrs Roe", "Mrs Roe"]
    assert [[item.text for item in items] for items in engine.items_in_each(texts)] == [["Mrs Roe"]] * 3


def test_very_many_short_ones_cost_little():
    engine.load()
    begun = time.process_time()
    assert sum(map(len, engine.items_in_each(f"a{number}" for number in range(12_500)))) == 0
    assert time.process_time() - begun < 1


def test_none_are_looked_at_before_they_are_asked_for():
    given_out = []

    def texts():
        for number in range(1000):
            given_out.append(number)
            yield "Mrs Roe"

    assert next(engine.items_in_each(texts()))
    assert len(given_out) < 50
