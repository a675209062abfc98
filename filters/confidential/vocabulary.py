"""The words of `markings.toml`, as patterns."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from importlib import resources

_TOLD = tomllib.loads((resources.files("filters.confidential") / "markings.toml").read_text(encoding="utf-8"))

STEMS = (
    "confiden",
    "official",
    "exempt",
    "part",
    "privat",
    "restrict",
    "publi",
    "circulat",
    "distribut",
    "disclos",
    "release",
    "transmi",
    "shared",
    "embargo",
    "secret",
    "sensitiv",
    "privileg",
    "protect",
    "pink",
    "12a",
    "eyes",
    "internal",
    "below",
    "outside",
    "beyond",
    "between",
    "yourse",
    "within",
    "o n f",
    "yfrinachol",
    "gyhoeddi",
)
"""Of every mark and every sentence that is looked for one of these is a part, in small letters. They are single words,
as anything may stand between two.
"""

GAP = r"[\s\W_]{1,8}"
"""What may stand between two words of a mark: `OFFICIAL - SENSITIVE`."""


def words(key: str) -> frozenset[str]:
    """The words of a list."""
    return frozenset(_TOLD[key])


def any_of(*keys: str) -> str:
    """A pattern of every entry of these lists, the longest first, so that the whole of a mark is taken."""
    return (
        "(?:" + "|".join(_one(each) for each in _longest_first(e for key in keys for e in _TOLD[key])) + ")"
    )


def phrases(*keys: str) -> frozenset[tuple[str, ...]]:
    """The entries of these lists, word by word."""
    return frozenset(tuple(re.findall(r"[^\W_]+", each)) for key in keys for each in _TOLD[key])


def _longest_first(entries: Iterable[str]) -> list[str]:
    return sorted(dict.fromkeys(entries), key=lambda each: (-len(each), each))


def _one(entry: str) -> str:
    return GAP.join(re.escape(each) for each in entry.split(" "))
