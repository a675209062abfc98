"""Phrases that checks look for, written so that a clerk can read them, and found where they stand in a text.

A phrase is words as they are said. `one/other` is either word; `(word)` may be left out; `{name}` is one of the group
of words with that name, and `<name>` up to three of them, or none; `...` is up to eight words of any kind in the same
sentence, and `$` the end of one. Whatever stands between the words of a phrase, blanks, a line's end, a comma, is
passed over, and "you are" is "you're" too. Most paragraphs hold none of the words that a phrase cannot do without,
which is seen at once; so time grows with the length of a text only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest
from typing import NamedTuple

from filters.tongue import COMMON_ENGLISH

Groups = Mapping[str, Sequence[str]]

_GAP = r",?+[\s*_]{1,4}+"
_WHOLE, _LAST = r"(?!\w|-\w)", r"(?=\s{0,3}+(?:[.!?;…)]|\n\s*\n|\Z))"
_MOST_OF_A_GROUP = 3
_LONGEST_KEPT = 4000
_ANYTHING = r"(?:[^\s.!?]{1,40}+\s{1,4}+){0,8}?"
_PIECE = re.compile(r"<(\w+)>|\{(\w+)\}|\(([^()]+)\)|(\S+)")
_WORD = re.compile(r"[^\W_]+")
_SHORT = {"am": "'m", "are": "'re", "is": "'s", "will": "'ll", "have": "'ve", "had": "'d"}
_WHO = frozenset(("i", "you", "he", "she", "it", "we", "they", "what", "that", "who"))
_NOT = {
    "do": "don't", "does": "doesn't", "did": "didn't", "will": "won't", "could": "couldn't", "have": "haven't",
    "has": "hasn't", "is": "isn't", "are": "aren't", "would": "wouldn't", "should": "shouldn't",
}  # fmt: skip
_SLOPPY = frozenset(
    (
        "you're",
        "i'm",
        "you'll",
        "don't",
        "doesn't",
        "didn't",
        "won't",
        "couldn't",
        "haven't",
        "can't",
        "they're",
    )
)
"""Short forms that many write without an apostrophe, and that are no other word without it."""

_ENDS = re.compile(r"[.!?](?=[\s\"'”’)]|\Z)|\n\s*\n")


class _Pattern(NamedTuple):
    """A phrase made ready: its pattern, and for each word that it cannot do without the choices that there are."""

    pattern: re.Pattern[str]
    needs: tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class Phrases:
    """Some phrases, each under the words of which it needs one."""

    patterns: tuple[_Pattern, ...]
    numbers: Mapping[str, tuple[int, ...]]
    anchors: frozenset[str]

    def found(self, text: str, words: frozenset[str]) -> Iterator[re.Match[str]]:
        """Where any of them stand in a text with these words (`words_in`). In the order in which they are listed."""
        if self.anchors.isdisjoint(words):
            return
        for number in sorted({number for word in self.anchors & words for number in self.numbers[word]}):
            pattern, needs = self.patterns[number]
            if not any(map(words.isdisjoint, needs)):
                yield from pattern.finditer(text)


def phrases_of(phrases: Iterable[str], groups: Groups | None = None) -> Phrases:
    """Phrases as they are written, made ready. Raises ValueError for one that no word can be looked up by, and
    KeyError for a group that is not there.
    """
    patterns = tuple(_compiled(phrase, groups or {}) for phrase in phrases)
    numbers: dict[str, list[int]] = {}
    for number, each in enumerate(patterns):
        for anchor in max(each.needs, key=_worth):
            numbers.setdefault(anchor, []).append(number)
    return Phrases(patterns, {word: tuple(found) for word, found in numbers.items()}, frozenset(numbers))


def words_in(text: str) -> frozenset[str]:
    """The words of a paragraph, in small letters, each once. Remembered, so that several checks may ask."""
    return _kept_words(text) if len(text) <= _LONGEST_KEPT else _all_words(text)


def _all_words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.casefold()))


_kept_words = lru_cache(maxsize=256)(_all_words)


def sentence_around(text: str, start: int, end: int) -> str:
    """The sentence that a part of a text stands in."""
    width = 400
    before = max((each.end() for each in _ENDS.finditer(text, max(0, start - width), start)), default=0)
    after = _ENDS.search(text, end, min(len(text), end + width))
    return text[max(before, start - width) : after.end() if after else end + width]


def _compiled(phrase: str, groups: Groups) -> _Pattern:
    """A phrase made ready."""
    pattern, needs = "", list[frozenset[str]]()
    last = phrase.endswith(" $")
    pieces = [piece.groups() for piece in _PIECE.finditer(phrase.removesuffix(" $"))]
    passed = False
    for (several, one, optional, plain), following in zip_longest(pieces, (each[3] for each in pieces[1:])):
        if passed:
            passed = False
        elif plain == "...":
            pattern += _ANYTHING
        elif several:
            pattern += rf"(?:{_alternatives(groups[several])}{_GAP}){{0,{_MOST_OF_A_GROUP}}}"
        elif optional:
            pattern += rf"(?:{_alternatives(optional.split('/'))}{_GAP})?"
        else:
            choices = list(groups[one]) if one else plain.split("/")
            if following and (both := _contracted(choices, following.split("/"))):
                choices, passed = both, True
            pattern += _alternatives(choices) + _GAP
            needs += _needs(choices)
    if not needs:
        raise ValueError(f"a phrase without a word: {phrase}")
    whole = rf"(?<![\w'’-]){pattern.removesuffix(_GAP)}{_LAST if last else _WHOLE}"
    return _Pattern(re.compile(whole, re.IGNORECASE), tuple(needs))


def _contracted(first: list[str], second: list[str]) -> list[str]:
    """Two words on end with their short forms; nothing where they have none."""
    if second == ["not"] and _NOT.keys() >= set(first):
        return [*(f"{each} not" for each in first), *(_NOT[each] for each in first)]
    if not _WHO.issuperset(first) or _SHORT.keys().isdisjoint(second):
        return []
    whole = [f"{who} {verb}" for who in first for verb in second]
    return [*whole, *(who + _SHORT[verb] for who in first for verb in second if verb in _SHORT)]


def _alternatives(choices: Iterable[str]) -> str:
    """One of some words or phrases, the longest that fits."""
    said = sorted(choices, key=len, reverse=True)
    return "(?>" + "|".join(map(_said, said)) + ")"


def _said(words: str) -> str:
    """Words as they stand in a text, with either apostrophe."""
    return _GAP.join(_spelt(word) + r"(?!\w)" for word in words.split())


def _spelt(word: str) -> str:
    return re.escape(word).replace("'", "['’]?+" if word in _SLOPPY else "['’]")


def _needs(choices: Iterable[str]) -> Iterator[frozenset[str]]:
    """A word out of each choice, the rarest; nothing where a choice has none."""
    rarest: set[str] = set()
    for choice in choices:
        words = _WORD.findall(choice.casefold())
        if not words:
            return
        rarest.add(max(words, key=lambda word: (word not in COMMON_ENGLISH, len(word))))
        rarest.update(each.replace("'", "") for each in choice.casefold().split() if each in _SLOPPY)
    yield frozenset(rarest)


def _worth(words: frozenset[str]) -> tuple[bool, int]:
    """How well some words do for looking up: rare ones before common ones, long ones before short."""
    return (COMMON_ENGLISH.isdisjoint(words), min(map(len, words)))
