"""In what language a text is written, as far as its small words tell."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import lru_cache
from importlib import resources

from config.policy import CheckPolicy, Verdict
from filters.composed import normalized
from filters.finding import Finding, finding_of

_FEWEST = 3
"""Small words of a language below which a text is too short to be told by them."""

_SHARE = 7
"""At least every so-manieth word is a small one of the language that a text is written in; of Welsh and Polish prose
every third is.
"""

_TOLERATED = 2
"""English small words that stand in Welsh or another language as names and titles do. With more it is mixed."""

_ROUNDABOUT = 40
"""For each English small word that is tolerated there are so many words of a text."""

_LONGEST_KEPT = 4000
"""Characters up to which the language of a text is remembered, so that several checks may ask."""

_OTHER_LETTER = re.compile(
    r"[\u0370-\u1dff\u2c00-\u2dff\u3040-\ud7ff\uf900-\ufaff\ufb1d-\ufdff\ufe70-\ufeff]"
)
"""A letter of another alphabet than the Latin one: Greek to Khmer, then Chinese, Korean, Arabic's other forms."""

_LETTER = re.compile(r"[^\W\d_]")
_SENTENCE_ENDS = re.compile(r"[.!?;\n]")

_PHRASE = 3
"""Words that are a sentence of their own, and not a name or a greeting."""


class Tongue(StrEnum):
    """A language that checks tell apart; `other` is any that they do not read."""

    ENGLISH = "English"
    WELSH = "Welsh"
    OTHER = "another language"


_TOLD = {
    name: frozenset(words.split())
    for name, words in tomllib.loads(
        (resources.files("filters") / "tongues.toml").read_text(encoding="utf-8")
    ).items()
}
_WORDS = {
    Tongue.ENGLISH: _TOLD["english"],
    Tongue.WELSH: _TOLD["welsh"] - _TOLD["english"],
    Tongue.OTHER: _TOLD["other"] - _TOLD["english"] - _TOLD["welsh"],
}
COMMON_ENGLISH = _TOLD["english"] | _TOLD["common"]
"""Words that stand in every other English paragraph."""

_IS_ENGLISH, _IS_WELSH, _IS_OTHER = (_WORDS[tongue].__contains__ for tongue in Tongue)


def tongue_of(text: str) -> Tongue:
    """The language of a paragraph or a text. What is too short to tell, and what is mixed, is taken for English, so
    that it is checked: a bilingual text is to be judged paragraph by paragraph.
    """
    return _kept(text) if len(text) <= _LONGEST_KEPT else _judged(text)


def not_checked(check: str, policy: CheckPolicy, tongues: Iterable[Tongue]) -> Finding:
    """The note of a check that reads English only on what is in these languages, of which English is none."""
    named = [tongue for tongue in Tongue if tongue is not Tongue.ENGLISH and tongue in frozenset(tongues)]
    where = "this part is" if len(named) < 2 else "parts are"
    said = " and ".join(f"in {tongue}" for tongue in named)
    return finding_of(check, policy, f"Not checked: {where} {said}.", verdict=Verdict.NOTE)


def _judged(text: str) -> Tongue:
    text = text if text.isascii() else normalized("NFC", text).replace("’", "'")
    folded = text.casefold()
    words = folded.split()
    english = sum(map(_IS_ENGLISH, words))
    if english > min(_TOLERATED, len(words) // _ROUNDABOUT + 1) or len(words) < _FEWEST:
        return Tongue.ENGLISH
    if not text.isascii() and _is_foreign_writing(text):
        return Tongue.ENGLISH if _strays(folded, _OTHER_LETTER.search) else Tongue.OTHER
    welsh, other = sum(map(_IS_WELSH, words)), sum(map(_IS_OTHER, words))
    if max(welsh, other) < max(_FEWEST, english * 3, len(words) / _SHARE):
        return Tongue.ENGLISH
    if _strays(folded, _IS_WELSH if welsh >= other else _IS_OTHER):
        return Tongue.ENGLISH
    return Tongue.WELSH if welsh >= other else Tongue.OTHER


def _strays(text: str, belongs: Callable[[str], object]) -> bool:
    """Whether a sentence or a line of a text has no word of its language, so that an English one may hide there."""
    for sentence in _SENTENCE_ENDS.split(text):
        words = [word for word in sentence.split() if _LETTER.match(word)]
        if len(words) >= _PHRASE and not any(map(belongs, words)):
            return True
    return False


def _is_foreign_writing(text: str) -> bool:
    """Whether more than half of the letters are of another alphabet, and they are more than a word or two."""
    foreign = len(_OTHER_LETTER.findall(text))
    return foreign >= 20 and 2 * foreign > len(_LETTER.findall(text))


_kept = lru_cache(maxsize=256)(_judged)
