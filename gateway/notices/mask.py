"""What of a message may stand in a notice: personal data is masked, so that a phone on a table gives nothing away.

A mask keeps the first letter of a word, as people recognise their own by it, and nothing of a number. A name that
stands before a masked address is masked with it. What is
recognised without a check: e-mail addresses (other than those that may show), National Insurance numbers,
postcodes, and six digits or more, however they are grouped (NHS numbers, bank details, telephones, days of birth);
not a day of this century or a planning reference.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from config.address import BadAddress, canonical
from filters.finding import Decision, Evidence, Finding
from gateway.notices.render import one_line

DOTS = "…"
"""What stands for what is masked: read aloud, it is a pause."""

PERSONAL = frozenset({"personal_data", "secrets", "naming", "confidential"})
"""Checks whose evidence is itself what must not be repeated: every word of it is masked."""

_MOST = 120
_MOST_REASON = 2000
_FEWEST = 3
"""Characters of what was seen that a reason may repeat: fewer stand in it by chance."""

_LOOKED_AT = 2000
_ADDRESS = re.compile(r"[^\s<>()\[\]\",;:@]{1,64}+@[^\s<>()\[\]\",;:@]{1,255}+")
_BARE = ".!?'’"
"""What may stand behind an address in a sentence and is none of it."""

_INSURANCE = re.compile(r"(?<![^\W_])[A-Za-z]{2}[ \-.]?(?:\d[ \-.]?){6}[A-Da-d]?(?![^\W_])")
_POSTCODE = re.compile(r"(?<![^\W_])[A-Za-z]{1,2}\d[A-Za-z\d]? {0,2}\d[A-Za-z]{2}(?![^\W_])")
_NUMBER = re.compile(r"[+(]{0,2}\d(?:[ \-./()‐-―]{0,2}\d){5,}+")
_OF_NOBODY = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]20\d\d|20\d\d-\d\d-\d\d|(?:20)?\d\d/\d{3,5}")
"""A day of this century, and a planning reference: what subjects of councils are full of."""


def masked(text: str, may_show: Collection[str] = (), most: int = _MOST) -> str:
    """`text` on one line with what is personal data in it masked; addresses in `may_show` (canonical) stand."""
    parts: list[str] = []
    shown, end = frozenset(may_show), 0
    line = _beginning(text)
    for found in _ADDRESS.finditer(line):
        whole = found[0].rstrip(_BARE)
        told = _told(whole, shown)
        before = line[end : found.start()]
        if told != whole and before.endswith("<"):
            before = _without_name(before)
        parts += [_without_numbers(before), told]
        end = found.start() + len(whole)
    return one_line("".join([*parts, _without_numbers(line[end:])]), most)


def seen(
    check: str, evidence: Iterable[Evidence], may_show: Collection[str] = (), *, whole: bool = False
) -> list[tuple[str, str]]:
    """What a check saw, as pairs of where and what, fit to be told in a notice; `whole`: every word of it is masked."""
    if whole or check in PERSONAL:
        return [(masked(each.where), hidden(each.text)) for each in evidence]
    return [(masked(each.where), masked(each.text, may_show)) for each in evidence]


def masked_reason(finding: Finding, may_show: Collection[str] = ()) -> str:
    """Why a message waits, fit to be told: what is personal data in it is masked, and what was seen with it."""
    said = finding.reason
    if finding.masked:
        texts = {each.text for each in finding.evidence if len(each.text.strip()) >= _FEWEST}
        for each in sorted(texts, key=lambda text: (-len(text), text)):
            said = said.replace(each, hidden(each))
    return masked(said, may_show, _MOST_REASON)


def masked_decision(decision: Decision) -> Decision:
    """The findings with what is to be masked in them masked, for lists and logs."""
    return Decision(findings=tuple(map(_masked_finding, decision.findings)))


def _masked_finding(finding: Finding) -> Finding:
    if not finding.masked:
        return finding
    pairs = seen(finding.check, finding.evidence, whole=True)
    return finding.model_copy(
        update={
            "reason": masked_reason(finding),
            "evidence": tuple(Evidence(where=where, text=text) for where, text in pairs),
        }
    )


def hidden(text: str) -> str:
    """Nothing of `text` but the first letter of each word that begins with one."""
    words = [_first(word) for word in _beginning(text).split()]
    # Several in a row of which nothing is left are one gap.
    kept = [word for place, word in enumerate(words) if word != DOTS or words[place - 1 : place] != [DOTS]]
    return one_line(" ".join(kept), _MOST)


def address(text: str) -> str:
    """An e-mail address of which only the first letter and the domain show."""
    name, at, domain = text.rpartition("@")
    return f"{_first(name)}{at}{domain}" if at else _first(text)


def _first(word: str) -> str:
    return (word[0] if word[:1].isalpha() and len(word) > 1 else "") + DOTS


def _told(whole: str, shown: frozenset[str]) -> str:
    try:
        return whole if canonical(whole) in shown else address(whole)
    except BadAddress:
        return address(whole)


def _without_name(before: str) -> str:
    """What stands before an address in angle brackets, with the name that goes with it masked."""
    start = max(before.rfind(mark) for mark in ",;:>") + 1
    blank = " " if before[start : start + 1] == " " else ""
    return f"{before[:start]}{blank}{hidden(before[start:-1])}{' ' if before[start:-1].strip() else ''}<"


def _without_numbers(text: str) -> str:
    for pattern in (_INSURANCE, _POSTCODE, _NUMBER):
        text = pattern.sub(lambda found: found[0] if _OF_NOBODY.fullmatch(found[0]) else DOTS, text)
    return text


def _beginning(text: str) -> str:
    """As much of a text as is looked at, on one line; a word or number that is cut off is left out."""
    if len(text) <= _LOOKED_AT:
        return one_line(text, _LOOKED_AT)
    words = one_line(text[:_LOOKED_AT], _LOOKED_AT).rpartition(" ")[0]
    while words and not words[-1].isalpha():
        words = words[:-1]
    return words + "…"
