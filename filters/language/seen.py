"""What a paragraph holds that is rude, hurts, threatens, puts down or is obscene."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from config.council import Council
from filters.language.disguise import Masks, in_address
from filters.language.lists import (
    DISCRIMINATORY,
    INSULTS,
    OBSCENE,
    SWEARING,
    THREATS,
    Listed,
    as_plain_phrases,
    councils_own,
)
from filters.language.reporting import is_reported
from filters.phrases import Phrases, words_in


class Kind(StrEnum):
    """Why words are unwelcome."""

    SWEARING = "swearing"
    INSULT = "insult"
    THREAT = "threat"
    DISCRIMINATORY = "discriminatory"
    OBSCENE = "obscene"


@dataclass(frozen=True, slots=True)
class Seen:
    """Words of a kind, as they stand, and whether somebody only reports them."""

    kind: Kind
    text: str
    reported: bool


_LISTS = {
    Kind.SWEARING: SWEARING,
    Kind.INSULT: INSULTS,
    Kind.THREAT: THREATS,
    Kind.DISCRIMINATORY: DISCRIMINATORY,
    Kind.OBSCENE: OBSCENE,
}
_LISTED = frozenset[str]().union(*(each.words | each.phrases.anchors for each in _LISTS.values()))
"""What a paragraph must hold a word of for anything to be found in it that is not disguised."""

_MASKS = Masks(SWEARING.words | DISCRIMINATORY.words | OBSCENE.words)
_ORDER = (Kind.SWEARING, Kind.OBSCENE, Kind.DISCRIMINATORY)
"""What a word with letters starred out is taken for first."""

_MOST = 20
"""Places of each kind in a paragraph that are looked at; more than that say nothing more."""


@dataclass(frozen=True, slots=True)
class Ours:
    """What a council has to say: words it finds rude, words and phrases it does not, and the words of its names."""

    rude: tuple[str, ...] = ()
    polite: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()


def ours(council: Council) -> Ours:
    """What a council's file says."""
    people = [text for each in council.people for text in (each.name, each.ward, each.ward_cy)]
    return _ours(
        council.content.rude_words,
        council.content.polite_words,
        (council.name, *people, *(each.name for each in council.lists)),
    )


@lru_cache(maxsize=64)
def _ours(rude: tuple[str, ...], polite: tuple[str, ...], names: tuple[str, ...]) -> Ours:
    return Ours(rude, polite, frozenset(word for name in names for word in words_in(name)))


def unpleasant(text: str, kinds: Iterable[Kind], council: Ours) -> Iterator[Seen]:
    """What a paragraph holds of these kinds, exactly as it stands."""
    words = words_in(text)
    masked = list(_masked(text, council))
    if not masked and not council.rude and _LISTED.isdisjoint(words):
        return
    for kind in kinds:
        spans = dict.fromkeys(_spans(text, words, _LISTS[kind]))
        if kind is Kind.SWEARING and council.rude:
            spans |= dict.fromkeys(_spans(text, words, councils_own(council.rude)))
        spans |= {span: None for its, span in masked if its is kind}
        if spans:
            allowed = _allowed(text, words, _LISTS[kind], council)
            yield from _seen(text, kind, spans, allowed, council)


def _seen(
    text: str,
    kind: Kind,
    spans: Iterable[tuple[int, int]],
    allowed: list[tuple[int, int]],
    council: Ours,
) -> Iterator[Seen]:
    said: set[str] = set()
    for start, end in sorted(spans):
        written = text[start:end]
        if written in said or any(start < until and begin < end for begin, until in allowed):
            continue
        if in_address(text, start, end) or (written[0].isupper() and written.casefold() in council.names):
            continue
        said.add(written)
        if len(said) > _MOST:
            return
        yield Seen(kind, written, is_reported(text, start, end))


def _spans(text: str, words: frozenset[str], listed: Listed) -> Iterator[tuple[int, int]]:
    """Where listed words and phrases stand."""
    if not listed.words.isdisjoint(words):
        for word in sorted(listed.words & words):
            yield from _places(text, word)
    yield from _found(listed.phrases, text, words)


def _places(text: str, word: str) -> Iterator[tuple[int, int]]:
    """Where a word stands, the first few times."""
    pattern = _whole(word)
    for number, found in enumerate(pattern.finditer(text)):
        if number == _MOST:
            return
        yield found.span()


@lru_cache(maxsize=512)
def _whole(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", re.IGNORECASE)


def _found(phrases: Phrases, text: str, words: frozenset[str]) -> Iterator[tuple[int, int]]:
    for number, found in enumerate(phrases.found(text, words)):
        if number == 10 * _MOST:
            return
        yield found.span()


def _masked(text: str, council: Ours) -> Iterator[tuple[Kind, tuple[int, int]]]:
    """Disguised words, each of the first kind that it may be of."""
    for each in _MASKS.found(text):
        kind = next(kind for kind in _ORDER if not _LISTS[kind].words.isdisjoint(each.words))
        yield kind, (each.start, each.end)
    for each in _masks_of(council.rude).found(text) if council.rude else ():
        yield Kind.SWEARING, (each.start, each.end)


@lru_cache(maxsize=64)
def _masks_of(rude: tuple[str, ...]) -> Masks:
    return Masks(councils_own(rude).words)


def _allowed(text: str, words: frozenset[str], listed: Listed, council: Ours) -> list[tuple[int, int]]:
    """Where the words mean no harm."""
    found = [each.span() for each in listed.innocent.found(text, words)]
    if council.polite:
        found += (each.span() for each in as_plain_phrases(council.polite).found(text, words))
    return found
