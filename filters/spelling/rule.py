"""The check `spelling`: words that the British dictionary does not have are noted. It never keeps anything."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from config.checks import threshold
from config.council import Council
from config.policy import CheckPolicy, Verdict
from filters.context import Context
from filters.finding import Evidence, Finding, finding_of
from filters.matter import own_words
from filters.phrases import words_in
from filters.spelling.british import dictionary, is_word
from filters.tongue import Tongue, not_checked, tongue_of
from signatures.message.anatomy import Anatomy

NAME = "spelling"

_MOST = 10
_MOST_READ = 20_000
"""Words that are looked up; a longer text has been copied from somewhere."""

_SHORTEST, _LONGEST = 3, 40
_NO_WORD = re.compile(r"[@\d_#£$%&*+=<>{}\\/]|www\.|\w\.\w", re.IGNORECASE)
"""What stands in addresses, references and figures."""

_WORD = re.compile(r"[a-zà-öø-ÿ](?:[a-zà-öø-ÿ]|['’](?=[a-z]))+")
_STRANGE = 0.4
"""The part of a paragraph's words from which on it is no English, whatever its small words say."""

_FEW = 8


def check(anatomy: Anatomy, context: Context, policy: CheckPolicy) -> Iterator[Finding]:
    """A note where so many different words are misspelt, where they could not be looked up, and on what is not in
    English. Raises TooMuch.
    """
    if dictionary() is None:
        reason = "Spelling could not be checked: the server has no British dictionary. Whoever runs it can install one."
        yield finding_of(NAME, policy, reason, verdict=Verdict.NOTE)
        return
    foreign: set[Tongue] = set()
    found: dict[str, Evidence] = {}
    known = _known(context.council)
    left = _MOST_READ
    for where, text in own_words(anatomy, context):
        tongue = tongue_of(text)
        if tongue is not Tongue.ENGLISH:
            foreign.add(tongue)
            continue
        words = list(_words(text, left))
        left -= len(words)
        for word in _misspelt(words, known):
            found.setdefault(word, Evidence(where=where, text=word))
    if len(found) >= threshold(NAME, policy.thresholds, "mistakes"):
        shown = list(found.values())[:_MOST]
        yield finding_of(NAME, policy, _reason(shown, len(found)), shown, verdict=Verdict.NOTE)
    if foreign:
        yield not_checked(NAME, policy, foreign)


def _words(text: str, most: int) -> Iterator[str]:
    """The words of a paragraph that are written in small letters, the first so many: names have capitals, and what
    has figures or signs in it is an address or a reference.
    """
    for token in text.split()[:most]:
        if token.islower() and not (not token.isalpha() and _NO_WORD.search(token)):
            yield from (each for each in _WORD.findall(token) if _SHORTEST <= len(each) <= _LONGEST)


def _misspelt(words: list[str], known: frozenset[str]) -> list[str]:
    """Those of a paragraph's words that no list has; none where so many are that it is another language."""
    strange = [each for each in dict.fromkeys(words) if not _is_known(each, known)]
    if len(words) >= _FEW and len(strange) > _STRANGE * len(set(words)):
        return []
    return strange


def _is_known(word: str, known: frozenset[str]) -> bool:
    plain = word.replace("’", "'")
    return is_word(plain) or plain in known or plain.removesuffix("'s") in known


def _reason(shown: Iterable[Evidence], count: int) -> str:
    words = ", ".join(f"“{each.text}”" for each in shown)
    more = " and others" if count > _MOST else ""
    return f"These words look misspelt: {words}{more}. Nothing waits for it."


def _known(council: Council) -> frozenset[str]:
    """The words that a council's own file spells."""
    people = (text for each in council.people for text in (each.name, each.ward, each.ward_cy))
    return _known_words(council.content.spelling_words, (council.name, *people))


@lru_cache(maxsize=64)
def _known_words(listed: tuple[str, ...], names: tuple[str, ...]) -> frozenset[str]:
    whole = (part for each in listed for part in (each.casefold(), *each.casefold().split()))
    return frozenset(whole) | frozenset(word for name in names for word in words_in(name))
