"""Domains that are probably another one mistyped.

Most domains that are one letter apart are both real, so what counts is that one of them is known: the council's own, a
correspondent's, or one that half the country has its mail at.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

from filters.recipients.distance import distance
from filters.recipients.letters import lookalike, shapes
from filters.recipients.real import (
    GREAT,
    NO_ENDINGS,
    NO_SECOND_LEVEL,
    NO_UK,
    NOT_THEIRS,
    RARE_ENDINGS,
    REAL,
    SECOND_LEVEL,
)

_SHORT, _LONG = 5, 10
_GENERIC = re.compile(
    r"(?:-?(?:parish|town|community|village|district|borough|city|county)?-?council|-?parish|-(?:pc|tc|cc|dc|bc))\Z"
)
_DIRECTIONS = re.compile(r"north|south|east|west|upper|lower|great|little|mid")
_GREAT = frozenset(GREAT)
_DIGITS = re.compile(r"[0-9]+")


def meant(domain: str, familiar: Collection[str]) -> str:
    """The domain that a canonical domain was probably meant to be; empty where it may well be right.

    `familiar` are domains that the council knows: its own and its correspondents'.
    """
    if domain in REAL or domain in familiar or domain.startswith("["):
        return ""
    plain = lookalike(domain)
    if plain != domain and (plain in familiar or plain in REAL):
        return plain
    if (great := NOT_THEIRS.get(domain)) is not None:
        return great
    looks = shapes(domain)
    for known in (*familiar, *GREAT):
        if known in looks or is_near(plain, known):
            return known
    return _with_right_ending(domain)


def is_near(domain: str, known: str) -> bool:
    """Whether a domain is one slip from a known one, or two where the name is long.

    Short names are a letter from many others. North and South Norfolk are two districts.
    """
    name, ending = _split(domain)
    known_name, known_ending = _split(known)
    if name == known_name:
        return ending != known_ending and _is_ending_of(ending, known_ending)
    if ending != known_ending:
        return len(known_name) >= _SHORT and distance(domain, known, 1) <= 1
    shortest = len(known_name) if known in _GREAT else min(len(_core(name)), len(_core(known_name)))
    if shortest < _SHORT or _are_twins(name, known_name):
        return False
    most = 2 if shortest >= _LONG and name[0] == known_name[0] else 1
    return distance(name, known_name, most) <= most


def _are_twins(name: str, other: str) -> bool:
    """Whether names differ in a point of the compass, or in a number that both have."""
    if _DIRECTIONS.sub("", name) == _DIRECTIONS.sub("", other):
        return True
    plain = _DIGITS.sub("", name)
    return plain == _DIGITS.sub("", other) and len(plain) < min(len(name), len(other))


@lru_cache(maxsize=4096)
def _split(domain: str) -> tuple[str, str]:
    """A domain's name with what stands before it, and its ending: one label, or two for `co.uk` and its like."""
    labels = domain.split(".")
    two = len(labels) > 2 and labels[-2] in SECOND_LEVEL
    two = two or (len(labels) > 2 and (labels[-2] in NO_SECOND_LEVEL and labels[-1] == "uk"))
    cut = -2 if two else -1
    return ".".join(labels[:cut]), ".".join(labels[cut:])


def _core(name: str) -> str:
    """A name without what many names have."""
    return _GENERIC.sub("", name)


def _is_ending_of(ending: str, known: str) -> bool:
    """Whether an ending is `known` miswritten. `com` and `co.uk` are two endings, and mostly one holder's."""
    if RARE_ENDINGS.get(ending) == known or NO_ENDINGS.get(ending) == known:
        return True
    is_long = "." in known or (len(known) >= _SHORT and known not in _ENDINGS)
    return is_long and ending not in _ENDINGS and distance(ending, known, 1) <= 1


_ENDINGS = frozenset({"com", "net", "org", "uk", "eu", "info", "wales", "cymru", "co"}) | {
    f"{each}.uk" for each in SECOND_LEVEL
}


def _with_right_ending(domain: str) -> str:
    """A domain whose ending cannot be, with the one that it was probably meant to have; else empty."""
    *front, second, last = ("", *domain.split("."))
    if last in NO_ENDINGS or last in NO_UK:
        return ".".join((*front, second, NO_ENDINGS.get(last, "uk"))).lstrip(".")
    if last == "uk" and second in NO_SECOND_LEVEL and any(front):
        return ".".join((*front, NO_SECOND_LEVEL[second], "uk")).lstrip(".")
    return ""
