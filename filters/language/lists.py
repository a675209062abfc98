"""The word lists of the check, as `rude_words.toml` and `hard_words.toml` have them, and what a council adds."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from filters.phrases import Phrases, phrases_of

_NONE = phrases_of(())


@dataclass(frozen=True, slots=True)
class Listed:
    """Words that count whole, phrases, and phrases within which neither counts."""

    words: frozenset[str]
    phrases: Phrases
    innocent: Phrases = _NONE


@dataclass(frozen=True, slots=True)
class Reported:
    """Words that tell that somebody reports what was said: signs alone, or a speaker with a verb."""

    signs: frozenset[str]
    speakers: frozenset[str]
    verbs: frozenset[str]


def _told(name: str) -> dict[str, Any]:
    return tomllib.loads((resources.files("filters.language") / f"{name}.toml").read_text(encoding="utf-8"))


def _words(text: str) -> frozenset[str]:
    return frozenset(text.casefold().split())


def _with_endings(stems: Iterable[str], endings: Iterable[str]) -> frozenset[str]:
    return frozenset(stem + ending for stem in stems for ending in ("", *endings))


def _rude(told: Mapping[str, Any], group: str, innocent: Phrases) -> Listed:
    said = told[group]
    words = _words(said["words"]) | _with_endings(said.get("stems", ()), said.get("endings", ()))
    return Listed(words, phrases_of(said["phrases"], said.get("groups")), innocent)


def _hard(told: Mapping[str, Any], group: str) -> Listed:
    said, groups = told[group], told["groups"]
    return Listed(
        _words(said.get("words", "")),
        phrases_of(said["phrases"], groups),
        phrases_of(said["innocent"], groups),
    )


_RUDE, _HARD = _told("rude_words"), _told("hard_words")
_INNOCENT = phrases_of(_RUDE["innocent"]["phrases"])

SWEARING = _rude(_RUDE, "swearing", _INNOCENT)
DISCRIMINATORY = _rude(_RUDE, "discriminatory", _INNOCENT)
OBSCENE = _rude(_RUDE, "obscene", _INNOCENT)
INSULTS = _hard(_HARD, "insults")
THREATS = _hard(_HARD, "threats")
REPORTED = Reported(*(_words(_HARD["reported"][key]) for key in ("signs", "speakers", "verbs")))


@lru_cache(maxsize=64)
def councils_own(rude: tuple[str, ...]) -> Listed:
    """What a council calls rude: words count whole, and phrases as they stand."""
    folded = [each.casefold() for each in rude]
    return Listed(
        frozenset(each for each in folded if each.isalpha()),
        phrases_of(_plain(each) for each in folded if not each.isalpha() and _says(each)),
    )


@lru_cache(maxsize=64)
def as_plain_phrases(written: tuple[str, ...]) -> Phrases:
    """Words and phrases of a council, none of their marks having a meaning."""
    return phrases_of(_plain(each.casefold()) for each in written if _says(each))


def _says(phrase: str) -> bool:
    """Whether there is a word in it to look for."""
    return any(map(str.isalnum, phrase))


def _plain(phrase: str) -> str:
    return "".join(" " if mark in "<>{}()/$" else mark for mark in phrase)
