"""Words in capitals that shout. Headings, items of an agenda, initials and names do not."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib import resources

_TOLD = tomllib.loads((resources.files("filters.language") / "capitals.toml").read_text(encoding="utf-8"))
_INITIALS = frozenset(_TOLD["initials"].split())
_STRONG = frozenset(_TOLD["strong"].split())
_CUES = frozenset(_TOLD["cues"].split()) | _STRONG
_BEGINS = tuple(f"{each} " for each in _TOLD["begins"])

_FEWEST_LETTERS = 2
_LONGEST_HEADING = 8
"""Words of a line in capitals up to which it is a heading, unless it says what no heading says."""

_LONG = 12
"""Words in capitals on end that shout whatever they are."""

_CAPITALS = re.compile(r"[A-Z][A-Z'’]+")
_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’](?=[^\W\d_])){0,40}+")
_VOWEL = re.compile(r"[AEIOUY]")
_ITEM = re.compile(
    r"\s*(?:\d{1,3}[.):]|\(?[a-zA-Z0-9]{1,3}\)|[-*•·–]|[A-Z]{1,3}\d{1,4}\b|\d{1,3}(?:[.)/]\d{1,3})*\s)"
)


def shouted(text: str, fewest: int, exempt: frozenset[str]) -> Iterator[str]:
    """The runs of words in capitals, as they stand, that shout; each is of so many words at least. `exempt` are words
    in small letters that count as names.
    """
    if _may_shout(text, fewest, exempt):
        for line in text.split("\n"):
            if _may_shout(line, fewest, exempt):
                yield from _in_line(line, fewest, exempt)


def _may_shout(text: str, fewest: int, exempt: frozenset[str]) -> bool:
    """Whether there are words in capitals enough: a quick look, as most paragraphs have none but initials."""
    capitals = _CAPITALS.findall(text)
    return len(capitals) >= fewest and sum(_is_loud(each, exempt) for each in capitals) >= fewest


def _in_line(line: str, fewest: int, exempt: frozenset[str]) -> Iterator[str]:
    """The same in one line."""
    words = list(_WORD.finditer(line))
    loud = [each for each in words if _is_loud(each[0], exempt)]
    if len(loud) < fewest:
        return
    whole = not any(each[0].islower() or each[0].istitle() for each in words if len(each[0]) > 1)
    if whole and _is_heading(line, words):
        return
    run: list[re.Match[str]] = []
    for word in words:
        if _is_capital(word[0]):
            run.append(word)
            continue
        yield from _told(line, run, fewest, exempt)
        run = []
    yield from _told(line, run, fewest, exempt)


def _told(line: str, run: list[re.Match[str]], fewest: int, exempt: frozenset[str]) -> Iterator[str]:
    """A run of words in capitals, where it shouts."""
    while run and len(run[0][0]) < _FEWEST_LETTERS and run[0][0] != "I":
        run = run[1:]
    while run and len(run[-1][0]) < _FEWEST_LETTERS:
        run = run[:-1]
    loud = [each[0].casefold() for each in run if _is_loud(each[0], exempt)]
    if len(loud) < fewest:
        return
    if len(loud) >= _LONG or any(_is_cue(each[0]) for each in run):
        yield line[run[0].start() : run[-1].end()]


def _is_heading(line: str, words: list[re.Match[str]]) -> bool:
    """Whether a line that is all in capitals is a heading, an item or the like."""
    said = [each[0].casefold().replace("’", "'") for each in words]
    if f"{' '.join(said)} ".startswith(_BEGINS):
        return True
    if len(words) <= _LONGEST_HEADING:
        return _STRONG.isdisjoint(said)
    return _ITEM.match(line) is not None and _CUES.isdisjoint(said)


def _is_capital(word: str) -> bool:
    """Whether a word is written in capitals, or is too short to tell."""
    return word.isupper()


def _is_loud(word: str, exempt: frozenset[str]) -> bool:
    """Whether a word in capitals counts: it is no initials and no name of the council's."""
    if len(word) < _FEWEST_LETTERS or not (word.isascii() or "’" in word) or not word.isupper():
        return False
    small = word.casefold()
    return small not in _INITIALS and small not in exempt and _VOWEL.search(word) is not None


def _is_cue(word: str) -> bool:
    return word.casefold().replace("’", "'") in _CUES
