"""The words that the check goes by, from `words.toml`."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from importlib import resources

from filters.matter import words_of


@dataclass(frozen=True, slots=True)
class Phrases:
    """Phrases by what they are about. `heads` has a word of each, without which none stands in a text."""

    about: tuple[tuple[str, tuple[str, ...]], ...]
    heads: frozenset[str]
    pattern: re.Pattern[str]

    def said_in(self, text: str) -> list[str]:
        """What of these stands in a text, as it stands there."""
        return [found[0] for found in self.pattern.finditer(text)]

    def subject(self, said: str) -> str:
        """What a phrase that was found is about."""
        key = _flat(said)
        return next(about for about, phrases in self.about if key in phrases)


@dataclass(frozen=True, slots=True)
class Words:
    """All of them. Those in small letters are `no_names`, `businesses` and `sites`."""

    titles: tuple[str, ...]
    streets: tuple[str, ...]
    streets_cy: tuple[str, ...]
    houses: tuple[str, ...]
    no_names: frozenset[str]
    businesses: re.Pattern[str]
    sites: re.Pattern[str]
    topics: re.Pattern[str]
    grave: Phrases
    mild: Phrases


def _flat(text: str) -> str:
    return " ".join(text.casefold().replace("’", "'").split())


def any_of(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """A pattern for any of some phrases as whole words, their blanks of any width."""
    each = (re.escape(phrase).replace(r"\ ", r"\s{1,3}").replace("'", "['’]") for phrase in phrases)
    return re.compile(rf"(?<!\w)(?:{'|'.join(sorted(each, key=len, reverse=True))})(?!\w)", re.IGNORECASE)


def _phrases(told: dict[str, list[str]]) -> Phrases:
    about = tuple((name, tuple(map(_flat, phrases))) for name, phrases in told.items())
    every = tuple(phrase for _, phrases in about for phrase in phrases)
    # The longest word of a phrase is the rarest, as a rule.
    heads = frozenset(max(words_of(phrase), key=len) for phrase in every)
    return Phrases(about, heads, any_of(every))


def _read() -> Words:
    told = tomllib.loads((resources.files(__package__) / "words.toml").read_text(encoding="utf-8"))
    return Words(
        titles=tuple(told["titles"]),
        streets=tuple(told["streets"]),
        streets_cy=tuple(told["streets_cy"]),
        houses=tuple(told["houses"]),
        no_names=frozenset(told["no_names"]),
        businesses=any_of(tuple(told["businesses"])),
        sites=any_of(tuple(told["sites"])),
        topics=any_of(tuple(told["topics"])),
        grave=_phrases(told["grave"]),
        mild=_phrases(told["mild"]),
    )


WORDS = _read()
