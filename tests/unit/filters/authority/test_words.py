"""The word lists: how they are written, and that looking only where their words stand loses nothing."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filters.authority.grammar import Grammar
from filters.authority.notation import BadPattern, Notation
from filters.authority.possible import POSSIBLE
from filters.authority.rule import CERTAIN
from filters.authority.sentences import sentences

OWN_NAME = frozenset({"little", "wickham"})
FOLDER = Path(__file__).parents[3]
MESSAGES = tomllib.loads((FOLDER / "evaluation/authority/development.toml").read_text(encoding="utf-8"))[
    "message"
]
WORDS = sorted(
    CERTAIN.words | POSSIBLE.words | {"not", "clerk", "if", "my", "£5", "20", ",", "-", "?", ".", "we'll"}
)
NOTATION = Notation({"we": ["we", "council"], "ready": "[<we>] [(will|can) be]"})


def seen(grammar: Grammar, text: str, how: str) -> list[tuple[str, str]]:
    find = getattr(grammar, how)
    return sorted({(hit.rule.says, hit.phrase) for each in sentences(text) for hit in find(each, OWN_NAME)})


@pytest.mark.parametrize("grammar", [CERTAIN, POSSIBLE], ids=["certain", "possible"])
@given(text=st.lists(st.sampled_from(WORDS), min_size=1, max_size=14).map(" ".join))
@settings(max_examples=150, deadline=None)
def test_looking_by_words_finds_all_that_trying_everything_finds(grammar, text):
    assert seen(grammar, text, "hits") == seen(grammar, text, "every_hit")


@pytest.mark.parametrize("grammar", [CERTAIN, POSSIBLE], ids=["certain", "possible"])
def test_the_same_on_whole_messages(grammar):
    found = [seen(grammar, each["body"], "hits") for each in MESSAGES]
    assert found == [seen(grammar, each["body"], "every_hit") for each in MESSAGES]
    assert sum(map(bool, found)) > 50


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("<we> accept", " we accept it ", "we accept "),
        ("<we> accept", " the council accept it ", "council accept "),
        ("accept [your|the] quote", " accept quote ", "accept quote "),
        ("accept ...2 quote", " accept a b quote ", "accept a b quote "),
        ("accept ...2 quote", " accept a b c quote ", None),
        ("accept ...2 quote", " accept | quote ", None),
        ("done ; paid", " done | paid ", "done | paid "),
        ("cat", " scatter cat ", "cat "),
    ],
)
def test_the_notation(phrase, text, found):
    pattern = NOTATION.pattern(phrase)
    spans = list(pattern.found_in(text))
    assert ([text[start:end] for start, end in spans] or [None]) == [found]


def test_phrases_that_touch_are_both_found():
    assert len(list(NOTATION.pattern("please order").found_in(" please order please order "))) == 2


@pytest.mark.parametrize("wrong", ["(a|b", "a)", "<nobody> pays", "[a|b]", "...", ""])
def test_what_is_not_in_the_notation_is_refused(wrong):
    with pytest.raises(BadPattern):
        NOTATION.pattern(wrong)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("We'll accept it.", [" we will accept it "]),
        ("We’ll pay £4,200!", [" we will pay £ "]),
        ("Yes\nplease order\n20 bags", [" yes please order # bags "]),
        ("- order 2\n- cancel 3", [" order # ", " cancel # "]),
        ("Hi Dave,\nPlease go", [" hi dave , ", " please go "]),
        ("go ahead - now; please", [" go ahead | now | please "]),
        ("!!! ...", []),
    ],
)
def test_plain_spelling(text, plain):
    assert [each.plain for each in sentences(text)] == plain


@given(st.text(alphabet="abc 'we’ll£5,2.-\n?!(“", max_size=120))
@settings(max_examples=200, deadline=None)
def test_the_way_back_gives_what_stands_there(text):
    for sentence in sentences(text):
        words = sentence.plain.split()
        assert sentence.as_written(1, len(sentence.plain) - 1) in text
        assert sentence.as_written(1, 1 + len(words[0])) in sentence.raw


def test_a_phrase_is_found_wherever_a_long_sentence_is_cut():
    for ahead in range(0, 900, 7):
        text = "word " * (ahead // 5) + "x" * (ahead % 5) + " we accept your quotation " + "more " * 40
        assert any(True for each in sentences(text) for _ in CERTAIN.hits(each, OWN_NAME)), ahead
