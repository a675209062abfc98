"""Marks in single lines: a heading, a subject, the first line of a text, the name of a file."""

from __future__ import annotations

import re
from enum import IntEnum

from filters.composed import normalized
from filters.confidential.vocabulary import STEMS, any_of, phrases, words

LONGEST = 400
"""Characters of a line that are looked at. A mark stands alone, at the beginning or at the end."""

_MOST_WORDS = 14
_UNSEEN = dict.fromkeys((0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))
_WORD = re.compile(r"[^\W_]+")
_SPACED_OUT = re.compile(r"(?:\b[^\W\d_][ \u00a0]){4,}[^\W\d_]\b")

_MARK = any_of("marks")
_EXEMPT = any_of("exempt")
_THING = any_of("things")
_CAPITALS = "(?:" + "|".join(each.upper() for each in sorted(words("capitals"))) + ")"
_EDGE, _END = r"(?<![^\W_])", r"(?![^\W_])"

_ANY = re.compile(f"{_EDGE}(?:{_MARK}|(?-i:{_CAPITALS})){_END}", re.IGNORECASE)
_ANY_EXEMPT = re.compile(f"{_EDGE}(?:{_EXEMPT}|{_MARK}|(?-i:{_CAPITALS})){_END}", re.IGNORECASE)

_BEFORE = (
    r"[\W_]{0,20}+(?:(?:re|fwd?|fw|ateb|subject|pwnc|title|status|classification|marking|protective marking|"
    r"sensitivity)\s{0,3}:[\W_]{0,20}+){0,6}+"
)
_SET_APART = r"(?=\s{0,3}(?:[:\]\)|/;–—!]|\.(?:\s|\Z)|\Z)|\s{1,3}-|-\s)"
_LEADS = re.compile(f"{_BEFORE}(?:{_MARK}|(?-i:{_CAPITALS})){_END}{_SET_APART}", re.IGNORECASE)
_LEADS_EXEMPT = re.compile(f"{_BEFORE}(?:{_MARK}|{_EXEMPT}){_END}{_SET_APART}", re.IGNORECASE)
_ENDS = re.compile(
    rf"(?:[\[(:|/–—]|\s-)\s{{0,3}}(?:{_MARK}|{_EXEMPT}|(?-i:{_CAPITALS})){_END}[\W_]{{0,10}}\Z", re.IGNORECASE
)
_LONGEST_END = 100

_NAMES_A_THING = re.compile(
    rf"(?:\A{_BEFORE}|[:|/–—\[(]\s{{0,3}}|\s-\s{{0,3}})(?:(?:the|our|my|draft|latest|attached|new)\s){{0,2}}"
    rf"(?P<mark>{_MARK}|{_EXEMPT})\s(?:[\w'’-]{{1,30}}\s){{0,4}}?(?:{_THING}){_END}",
    re.IGNORECASE,
)
_SECOND_PART = re.compile(
    r"\b(?:part[ _](?:2|ii|two)[\s\W_]{1,4}(?:minutes|agenda|papers?|reports?)"
    r"|(?:minutes|agenda|papers)[\s\W_]{1,4}part[ _](?:2|ii|two))\b",
    re.IGNORECASE,
)
_SECOND_PART_OF_FILE = re.compile(
    r"\b(?:minutes|agenda|papers)\b(?:\W{1,3}\w{1,30}){0,8}?\W{1,3}part (?:2|ii|two)\b", re.IGNORECASE
)
_EXEMPT_FILE = re.compile(rf"\bexempt\s(?:\w{{1,30}}\s){{0,2}}?(?:{_THING}|items?)\b", re.IGNORECASE)

_MARK_WORDS = frozenset(word for phrase in phrases("marks") for word in phrase)
_EXEMPT_WORDS = frozenset(word for phrase in phrases("exempt") for word in phrase)
_BESIDE = words("beside") | _MARK_WORDS | frozenset(each.casefold() for each in words("capitals"))
_BEFORE_NOT, _AFTER_NOT = words("before_not"), words("after_not")
_OPEN = re.compile(r"\b(?:public|redacted|non|summary for publication|open) ?", re.IGNORECASE)

_FILE_WORDS = re.compile(r"[_+.\-]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=\d)")


class Place(IntEnum):
    """What a line is in what it stands in; the further on, the less its words weigh."""

    HEAD = 0
    """A subject, a first line, a page's head or foot."""

    LINE = 1
    """A line of a message, the first of its paragraph or below a short one."""

    DEEP = 2
    """A line within a long paper."""


def plain(text: str) -> str:
    """The text without what nobody sees; letters that are one are written as one, and spaced-out capitals together."""
    if not text.isascii():
        text = normalized("NFKC", text.translate(_UNSEEN))
    if "o n f" in text.casefold():
        text = _SPACED_OUT.sub(lambda found: re.sub(r"\s", "", found[0]), text)
    return text


def may_mark(folded: str) -> bool:
    """Whether a text, in small letters, may hold a mark at all: all that is looked for has one of the stems."""
    return any(stem in folded for stem in STEMS)


def is_marked(line: str, place: Place, own: frozenset[str] = frozenset()) -> bool:
    """Whether a line marks what it stands in. `own` are the words of the council's name, which mean nothing."""
    line = line[:LONGEST].strip()
    if not line or line.endswith("?"):
        return False
    if _is_alone(line, place, own):
        return True
    if place is Place.DEEP:
        return False
    if (_LEADS_EXEMPT if place is Place.HEAD else _LEADS).match(line):
        return True
    return place is Place.HEAD and (_is_set_apart(line) or _names_a_thing(line) or _is_in_capitals(line))


def names_mark(name: str) -> bool:
    """Whether the name of a file says that the file is confidential."""
    stem = name.rpartition(".")[0] or name
    said = _HUMP.sub(" ", _FILE_WORDS.sub(" ", plain(stem)[:LONGEST])).strip()
    if not may_mark(said.casefold()):
        return False
    if any(_stands(said, found) for found in _ANY.finditer(said)):
        return True
    return (
        _names_a_thing(said)
        or _SECOND_PART_OF_FILE.search(said) is not None
        or _EXEMPT_FILE.search(said) is not None
    )


def _is_alone(line: str, place: Place, own: frozenset[str]) -> bool:
    """Whether nothing but a mark stands there."""
    said = _WORD.findall(line.casefold())
    if not 0 < len(said) <= _MOST_WORDS:
        return False
    allowed = _BESIDE | _EXEMPT_WORDS if place is Place.HEAD else _BESIDE
    if any(word not in allowed and word not in own and not word.isdigit() for word in said):
        return False
    pattern = _ANY_EXEMPT if place is Place.HEAD else _ANY
    found = next((found for found in pattern.finditer(line) if _stands(line, found)), None)
    if found is None:
        return False
    # In a long paper a heading has a mark's weight; "Confidential" in a column of a table has not.
    return place is not Place.DEEP or found[0].isupper() or len(_WORD.findall(found[0])) > 1


def _is_set_apart(line: str) -> bool:
    found = _ENDS.search(line[-_LONGEST_END:])
    return found is not None


def _names_a_thing(line: str) -> bool:
    if _SECOND_PART.search(line):
        return True
    found = _NAMES_A_THING.search(line)
    return found is not None and _next_word(line, found.end()) not in _AFTER_NOT and not _OPEN.search(line)


def _is_in_capitals(line: str) -> bool:
    """Whether a mark is in capitals where nothing else is."""
    if line.isupper():
        return False
    return any(found[0].isupper() and _stands(line, found) for found in _ANY.finditer(line))


def _stands(line: str, found: re.Match[str]) -> bool:
    """Whether the words around a mark leave it what it is."""
    before = _WORD.findall(line[max(0, found.start() - 40) : found.start()].casefold())
    if before and before[-1] in _BEFORE_NOT:
        return False
    return _next_word(line, found.end()) not in _AFTER_NOT


_NEXT = re.compile(r"[ \u00a0_-]{1,3}([^\W_]{1,30})")


def _next_word(line: str, end: int) -> str:
    """The word that goes with what ends there, in small letters; none where something sets it apart."""
    found = _NEXT.match(line, end)
    return found[1].casefold() if found else ""
