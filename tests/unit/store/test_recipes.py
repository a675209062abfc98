"""Messages taken apart and put together again: octet for octet, whatever is said of where things stand."""

from __future__ import annotations

import base64
import hashlib
import json
import os

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.store import recipes
from gateway.store.errors import Altered
from gateway.store.recipes import Lines, Stretch

FILE = os.urandom(9001)
ENDS = st.sampled_from([b"\r\n", b"\n", b"\r", b" \r\n", b""])


def in_lines(octets: bytes, length: int, end: bytes) -> bytes:
    text = base64.b64encode(octets)
    return end.join(text[at : at + length] for at in range(0, len(text), length))


def again(raw: bytes, *stretches: Stretch) -> bytes:
    """What comes of a message after it was taken apart."""
    recipe = recipes.part(raw, stretches)
    if recipe is None:
        return raw
    steps = recipes.read(recipe.octets)
    assert set(steps.needed) == set(recipe.contents)
    found = b"".join(steps.pieces(recipe.contents))
    assert steps.size == len(found)
    return found


@given(st.integers(32, 100), st.integers(0, 20), ENDS, ENDS, st.binary(max_size=5), st.binary(max_size=5))
@example(76, 0, b"\r\n", b"", b"", b"\r\n")
@example(33, 1, b"\r\n", b"\r\n", b"\r\n", b"\r\n\r\n")
def test_base64_of_any_shape(length, cut, end, last, before, behind):
    text = before + in_lines(FILE[cut:], length, end) + last + behind
    raw = b"head\r\n\r\n" + text + b"tail"
    for stretch in (Stretch(8, 8 + len(text), True), Stretch(8, 8 + len(text), False)):
        assert again(raw, stretch) == raw


@given(
    st.lists(
        st.sampled_from([b"A", b"QUJD", b"=", b"\r\n", b"\n", b"\r", b" ", b"-", b"\xff", b"=="]), max_size=40
    ),
    st.integers(0, 12_000),
)
def test_what_only_looks_like_base64(odd, place):
    text = in_lines(FILE, 76, b"\r\n")
    text = text[:place] + b"".join(odd) + text[place:]
    assert again(b"x" + text, Stretch(1, 1 + len(text), True)) == b"x" + text


@given(st.lists(st.tuples(st.integers(-5, 40_000), st.integers(-5, 40_000), st.booleans()), max_size=6))
def test_wherever_things_are_said_to_stand(said):
    raw = b"".join(in_lines(FILE, length, b"\r\n") + b"\r\n" for length in (76, 60, 64))
    assert again(raw, *(Stretch(*each) for each in said)) == raw


@pytest.mark.parametrize(
    ("length", "end"), [(76, b"\r\n"), (64, b"\r\n"), (72, b"\n"), (61, b"\r\n"), (10**6, b"")]
)
def test_the_same_file_in_other_lines_is_the_same_content(length, end):
    text = in_lines(FILE, length, end)
    recipe = recipes.part(b"a" + text + b"\r\n", [Stretch(1, 3 + len(text), True)])
    assert recipe is not None
    assert list(recipe.contents) == [hashlib.sha256(FILE).hexdigest()]
    assert list(recipe.contents.values()) == [FILE]
    assert len(recipe.octets) < 300


def test_what_comes_out_otherwise_is_kept_as_it_stands():
    text = bytearray(in_lines(FILE, 76, b"\r\n"))
    text[500] = 0x2A
    recipe = recipes.part(bytes(text), [Stretch(0, len(text), True)])
    assert recipe is not None
    assert list(recipe.contents.values()) == [bytes(text)]


@pytest.mark.parametrize(
    ("place", "octets"),
    [
        (-3, b"/"),  # Bits behind the last octet, which say nothing and should be none.
        (76, b"\n\r"),
        (154, b"A\r\n"),  # A line longer by one, and the next one shorter.
    ],
)
def test_what_decodes_to_the_same_and_is_written_otherwise(place, octets):
    text = bytearray(in_lines(FILE, 76, b"\r\n"))
    place %= len(text)
    text[place : place + len(octets)] = octets
    assert again(bytes(text), Stretch(0, len(text), True)) == bytes(text)


def test_what_is_small_is_left_where_it_is():
    text = in_lines(FILE, 76, b"\r\n")[: recipes.LEAST - 1]
    assert recipes.part(b"x" * 20_000 + text, [Stretch(20_000, 20_000 + len(text), True)]) is None


def test_the_same_twice_in_a_message_is_one_content():
    text = in_lines(FILE, 76, b"\r\n")
    raw = text + b"\r\n" + text
    recipe = recipes.part(raw, [Stretch(0, len(text), True), Stretch(len(text) + 2, len(raw), True)])
    assert recipe is not None
    assert len(recipe.contents) == 1
    assert len(recipes.read(recipe.octets).needed) == 1


@given(st.binary(max_size=100))
def test_any_octets_are_a_recipe_or_said_to_be_altered(octets):
    try:
        recipes.read(octets)
    except Altered:
        pass


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["ab", "\r\n", ""]),
        lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
    )
)
@example([5, [["ab", -3]]])
@example([5, [["ab", 3, 1, "\n"]]])
@example([5, [["ab", 3, 76, "surprise"]]])
def test_any_json_is_a_recipe_or_said_to_be_altered(said):
    head = json.dumps(said).encode()
    try:
        steps = recipes.read(len(head).to_bytes(4, "big") + head)
    except Altered:
        return
    for step in steps.steps:
        assert isinstance(step, int) or step[2] is None or isinstance(step[2], Lines)
    try:
        list(steps.pieces(dict.fromkeys(steps.needed, b"abc")))
    except Altered:
        pass


def test_hostile_lines_take_no_long_time():
    """Linear: a file in very many very short lines, and one of blanks alone."""
    short = in_lines(FILE * 100, 1, b"\r\n")
    blanks = b"\r\n" * 1_000_000
    for text in (short, blanks):
        assert again(text, Stretch(0, len(text), True)) == text
