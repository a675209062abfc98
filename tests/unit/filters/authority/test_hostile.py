"""What the check costs where somebody means it ill, and that the cost grows with the length and no faster."""

from __future__ import annotations

import time

import pytest

from filters.authority.possible import POSSIBLE
from filters.authority.rule import CERTAIN, check
from filters.matter import MOST_OWN, TooMuch
from tests.unit.filters.authority.test_check import POLICY, anatomy, context

SIZE = 100_000
WORDS = " ".join(sorted(CERTAIN.words | POSSIBLE.words))
CRAFTED = {
    "please": "please ",
    "no marks": f"{WORDS} ",
    "we will": "we will ",
    "ready": "we would be very happy to hereby now formally ",
    "gap": "we accept your a b c d e ",
    "go-ahead": "please now go ahead and ",
    "list": "- please order the thing\n",
    "commas": "we accept, but so, ",
    "quoted": 'he said "please go ahead with it ',
    "one quotation mark": '"',
    "lines": "a\n",
    "short forms": "we'll've'd ",
    "full stops": ". ",
    "numbers": "1,",
    "one word": "a",
    "behalf": "on behalf of the all my little parish ",
    "condition": "if the council x y z ",
    "council": "the parish council ",
    "money": "£",
    "blank": "\t ",
    "accents": "ŵ é",
}


def seconds(text: str) -> float:
    seen, at = anatomy(text), time.process_time()
    list(check(seen, context(), POLICY))
    return time.process_time() - at


@pytest.mark.parametrize("crafted", CRAFTED.values(), ids=CRAFTED)
def test_a_hundred_kilobytes_take_less_than_two_seconds(crafted):
    assert seconds((crafted * (SIZE // len(crafted) + 1))[:SIZE]) < 2


@pytest.mark.parametrize("crafted", CRAFTED.values(), ids=CRAFTED)
def test_twice_as_much_takes_twice_as_long(crafted):
    times = []
    for size in (30_000, 240_000):
        text = (crafted * (size // len(crafted) + 1))[:size]
        times.append(min(seconds(text) for _ in range(2)))
    assert times[1] < 8 * 2.5 * max(times[0], 0.005), times


def test_what_is_too_long_is_not_let_pass():
    with pytest.raises(TooMuch):
        list(check(anatomy("a" * (MOST_OWN + 1)), context(), POLICY))
