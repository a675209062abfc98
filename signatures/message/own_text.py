"""The author's own words: what is not surely the trail of earlier messages.

Where an author could hide words by making them look like a trail, they count as the author's: a line of `>`
is a quotation only below an attribution with a date, and a block of header lines ends the own text only with
From, a date, and To or Subject, and if From is not its first line, only where it is announced as a message.
Text below and between quotations is own text too.
"""

from __future__ import annotations

import re

_FROM = r"From|Oddi wrth|Von|De|Van|Da|Från|Fra"
_DATE = r"Sent|Date|Anfonwyd|Dyddiad|Gesendet|Datum|Envoyé|Fecha|Enviado|Verzonden|Inviato|Skickat|Sendt"
_TO = r"To|Subject|At|Pwnc|An|Betreff|À|Objet|Para|Asunto|Aan|Onderwerp|A|Oggetto|Till|Ämne|Til|Emne"
_FROM_FIELD = re.compile(rf"\*?(?:{_FROM})\s?:", re.IGNORECASE)
_DATE_FIELD = re.compile(rf"\*?(?:{_DATE})\s?:[^\d\n]{{0,60}}\d", re.IGNORECASE)
_TO_FIELD = re.compile(rf"\*?(?:{_TO})\s?:", re.IGNORECASE)
_LINES_IN_A_BLOCK = 12

_ON = r"On|Ar|Am|Le|El|Il|Op|Den|W dniu"
_WROTE = re.compile(
    r"\b(?:wrote|ysgrifennodd|schrieb|a écrit|escribió|ha scritto|schreef|skrev|napisał)\b[^:]{0,60}:\Z",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_LINES_OF_ATTRIBUTION = 3
_LONGEST_ATTRIBUTION = 400

_ANNOUNCED = (
    r"(?:(?:Original|Forwarded) Message|Begin forwarded message|Neges (?:wreiddiol|a anfonwyd ymlaen)|"
    r"(?:Original|Ursprüngliche)[- ]Nachricht|Weitergeleitete Nachricht|Message (?:d'origine|transféré))"
)
_RULE = r"(?:-{2,40}|_{2,80})?"
_ANNOUNCEMENT = re.compile(rf"{_RULE}\s?{_ANNOUNCED}\s?:?\s?{_RULE}\Z", re.IGNORECASE)
_SEPARATOR = re.compile(rf"{_RULE}\s?{_ANNOUNCED}?\s?:?\s?{_RULE}\Z", re.IGNORECASE)
_LONGEST_SEPARATOR = 120

_HINT = re.compile(rf"^[> \t]*+(?:>|\*?(?:{_FROM})\s?:|(?:{_ON})\b)", re.IGNORECASE | re.MULTILINE)
"""A line without which no line is trail: most new messages have none."""

_MARKS = re.compile(r"(?:>[ \t]?)*")


def own_text(text: str) -> str:
    """`text` without its trail. Lines end with LF."""
    lines = [line.rstrip() for line in text.split("\n")]
    if _HINT.search(text):
        lines = _without_trail(lines)
    return "\n".join(lines).strip("\n")


def _without_trail(lines: list[str]) -> list[str]:
    kept: list[str] = []
    below_attribution = False
    number = 0
    while number < len(lines):
        line = lines[number]
        quoted = line.startswith(">")
        length = _attribution(lines, number)
        if length:
            below_attribution = True
            number += length
        elif _is_header_block(lines, number):
            _drop_separators(kept)
            if not quoted:
                break
            below_attribution = True
            number += 1
        else:
            if not (quoted and below_attribution):
                kept.append(line)
            number += 1
    return kept


def _bare(line: str) -> str:
    """A line without its quotation marks."""
    return line[_MARKS.match(line).end() :].strip() if line.startswith(">") else line.strip()  # type: ignore[union-attr]


def _attribution(lines: list[str], number: int) -> int:
    """How many lines an attribution takes that begins here, if it is one and a quotation follows; or 0."""
    first = _bare(lines[number])
    if not first or not _HINT.match(first):
        return 0
    joined = ""
    for length, line in enumerate(lines[number : number + _LINES_OF_ATTRIBUTION], start=1):
        joined = f"{joined} {_bare(line)}".strip()
        if len(joined) > _LONGEST_ATTRIBUTION:
            return 0
        if joined.endswith(":") and _DIGIT.search(joined) and _WROTE.search(joined):
            below = lines[number + length : number + length + 3]
            return length if any(each.startswith(">") for each in below) else 0
    return 0


def _is_header_block(lines: list[str], number: int) -> bool:
    """Whether a copied header begins here: From, a date, and To or Subject, without a line between."""
    first = _bare(lines[number])
    named = _FROM_FIELD.match(first) is not None
    if not named and not (
        (_TO_FIELD.match(first) or _DATE_FIELD.match(first)) and _is_announced(lines, number)
    ):
        return False
    dated = addressed = False
    for line in lines[number : number + _LINES_IN_A_BLOCK]:
        bare = _bare(line)
        if not bare:
            break
        named = named or _FROM_FIELD.match(bare) is not None
        dated = dated or _DATE_FIELD.match(bare) is not None
        addressed = addressed or _TO_FIELD.match(bare) is not None
        if named and dated and addressed:
            return True
    return False


def _is_announced(lines: list[str], number: int) -> bool:
    above = next((line for line in reversed(lines[max(0, number - 2) : number]) if _bare(line)), "")
    return len(above) <= _LONGEST_SEPARATOR and _ANNOUNCEMENT.match(_bare(above)) is not None


def _drop_separators(kept: list[str]) -> None:
    """Take off what announces the trail: blank lines, rules, "Original Message"."""
    while kept and len(kept[-1]) <= _LONGEST_SEPARATOR and _SEPARATOR.match(_bare(kept[-1])):
        kept.pop()
