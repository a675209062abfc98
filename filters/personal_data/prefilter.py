"""Which paragraphs the engine has to look at, told from marks that cost next to nothing to see.

A paragraph is left out only where nothing in it could be part of a finding: `tests/unit/filters/personal_data` tries
to show otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from config.consumer_domains import CONSUMER_DOMAINS
from filters.matter import Passage, words_of
from filters.personal_data.engine import plain
from filters.personal_data.words import WORDS

_NINO = re.compile(r"\d\d[ -]?\d\d[ -]?\d\d[ -]?[A-D](?![A-Za-z0-9])")
_CARD = re.compile(r"\d{4}[ -]?\d{4,6}[ -]?\d{4}")
_IBAN = re.compile(r"\d\d[ -]?[A-Z]{4}|\d\d[ -]?[A-Z0-9]{4}[ -]?\d{4}")
_LICENCE = re.compile(r"\d{6}[A-Z9]{2}[A-Z0-9][A-Z]{2}")
_ACCOUNT = re.compile(r"\d{4} ?\d{4}(?!\d)")
_LABELLED = frozenset({"nhs", "passport", "utr", "taxpayer", "born", "dob", "birth"})
"""What stands beside a number that is sensitive with it."""

_ACCOUNTS = frozenset({"sort", "sortcode", "account", "acc", "c"})
_DOTTED_BIRTH = re.compile(r"\bd\.?o\.?b\b", re.IGNORECASE)

_TITLES = frozenset(title.casefold() for title in WORDS.titles)
_PLACES = frozenset(word.casefold() for word in (*WORDS.streets, *WORDS.streets_cy, *WORDS.houses))
_OTHERS = frozenset({"cookie", "cookies", "allotment", "plot", "family"})
_COOKIES = frozenset({"cookie", "cookies", "ga"})
_DIGIT = re.compile(r"\d")
_HOME = re.compile(r"\d[A-Z]{2}(?![A-Za-z0-9])|\d[A-Za-z]?,?\s[A-ZÀ-Þ]|\d\.\d{1,3}\.\d{1,3}\.\d")
"""A postcode's end, a house number before a name, a network address."""

_MOBILE = re.compile(r"7\d{2}")
_DOMAIN = re.compile(r"@([A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8})")

_SENSITIVE = WORDS.grave.heads | WORDS.mild.heads


class Marks(NamedTuple):
    """What is seen of a paragraph. `alone`: a number that is sensitive by itself may be in it. `leads`: something
    may that leads to a person. `homes` and `mobiles`: as many such details, at most. `sensitive`: a phrase
    of `words.toml` is.
    """

    alone: bool
    leads: bool
    homes: int
    mobiles: int
    sensitive: bool


def marks_of(text: str) -> Marks:
    """The marks of a paragraph."""
    seen = plain(text)
    spoken = words_of(seen)
    words = frozenset(spoken)
    digits, at = _DIGIT.search(seen) is not None, "@" in seen
    places = 0 if words.isdisjoint(_PLACES) else sum(word in _PLACES for word in spoken)
    return Marks(
        alone=digits and _may_be_alone(seen, words),
        leads=digits or at or places > 0 or not words.isdisjoint(_TITLES | _OTHERS),
        homes=places
        + (len(_HOME.findall(seen)) if digits else 0)
        + (_private_addresses(seen) if at else 0)
        + (seen.count(":") >= 4)
        + (not words.isdisjoint(_COOKIES)),
        mobiles=len(_MOBILE.findall(seen)) if digits else 0,
        sensitive=not words.isdisjoint(_SENSITIVE)
        and (WORDS.grave.pattern.search(seen) is not None or WORDS.mild.pattern.search(seen) is not None),
    )


def _private_addresses(text: str) -> int:
    return sum(found.casefold() in CONSUMER_DOMAINS for found in _DOMAIN.findall(text))


def chosen(passages: Sequence[Passage], people: int, *, basis: bool, names: bool = False) -> list[bool]:
    """For each paragraph of one text whether it has to be looked at. `people`: how many make a list; `basis`: one
    person's name with an address is enough; `names`: the engine knows names that nothing marks.
    """
    marks = [marks_of(each.text) for each in passages]
    together = (
        any(each.sensitive for each in marks)
        or sum(each.homes + each.mobiles for each in marks) >= people
        or (basis and any(each.homes for each in marks))
    )
    return [each.alone or (together and (each.leads or names)) for each in marks]


def _may_be_alone(text: str, words: frozenset[str]) -> bool:
    return (
        not words.isdisjoint(_LABELLED)
        or _DOTTED_BIRTH.search(text) is not None
        or _NINO.search(text) is not None
        or _CARD.search(text) is not None
        or _IBAN.search(text) is not None
        or _LICENCE.search(text) is not None
        or (not words.isdisjoint(_ACCOUNTS) and _ACCOUNT.search(text) is not None)
    )
