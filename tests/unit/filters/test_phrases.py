"""Phrases as they are written in word lists, and found in texts."""

from __future__ import annotations

import re
import time
import tomllib
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filters.phrases import phrases_of, sentence_around, words_in

GROUPS = {"very": ["so", "a", "bunch of"], "them": ["him", "her", "all of them"]}


def found(phrase: str, text: str) -> list[str]:
    return [each[0] for each in phrases_of([phrase], GROUPS).found(text, words_in(text))]


@pytest.mark.parametrize(
    ("phrase", "text", "expected"),
    [
        ("go to hell", "Oh, go to hell.", ["go to hell"]),
        ("go to hell", "Oh, Go\nto  HELL!", ["Go\nto  HELL"]),
        ("go to hell", "cargo to hello", []),
        ("go to hell", "go to hell-fire", []),
        ("go to hell", "go, to *hell*", ["go, to *hell"]),
        ("sod off/it", "sod it, sod off, sod them", ["sod it", "sod off"]),
        ("send (me/us) nudes", "send nudes; send me nudes; send them nudes", ["send nudes", "send me nudes"]),
        ("you are <very> fools", "you are fools, you are so a bunch of fools", ["you are fools", "you are so a bunch of fools"]),
        ("you are <very> fools", "you are so so so so fools", []),
        ("hurt {them}", "hurt him, hurt all of them, hurt them", ["hurt him", "hurt all of them"]),
        ("or else $", "Do it or else. Or else what? or else we go", ["or else"]),
        ("or else $", "Do it or else", ["or else"]),
        ("i have ... for sale", "I have two nearly new tyres for sale.", ["I have two nearly new tyres for sale"]),
        ("i have ... for sale", "I have one. It is for sale.", []),
        ("you are mad", "You're mad, you’re mad, youre mad, you are mad, your mad", ["You're mad", "you’re mad", "youre mad", "you are mad"]),
        ("you will regret", "you'll regret; you will regret; you shall regret", ["you'll regret", "you will regret"]),
        ("could not run", "couldn't run, could not run, couldnt run", ["couldn't run", "could not run", "couldnt run"]),
        ("he/she is mad", "he's mad, she is mad, it is mad", ["he's mad", "she is mad"]),
        ("we will hurt", "well hurt, we'll hurt", ["we'll hurt"]),
        ("hell's bells", "hell’s bells", ["hell’s bells"]),
    ],
)  # fmt: skip
def test_what_a_phrase_finds(phrase, text, expected):
    assert found(phrase, text) == expected


def test_a_phrase_without_any_word_is_refused():
    with pytest.raises(ValueError):
        phrases_of(["<very> (him)"], GROUPS)
    with pytest.raises(KeyError):
        phrases_of(["hurt {nobody}"], GROUPS)


def test_the_sentence_around_a_phrase():
    text = 'He came. He said "go away", twice. Then he went.\n\nShe stayed.'
    start = text.index("go away")
    assert sentence_around(text, start, start + 7).strip() == 'He said "go away", twice.'


def told(package: str, name: str) -> dict:
    return tomllib.loads((resources.files(package) / f"{name}.toml").read_text(encoding="utf-8"))


HARD, RUDE, WORDS = (
    told("filters.language", "hard_words"),
    told("filters.language", "rude_words"),
    told("filters.solicitation", "words"),
)
LISTS = [
    *((HARD[name][key], HARD["groups"]) for name in ("insults", "threats") for key in ("phrases", "innocent")),
    *((RUDE[name]["phrases"], RUDE[name].get("groups", {})) for name in ("swearing", "discriminatory", "obscene", "innocent")),
    *((WORDS[name][key], WORDS["groups"]) for name in ("chain", "advert", "politics", "pre_election") for key in ("phrases", "innocent")),
    (WORDS["politics"]["imprint"], WORDS["groups"]),
]  # fmt: skip
PIECE = re.compile(r"\([^()]+\)|\S+")
ALL = [(phrase, groups) for phrases, groups in LISTS for phrase in phrases]


def said(draw, phrase: str, groups: dict) -> str:
    """A phrase as somebody says it."""
    words = []
    for piece in PIECE.findall(phrase):
        if piece == "...":
            words += draw(st.lists(st.sampled_from(["one", "green", "hedge"]), max_size=8))
        elif piece == "$":
            words[-1] += draw(st.sampled_from([".", "!", "", " ?"]))
        elif piece[0] == "<":
            words += draw(st.lists(st.sampled_from(groups[piece[1:-1]]), max_size=3))
        elif piece[0] == "{":
            words.append(draw(st.sampled_from(groups[piece[1:-1]])))
        else:
            optional = piece[0] == "("
            if not optional or draw(st.booleans()):
                words.append(draw(st.sampled_from(piece.strip("()").split("/"))))
    text = draw(st.sampled_from([" ", "\n", "  "])).join(words)
    for whole, short in (
        ("you are", "you're"),
        ("i am", "I’m"),
        ("you will", "you'll"),
        ("do not", "don’t"),
        ("you are", "youre"),
    ):
        if draw(st.booleans()):
            text = re.sub(rf"\b{whole}\b", short, text)
    return draw(st.sampled_from([text, text.upper(), text.capitalize()]))


@settings(max_examples=40)
@given(st.data())
def test_every_listed_phrase_is_found_where_it_is_said(data):
    """The words that it is looked up by lose nothing: each is found whole, in front of and behind other words."""
    for number in data.draw(st.lists(st.integers(0, len(ALL) - 1), min_size=20, max_size=20)):
        phrase, groups = ALL[number]
        text = said(data.draw, phrase, groups)
        compiled = phrases_of([phrase], groups)
        written = f"Well, {text}"
        spans = [each[0] for each in compiled.found(written, words_in(written))]
        assert any(text.rstrip(".!? ").endswith(each) for each in spans), (phrase, text, spans)


@pytest.mark.parametrize(("phrase", "groups"), ALL, ids=lambda each: each if isinstance(each, str) else "")
def test_no_phrase_takes_long(phrase, groups):
    """Text that begins like it again and again, and never ends like it: 30 kB in no time."""
    compiled = phrases_of([phrase], groups)
    first = phrase.replace("(", "").replace(")", "").split()
    words = [
        groups[each[1:-1]][0] if each[0] in "<{" else each.split("/")[0]
        for each in first
        if each not in {"...", "$"}
    ]
    all_words = words_in(" ".join(words)) | {
        word for choices in groups.values() for each in choices for word in words_in(each)
    }
    for piece in (" ".join(words[:-1]) + " ", " ".join(words) + " ", f"{words[0]} ", f"{words[0]}  \n *"):
        text = (piece * (30_000 // len(piece) + 1))[:30_000]
        best = 9.0
        for _ in range(3):
            started = time.process_time()
            list(compiled.found(text, all_words | words_in(phrase)))
            best = min(best, time.process_time() - started)
            if best < 0.1:
                break
        assert best < 0.1, piece
