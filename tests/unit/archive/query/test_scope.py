"""Which messages a query is about, whether or not all of them could be read."""

from __future__ import annotations

from datetime import date

import pytest

from gateway.archive.query import explain, parse, positive_words, scope, written
from gateway.archive.query.terms import EVERYTHING, NOTHING, Not, Or

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("query", "within"),
    [
        ("burial", ""),
        ("-draft", ""),
        ("body:a own:b attachment:c filename:d", ""),
        ("type:pdf", ""),
        ("hash:" + "00" * 32, ""),
        ("from:clerk burial", "from:clerk"),
        ("from:clerk -burial", "from:clerk"),
        ("from:clerk OR burial", ""),
        ("-from:clerk -subject:(a b)", "-from:clerk -(subject:a subject:b)"),
        ("to:jones after:2026 state:held burial", "to:jones after:2026-01-01 state:held"),
        ("(from:a burial) OR (from:b grave)", "from:a OR from:b"),
        ("-(from:a burial)", ""),
        ("-(from:a OR burial)", "-from:a"),
        ("has:attachment person:jones draft*", "has:attachment person:jones"),
        ("is:unsearched burial", "is:unsearched"),
    ],
)
def test_what_may_stand_in_what_was_not_read_is_left_open(query: str, within: str) -> None:
    assert written(scope(parse(query, TODAY).term)) == within


def test_constants() -> None:
    assert scope(EVERYTHING) == EVERYTHING
    assert scope(NOTHING) == NOTHING
    assert scope(Not(EVERYTHING)) == NOTHING
    assert scope(Or((NOTHING, EVERYTHING))) == EVERYTHING


def test_words_that_are_marked() -> None:
    words = positive_words(parse('burial -draft (from:clerk OR "a b") burial -(x -y)', TODAY).term)
    assert [" ".join(each.tokens) for each in words] == ["burial", "clerk", "a b", "y"]


def test_a_certificate_can_say_its_scope() -> None:
    meant = scope(parse("from:clerk on:2026-03 burial", TODAY).term)
    assert explain(meant) == 'Mail from "clerk", received from 1 March 2026 to 31 March 2026.'
