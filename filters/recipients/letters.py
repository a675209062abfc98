"""Letters that are not what they look like: several alphabets in one word, and marks and shapes that mislead."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import idna

from filters.names import folded

_EAST_ASIAN = frozenset(
    {"LATIN", "CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "FULLWIDTH", "HALFWIDTH"}
)
_SHAPES = (("rn", "m"), ("vv", "w"), ("0", "o"), ("1", "l"))
_WORDS = re.compile(r"[.\-_+]")


def spoken(domain: str) -> str:
    """A canonical domain with its A-labels decoded (RFC 5890); labels that cannot be decoded stay."""
    return ".".join(map(_decoded, domain.split(".")))


def mixed(text: str) -> str:
    """The first word in `text` with letters of alphabets that are not written together; empty where there is none."""
    if text.isascii():
        return ""
    return next((word for word in _WORDS.split(text) if _is_mixed(word)), "")


def lookalike(domain: str) -> str:
    """The domain that a canonical domain can be taken for, in plain small letters; itself where for no other."""
    return folded(spoken(domain)) if "xn--" in domain else domain


def shapes(domain: str) -> frozenset[str]:
    """The domains that a canonical domain looks like at a glance: `rn` for `m`, `0` for `o`."""
    found = {domain.replace(written, meant) for written, meant in _SHAPES if written in domain}
    every = domain
    for written, meant in _SHAPES:
        every = every.replace(written, meant)
    return frozenset(found | {every}) - {domain}


def _decoded(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return idna.decode(label)
    except UnicodeError:
        return label


def _is_mixed(word: str) -> bool:
    scripts = {script for char in word if (script := _script(char))}
    return len(scripts) > 1 and not scripts <= _EAST_ASIAN


@lru_cache(maxsize=4096)
def _script(char: str) -> str:
    """The alphabet of a letter, by the first word of its Unicode name; empty for what is no letter."""
    return unicodedata.name(char, "").partition(" ")[0] if char.isalpha() else ""
