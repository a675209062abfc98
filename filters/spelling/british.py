"""The British dictionary: hunspell's, through enchant, where the host has installed them.

Opening it reads files, which a worker cannot: it is loaded when a worker warms up, and kept.
"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib import resources
from typing import Protocol

_TAG = "en_GB"
_MOST_KEPT = 8192


class Dictionary(Protocol):
    """Whoever knows how words are spelt."""

    def check(self, word: str) -> bool:
        """Whether a word is spelt so. Raises ValueError for none at all."""


@lru_cache(maxsize=1)
def dictionary() -> Dictionary | None:
    """The dictionary, opened once; None where there is none to be had."""
    try:
        import enchant
    except ImportError:
        return None  # Either it or the library under it is not installed: it is an extra.
    try:
        found: Dictionary = enchant.Dict(_TAG)
        found.check("warm")
    except enchant.errors.Error:
        return None
    return found


@lru_cache(maxsize=_MOST_KEPT)
def is_word(word: str) -> bool:
    """Whether the dictionary has a word, or parish life. Raises LookupError where there is no dictionary."""
    known = dictionary()
    if known is None:
        raise LookupError(_TAG)
    return word.casefold() in OF_COUNCILS or known.check(word)


def _of_councils() -> frozenset[str]:
    told = tomllib.loads((resources.files("filters.spelling") / "words.toml").read_text(encoding="utf-8"))
    return frozenset(told["words"].casefold().split())


OF_COUNCILS = _of_councils()
"""The words of parish life, in small letters."""
