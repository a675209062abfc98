"""The author's own words: what stands above and between quotations, without the trail.

Simple and cautious: what is not surely a quotation counts as own text.
"""

from __future__ import annotations

import re

_ATTRIBUTION = re.compile(
    r"^(?:On|Ar|Am|Le|El|Il|Op|Den|W dniu)\b.{4,200}(?:wrote|ysgrifennodd|schrieb|a écrit|escribió|ha scritto|"
    r"schreef|skrev|napisał\(a\))\s*:?\s*$",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(
    r"^\s*(?:-{2,}|_{5,})?\s*(?:Original Message|Forwarded message|Begin forwarded message|Neges wreiddiol|"
    r"Original-Nachricht|Ursprüngliche Nachricht|Message d'origine)\s*:?\s*(?:-{2,}|_{5,})?\s*$",
    re.IGNORECASE,
)
_TRAIL_FIELD = re.compile(
    r"^\s*\*?(?:From|Sent|To|Cc|Subject|Date|Oddi wrth|Anfonwyd|At|Pwnc|Dyddiad|Von|Gesendet|An|Betreff|Datum|De|"
    r"Envoyé|À|Objet)\s*:\*?\s*\S",
    re.IGNORECASE,
)
_FIELDS_IN_A_BLOCK = 3


def own_text(text: str) -> str:
    """`text` up to where the quoted trail begins, without quoted lines in between."""
    lines = text.split("\n")
    kept: list[str] = []
    for number, line in enumerate(lines):
        if _SEPARATOR.match(line) or _is_field_block(lines, number) or _is_attribution(lines, number):
            break
        if not line.startswith(">"):
            kept.append(line.rstrip())
    return "\n".join(kept).strip()


def _is_field_block(lines: list[str], number: int) -> bool:
    block = lines[number : number + _FIELDS_IN_A_BLOCK]
    return len(block) == _FIELDS_IN_A_BLOCK and all(_TRAIL_FIELD.match(line) for line in block)


def _is_attribution(lines: list[str], number: int) -> bool:
    """An attribution line, alone or broken in two, with a quotation below it or nothing of the author's."""
    for length in (1, 2):
        joined = " ".join(line.strip() for line in lines[number : number + length])
        if len(joined) <= 300 and _ATTRIBUTION.match(joined):
            below = next((line for line in lines[number + length :] if line.strip()), ">")
            return below.startswith(">")
    return False
