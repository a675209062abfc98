"""format=flowed lines, read back by an independent reader of RFC 3676."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signatures.message.flowed import flowed_lines


def read_back(text: str, delsp: bool) -> list[str]:
    """The paragraphs, as RFC 3676 §4.1 to 4.5 says to read them; quoted ones keep their marks."""
    paragraphs: list[str] = []
    flowing = -1
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")
        soft = content.endswith(" ") and content != "-- "
        words = content[:-1] if soft and delsp else content
        if flowing == depth and content != "-- ":
            paragraphs[-1] += words
        else:
            paragraphs.append(">" * depth + words)
        flowing = depth if soft else -1
    return paragraphs


@pytest.mark.parametrize("delsp", [False, True])
def test_short_lines_are_left_but_for_stuffing(delsp):
    text = "-- \nAnne Archer\n  Clerk \n> no quote\nFrom the office\nfrom\n\nŵ"
    assert flowed_lines(text, delsp) == (
        "-- \nAnne Archer\n   Clerk\n > no quote\n From the office\nfrom\n\nŵ"
    )


def test_long_lines_flow():
    line = "This message is from the parish council and is meant for the people it is addressed to alone."
    assert flowed_lines(line, delsp=False) == (
        "This message is from the parish council and is meant for the people it is \naddressed to alone."
    )
    assert flowed_lines(line, delsp=True).split("\n")[0].endswith("is  ")


WORDS = st.text(st.sampled_from("a-> F"), max_size=100).map(
    lambda text: text.replace("F", "From ")
) | st.just("-- ")
LINES = st.lists(st.lists(WORDS, max_size=12).map(" ".join), min_size=1, max_size=5)


@given(LINES, st.booleans())
def test_every_line_is_one_paragraph_when_read(lines, delsp):
    out = flowed_lines("\n".join(lines), delsp)
    assert read_back(out, delsp) == [line if line == "-- " else line.rstrip(" ") for line in lines]
    for line in out.split("\n"):
        assert len(line) <= 79 or " " not in line.strip(" ")[1:-1] or "  " in line or line.startswith(" ")


@given(
    st.lists(st.lists(st.text("abcdefgh", min_size=1, max_size=20), min_size=1).map(" ".join), min_size=1),
    st.booleans(),
)
def test_words_fit_in_78_characters(lines, delsp):
    assert max(map(len, flowed_lines("\n".join(lines), delsp).split("\n"))) <= 78
