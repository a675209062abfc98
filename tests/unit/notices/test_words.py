"""The words of notices: the same keys and fields in every language, and all of them used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gateway.holds.answers.options import ENGLISH, WELSH, Option
from gateway.notices import office, page
from gateway.notices.held import NotUnderstood, Told
from gateway.notices.page import Taken
from gateway.notices.parts import WAITS_FOR
from gateway.notices.wording import LANGUAGES, Words, words

FOLDER = Path(__file__).parents[3] / "gateway/notices"


def test_each_language_has_the_same_keys_and_fields():
    assert words("en").fields == words("cy").fields
    assert {file.stem for file in (FOLDER / "words").glob("*.toml")} == set(LANGUAGES)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_sentence_is_on_one_line_and_says_something(lang):
    for line in (FOLDER / "words" / f"{lang}.toml").read_text(encoding="utf-8").splitlines():
        assert "breach" not in line.lower()
        assert "—" not in line
        if line.partition("=")[1] and not line.startswith("#"):
            assert re.search(r'= "[^"\\]', line) or re.search(r'= "\\"', line), line


def test_the_two_are_not_the_same_words():
    same = [
        key
        for key in words("en").fields
        if "".join(map(str, _said("en", key))) == "".join(map(str, _said("cy", key)))
    ]
    assert set(same) <= {"common.seen", "people.with_role", "day"}


def _said(lang: str, key: str) -> tuple[object, ...]:
    spoken = words(lang)
    return spoken(key, **{name: f"<{name}>" for name in spoken.fields[key]})


def test_every_option_is_told_in_every_language():
    for option in Option:
        assert f"option.{option.value}" in words("en").fields
        assert ENGLISH[option]
        assert WELSH[option]


def test_whatever_is_chosen_by_name_has_its_words():
    fields = words("en").fields
    for prefix, names in (
        ("held.waits", WAITS_FOR.values()),
        ("again", NotUnderstood),
        ("already", set(Told) - {Told.SENT_AS_CLERK}),
        ("month", map(str, range(1, 13))),
    ):
        assert {f"{prefix}.{name}" for name in names} <= set(fields)
    for occasion in office._OCCASIONS.values():
        keys = (occasion.opening, f"{occasion.opening}_casework", occasion.to_do, occasion.if_nothing)
        assert {f"office.{key}" for key in keys} | {
            f"title.{occasion.title}",
            f"subject.{occasion.title}",
        } <= set(fields)


def test_what_is_filled_in_is_not_filled_in_again():
    spoken = Words("en", {"a": "{who} and {whom}"})
    said = spoken("a", who=Taken("{whom}"), whom="x")
    assert page.plain(said) == "{whom} and x"
    with pytest.raises(KeyError):
        spoken("a", who="x")
    with pytest.raises(KeyError):
        spoken("b")
