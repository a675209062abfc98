"""The lines that attribute a quotation: "On 8 November 2026 at 18:02, Margaret Hale wrote:".

For the checks an attribution needs a date and a word for writing in a language that is known here, and
quoted lines below.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from signatures.message.division.lines import Line

_ON = (
    r"On|Ar|Am|Le|El|Il|Op|Den|Em|No dia|W dniu|Dnia|"
    r"(?:man|tirs?|ons?|tors?|fre|lør|søn|pon|wt|śr|czw|pt|sob?|niedz)\.,?"
)
_WROTE = re.compile(
    r"\b(?:wrote|writes|ysgrifennodd|schrieb|a écrit|escribió|ha scritto|scrisse|schreef|skrev|napisał|napisała|"
    r"pisze|escreveu)\b(?:\([^()]{1,4}\))?[^:]*+:\Z",
    re.IGNORECASE,
)
_BEGINS = re.compile(rf"(?:-{{2,10}}\s)?(?:{_ON})(?:\b|(?<=\.)|(?<=,))", re.IGNORECASE)
_DASHED = re.compile(r"wrote\s?-{2,10}\Z", re.IGNORECASE)
HINT = rf"(?:-{{2,10}}\s)?(?:{_ON})(?=\W)"
"""A line without which there is no attribution, but for a quotation."""

_ENDS = (":", "--")
_DIGIT = re.compile(r"\d")
_TIME = re.compile(r"\d[:.]\d\d")
MOST_LINES = 3
_LONGEST = 400
_LONGEST_AUTHOR = 150


def attribution(lines: Sequence[Line], bare: Sequence[str], number: int) -> int:
    """How many lines an attribution takes that begins here, or 0. It is one only where a quotation follows."""
    return _length(lines, bare, number) if _BEGINS.match(bare[number]) else 0


def beginnings(bare: Sequence[str]) -> frozenset[int]:
    """The lines at which an attribution can begin, by how one ends in the lines after. They are few."""
    ends = [number for number, line in enumerate(bare) if line.endswith(_ENDS)]
    return frozenset(number for end in ends for number in range(max(0, end - MOST_LINES + 1), end + 1))


def full_attribution(lines: Sequence[Line], bare: Sequence[str], number: int) -> int:
    """How many lines an attribution takes that is one beyond doubt by itself: with date, time and address.

    Some clients quote without any mark below it.
    """
    if not _BEGINS.match(bare[number]) or not any("@" in line for line in bare[number : number + MOST_LINES]):
        return 0
    length = _length(lines, bare, number)
    said = " ".join(bare[number : number + length])
    return length if "@" in said and _TIME.search(said) else 0


def is_any_attribution(line: str) -> bool:
    """Whether a line may attribute what is quoted below it, in any language."""
    return len(line) <= _LONGEST and line.endswith(":") and bool(_DIGIT.search(line) or "@" in line)


def _length(lines: Sequence[Line], bare: Sequence[str], number: int) -> int:
    """The lines that an attribution takes which begins here, or 0. It has no empty line inside."""
    joined = ""
    for at in range(number, min(number + MOST_LINES, len(bare))):
        if at > number and lines[at].apart:
            return 0
        joined = f"{joined} {bare[at]}".strip()
        if len(joined) > _LONGEST:
            return 0
        if joined.endswith(_ENDS) and _DIGIT.search(joined) and _says_wrote(joined):
            return at - number + 1
    return 0


def _says_wrote(joined: str) -> bool:
    if joined.endswith("--"):
        return _DASHED.search(joined) is not None
    colon = joined.rfind(":", 0, len(joined) - 1)
    return _WROTE.search(joined, max(colon + 1, len(joined) - _LONGEST_AUTHOR)) is not None
