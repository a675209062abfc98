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
_FIELD = re.compile(rf"\*?(?:(?P<sender>{_FROM})|(?P<date>{_DATE})|(?P<about>{_TO}))\s?:", re.IGNORECASE)
_WHOLE = frozenset({"sender", "date", "about"})
_LINES_IN_A_BLOCK = 12

_ON = r"On|Ar|Am|Le|El|Il|Op|Den|W dniu"
_WROTE = re.compile(
    r"\b(?:wrote|ysgrifennodd|schrieb|a écrit|escribió|ha scritto|schreef|skrev|napisał)\b[^:]{0,60}:\Z",
    re.IGNORECASE,
)
_ATTRIBUTION_BEGINS = re.compile(rf"(?:{_ON})\b", re.IGNORECASE)
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

_HINT = re.compile(rf"^[> \t]*+(?:>|\*?(?:{_FROM})\s?:|(?:{_ON})\b)", re.IGNORECASE)
"""A line without which no line is trail: most new messages have none."""

_MARKS = re.compile(r"(?:>[ \t]?)*")


def own_text(text: str) -> str:
    """`text` without its trail. Lines end with LF."""
    lines = [line.rstrip() for line in text.split("\n")]
    if any(map(_HINT.match, lines)):
        lines = _without_trail(lines)
    return "\n".join(lines).strip("\n")


def _without_trail(lines: list[str]) -> list[str]:
    bare = [_MARKS.sub("", line, count=1).strip() for line in lines]
    kinds = [_kind(line) for line in bare]
    kept: list[str] = []
    below_attribution = False
    number = 0
    while number < len(lines):
        quoted = lines[number].startswith(">")
        if length := _attribution(lines, bare, number):
            below_attribution = True
            number += length
            continue
        if kinds[number] and _is_header_block(bare, kinds, number):
            _drop_separators(kept)
            if not quoted:
                break
            below_attribution = True
        if not (quoted and below_attribution):
            kept.append(lines[number])
        number += 1
    return kept


def _kind(line: str) -> str:
    """Which field of a copied header a line is, if any. A date without a digit is none."""
    field = _FIELD.match(line)
    if field is None or (field.lastgroup == "date" and not _DIGIT.search(line[:80])):
        return ""
    return field.lastgroup or ""


def _attribution(lines: list[str], bare: list[str], number: int) -> int:
    """How many lines an attribution takes that begins here, if it is one and a quotation follows; or 0."""
    if not _ATTRIBUTION_BEGINS.match(bare[number]):
        return 0
    if not any(line.startswith(">") for line in lines[number + 1 : number + _LINES_OF_ATTRIBUTION + 3]):
        return 0
    joined = ""
    for length in range(1, _LINES_OF_ATTRIBUTION + 1):
        joined = " ".join((joined, *bare[number + length - 1 : number + length])).strip()
        if len(joined) > _LONGEST_ATTRIBUTION:
            return 0
        if joined.endswith(":") and _DIGIT.search(joined) and _WROTE.search(joined):
            below = lines[number + length : number + length + 3]
            return length if any(line.startswith(">") for line in below) else 0
    return 0


def _is_header_block(bare: list[str], kinds: list[str], number: int) -> bool:
    """Whether a copied header begins here: From, a date, and To or Subject, without an empty line between."""
    begins = kinds[number] == "sender" and not (number and kinds[number - 1])
    if not begins and not _is_announced(bare, number):
        return False
    found: set[str] = set()
    for at in range(number, min(number + _LINES_IN_A_BLOCK, len(bare))):
        if not bare[at]:
            break
        found.add(kinds[at])
    return found >= _WHOLE


def _is_announced(bare: list[str], number: int) -> bool:
    above = next((line for line in reversed(bare[max(0, number - 2) : number]) if line), "")
    return len(above) <= _LONGEST_SEPARATOR and _ANNOUNCEMENT.match(above) is not None


def _drop_separators(kept: list[str]) -> None:
    """Take off what announces the trail: blank lines, rules, "Original Message"."""
    while kept and len(kept[-1]) <= _LONGEST_SEPARATOR and _SEPARATOR.match(kept[-1].strip("> \t")):
        kept.pop()
