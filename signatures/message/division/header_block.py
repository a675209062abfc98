"""Blocks of copied header lines: "From: … Sent: … To: … Subject: …" in the languages of the common clients.

For the checks a block counts with From, a date, and To or Subject, and if From is not its first line, only
where it is announced as a message: a memo begins with such lines too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from signatures.message.division.lines import Line

_FROM = r"From|Oddi wrth|Von|De|Van|Da|Från|Fra|Od"
_DATE = (
    r"Sent|Date|Anfonwyd|Dyddiad|Gesendet|Datum|Envoyé(?: le)?|Fecha|Enviad[oa](?: el| em)?|Data|Verzonden|Inviato|"
    r"Skickat|Sendt|Dato|Wysłan[oae]"
)
_TO = r"To|Subject|At|Pwnc|An|Betreff|À|Objet|Para|Asunto|Assunto|Aan|Onderwerp|A|Oggetto|Till|Ämne|Til|Emne|Do|Temat"
_FIELD = re.compile(rf"\*?(?:(?P<sender>{_FROM})|(?P<date>{_DATE})|(?P<about>{_TO}))\*?\s?:", re.IGNORECASE)
HINT = rf"\*?(?:{_FROM})\*?\s?:"
"""A line without which there is no block, quotations aside."""

_ANY_FIELD = re.compile(r"\*?[^\W\d_][^:\d]{0,28}:(?:\s|\Z|\*)")
_DIGIT = re.compile(r"\d")
_WHEN = re.compile(
    r"(?:\d{1,2}(?:[:.]\d\d)?\s?(?:[ap]\.?m\.?|noon|midnight|o['’]?clock|h|hrs|hours|yb|yp)?|noon|midnight|"
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day)\W*\Z",
    re.IGNORECASE,
)
"""A hall is booked "From: 7 pm To: 10 pm"."""

_PLAINLY_DATED = re.compile(r"\*?(?:Date|Dyddiad)\b", re.IGNORECASE)
_WHOLE = frozenset({"sender", "date", "about"})
_LINES_IN_A_BLOCK = 12


def kinds_of(lines: Sequence[Line], bare: Sequence[str]) -> list[str]:
    """Which field of a copied header each line is, if any. A date without a digit is none."""
    return [_kind(lines, bare, number) if ":" in line else "" for number, line in enumerate(bare)]


def is_block(lines: Sequence[Line], bare: Sequence[str], kinds: Sequence[str], number: int) -> bool:
    """Whether the fields that a block needs stand from a line on, without an empty line between."""
    return {kinds[at] for at in range(number, _end(lines, bare, number))} >= _WHOLE


def is_timetable(lines: Sequence[Line], bare: Sequence[str], kinds: Sequence[str], number: int) -> bool:
    """Whether a block may be none: a road is closed "From: Church Lane To: Mill Lane Date: 12 December".

    Where only those three stand that it needs, mail programs write an address, or "Sent".
    """
    end = _end(lines, bare, number)
    found = [at for at in range(number, end) if kinds[at]]
    if len(found) > len(_WHOLE) or any("@" in line for line in bare[number:end]):
        return False
    return any(_PLAINLY_DATED.match(bare[at]) for at in found)


def begins_block(lines: Sequence[Line], kinds: Sequence[str], number: int) -> bool:
    """Whether a block may begin at a line without being announced."""
    return kinds[number] == "sender" and not _continues(lines, kinds, number)


def is_full_block(lines: Sequence[Line], bare: Sequence[str], kinds: Sequence[str], number: int) -> bool:
    """Whether a block of at least four fields in any order begins at a line, as clients write it."""
    if _continues(lines, kinds, number):
        return False
    fields = [kinds[at] for at in range(number, _end(lines, bare, number)) if kinds[at]]
    return len(fields) >= 4 and _WHOLE.issubset(fields)


def is_block_in_any_language(lines: Sequence[Line], bare: Sequence[str], number: int) -> bool:
    """Whether three or more lines are fields, by their form, one of which has a digit."""
    end = _end(lines, bare, number)
    fields = [at for at in range(number, end) if _ANY_FIELD.match(bare[at])]
    return len(fields) >= 3 and any(_DIGIT.search(bare[at][:80]) for at in range(number, end))


def _continues(lines: Sequence[Line], kinds: Sequence[str], number: int) -> bool:
    return number > 0 and bool(kinds[number - 1]) and not lines[number].apart


def _end(lines: Sequence[Line], bare: Sequence[str], number: int) -> int:
    """The line after the last that may belong to a block which begins at `number`."""
    last = min(number + _LINES_IN_A_BLOCK * 2, len(bare))
    count = 0
    for at in range(number, last):
        count += not lines[at].row
        if (
            not bare[at]
            or count > _LINES_IN_A_BLOCK
            or (at > number and lines[at].apart and not lines[at].row)
        ):
            return at
    return last


def _kind(lines: Sequence[Line], bare: Sequence[str], number: int) -> str:
    line = bare[number]
    field = _FIELD.match(line)
    if field is None:
        return ""
    if field.lastgroup == "date" and not _DIGIT.search(line[:80]):
        beside = number + 1
        if beside >= len(lines) or not lines[beside].row or not _DIGIT.search(bare[beside][:80]):
            return ""
    if field.lastgroup == "sender" and _WHEN.match(line[field.end() :].strip(" *\t")):
        return ""
    return field.lastgroup or ""
