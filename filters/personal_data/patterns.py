"""The patterns of what is looked for, and how sure each makes us. Context that a pattern needs stands in it.

All are for the module `regex` (look-behind of any width), and bounded: none goes over a stretch of text twice.
Only those that say so take capital and small letters for the same.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from filters.personal_data.items import Kind
from filters.personal_data.words import WORDS

_ANY_CASE = int(re.IGNORECASE)


class Sought(NamedTuple):
    """A kind, its pattern, the score that it gives, and the flags it is read with."""

    kind: Kind
    pattern: str
    score: float = 0.6
    flags: int = 0


def _alternatives(words: tuple[str, ...]) -> str:
    return "|".join(map(re.escape, words))


_TITLES = _alternatives(WORDS.titles)
_CAPITAL = r"[A-ZÀ-Þ][\w'’-]{1,24}+"
_STREET = rf"(?:{_alternatives(WORDS.streets)}|{_alternatives(tuple(map(str.upper, WORDS.streets)))})\b"
_STREET_CY = rf"(?:{_alternatives(WORDS.streets_cy)})\s{_CAPITAL}"
_HOUSE = rf"(?:{_alternatives(WORDS.houses)})"
_DATE = (
    r"(?:\d{1,2}(?:st|nd|rd|th)?[ ./-]{1,2}(?:\d{1,2}|[A-Za-z]{3,9})[ ,./-]{1,2}(?:19|20)?\d\d(?!\d)"
    r"|(?:19|20)\d\d-\d\d-\d\d(?!\d))"
)
_SORT_CODE = r"\d\d[- ]?\d\d[- ]?\d\d(?!\d)"
_ACCOUNT = r"(?<!\d)\d{4}[ ]?\d{4}(?!\d)"

NHS = r"(?=\d)(?<!\d)(?<=\bNHS\b[^\d]{0,40})\d{3}[- ]?\d{3}[- ]?\d{4}(?!\d)"
CARD = (
    r"(?<![\d-])(?:(?:4\d{3}|5[1-5]\d\d|2[2-7]\d\d|6011|65\d\d)([- ]?)\d{4}\1\d{4}\1\d{4}|3[47]\d\d([- ]?)\d{6}\2\d{5})"
    r"(?![\d-])"
)
NINO = (
    r"(?<![A-Za-z0-9])(?!BG|GB|NK|KN|NT|TN|ZZ)[A-CEGHJ-PQR-TW-Z][A-CEGHJ-NPQR-TW-Z][ -]?\d\d[ -]?\d\d[ -]?\d\d[ -]?[A-D]"
    r"(?![A-Za-z0-9])"
)
LICENCE = r"\b[A-Z9]{5}[0-9](?:0[1-9]|1[0-2]|5[1-9]|6[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9][A-Z9]{2}[A-Z0-9][A-Z]{2}\b"
VEHICLE = r"\b[A-HJ-PR-Y]{2}(?:0[1-9]|[1-7]\d)[- ]?[A-HJ-PR-Z]{3}\b"
MAC = r"\b[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}\b"
POSTCODE = (
    r"(?<![A-Z0-9])(?:[A-PR-UWYZ][0-9]{1,2}|[A-PR-UWYZ][A-HK-Y][0-9]{1,2}|[A-PR-UWYZ][0-9][A-HJKPSTUW]"
    r"|[A-PR-UWYZ][A-HK-Y][0-9][ABEHMNPRV-Y])[ ]?[0-9][ABD-HJLNP-UW-Z]{2}(?![A-Z0-9])"
)
EMAIL = r"(?<![\w.+-])[\w.+'-]{1,64}+@[A-Za-z0-9-]{1,63}+(?:\.[A-Za-z0-9-]{1,63}+){1,8}+"
IP = (
    r"(?=[0-9A-Fa-f:])(?<![\w.:])(?:(?:\d{1,3}\.){3}\d{1,3}|(?:[0-9A-Fa-f]{1,4}:){2,7}(?::?[0-9A-Fa-f]{1,4}){1,6})"
    r"(?![\w:]|\.\d)"
)

OWN: tuple[Sought, ...] = (
    Sought(Kind.ADDRESS, rf"(?<![\w/])\d{{1,4}}[A-Za-z]?,?\s(?:{_CAPITAL}\s){{1,3}}{_STREET}"),
    Sought(Kind.ADDRESS, rf"(?<![\w/])\d{{1,4}}[A-Za-z]?,?\s{_STREET_CY}"),
    Sought(
        Kind.ADDRESS,
        rf"(?<!\w)(?:{_CAPITAL}\s){{1,2}}{_HOUSE},?\s{{1,3}}(?:(?:{_CAPITAL}\s){{1,2}}{_STREET}|{_STREET_CY})",
    ),
    Sought(
        Kind.NAME,
        rf"(?<!\w)(?:{_TITLES})\b\.?(?:\s(?:and|&)\s(?:{_TITLES})\b\.?)?\s(?:[A-Z]\.?\s?){{0,2}}(?:{_CAPITAL}\s)?{_CAPITAL}",
    ),
    Sought(
        Kind.NAME,
        rf"(?<!\w)(?!(?:The|A|An|Each|Every|Whole|This|That|Our|Your|My|One|Any|Royal)\s){_CAPITAL}\sfamily\b",
    ),
    Sought(Kind.PHONE, r"(?<![\w.-])(?:\+44\s?(?:\(0\)\s?)?[1-9]|\(?0[1-9])[\d() -]{8,13}\d(?!\d)"),
    Sought(
        Kind.BANK,
        rf"\bsort[ -]?code[^\d]{{0,20}}{_SORT_CODE}[^\d]{{0,60}}{_ACCOUNT}",
        flags=_ANY_CASE,
    ),
    Sought(
        Kind.BANK,
        rf"(?<!\d)\d\d-\d\d-\d\d(?!\d)[^\d]{{0,30}}\b(?:account|acc|a/c)\b[^\d]{{0,30}}{_ACCOUNT}",
        flags=_ANY_CASE,
    ),
    Sought(
        Kind.BANK,
        rf"\b(?:account|acc|a/c)\b[^\d]{{0,30}}{_ACCOUNT}[^\d]{{0,30}}\bsort[ -]?code[^\d]{{0,20}}{_SORT_CODE}",
        flags=_ANY_CASE,
    ),
    Sought(
        Kind.BIRTH,
        rf"\b(?:date\sof\sbirth|d\.?o\.?b\b\.?|born(?:\son)?)[\s:,-]{{1,5}}{_DATE}",
        flags=_ANY_CASE,
    ),
    Sought(Kind.UTR, r"\b(?:UTR|taxpayer\sreference)\b[^\d]{0,30}\d{5}[ ]?\d{5}(?!\d)", flags=_ANY_CASE),
    Sought(Kind.PASSPORT, r"\bpassport\b[^\d]{0,40}?(?:\b[A-Z]{2}\d{7}|(?<!\d)\d{9})(?!\d)", flags=_ANY_CASE),
    Sought(
        Kind.COUNCIL_TAX,
        r"\bcouncil\stax\s(?:account|reference|ref)\b[^\d]{0,25}\d{6,10}(?!\d)",
        flags=_ANY_CASE,
    ),
    Sought(
        Kind.PLOT, r"\b(?:allotment|plot)\s(?:plot\s)?(?:no\.?\s|number\s)?\d{1,3}[A-Z]?\b", flags=_ANY_CASE
    ),
    Sought(
        Kind.COOKIE,
        r"\bcookies?\b(?:\s(?:id|identifier|value)s?)?\s?(?:is|was|[:=])\s?[\w.%-]{10,200}|\b_ga=GA[\d.]{8,60}",
        flags=_ANY_CASE,
    ),
)
"""What the engine's library has no recogniser for."""

LEAST: dict[Kind, float] = {
    Kind.NHS: 0.9,
    Kind.CARD: 0.9,
    Kind.IBAN: 0.9,
    Kind.VEHICLE: 0.9,
}
"""How sure the engine must be, where checksums make it so; 0.5 for all others."""
