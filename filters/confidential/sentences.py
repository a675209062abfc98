"""Sentences that say of the message they stand in, or of what goes with it, that it is confidential."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto

from filters.confidential.vocabulary import any_of, words

_FEW = r"(?:\s{1,8}[\w'’(),-]{1,40}+)"
_BLANK = r"\s{1,8}"
_OTHER = "|".join(sorted(words("about_others")))

_MAIL = r"e-?mail|message|communication|correspondence|transmission"
_PART = (
    r"contents?|information|details|figures?|names|papers?|reports?|notes?|documents?|letters?|advice|minutes|"
    r"attachments?|attached|enclosed|following|above|below|draft|appendix|spreadsheet|summary|tenders?"
)
_HERE = (
    rf"(?:this|these|attached|enclosed|what{_BLANK}follows|all{_BLANK}of{_BLANK}this|"
    rf"the{_BLANK}(?:attached|enclosed|following|contents?{_BLANK}of{_BLANK}this)|"
    rf"(?:the{_BLANK})?(?:{_PART}){_BLANK}(?:above|below|attached|enclosed|herewith))"
)
_KEPT = (
    r"(?:confiden[ct]i?al\b|in\s{1,8}(?:the\s{1,8})?(?:strict(?:est)?\s{1,8}|complete\s{1,8}|total\s{1,8})?confidence\b|"
    r"private\s{1,8}and\s{1,8}confiden[ct]i?al\b|commercially\s{1,8}sensitive\b|legally\s{1,8}privileged\b|"
    r"exempt\s{1,8}(?:information|from\s{1,8}publication)\b|restricted\s{1,8}(?:to|information)\b|embargoed\b|"
    r"not\s{1,8}for\s{1,8}(?:\w{1,20}\s{1,8}){0,2}?(?:publication|circulation|distribution|disclosure|release)\b|"
    r"not\s{1,8}to\s{1,8}be\s{1,8}(?:shared|forwarded|circulated|disclosed|published|passed\s{1,8}on|made\s{1,8}public)\b)"
)
_COUNCIL = (
    r"(?:council|councillors|members|committee|working\s{1,8}(?:group|party)|staff|panel|this\s{1,8}group|us|"
    r"yourselves)"
)


class _Kind(Enum):
    """How a sentence says it: of itself, by asking for it, or by the clause of the Act."""

    DECLARES = auto()
    ASKS = auto()
    CITES = auto()


_RULES = tuple(
    (kind, re.compile(rf"\b(?:{each})", re.IGNORECASE))
    for kind, each in (
        # This report is strictly confidential. The attached must be kept confidential.
        (
            _Kind.DECLARES,
            rf"{_HERE}{_FEW}{{0,6}}?{_BLANK}(?:is|are|remains?|must{_BLANK}(?:be|remain|stay)|"
            rf"should{_BLANK}(?:be|remain|stay))(?:{_BLANK}(?:to{_BLANK}be{_BLANK})?(?:treated|kept|regarded|held|sent|given|"
            rf"shared|circulated|provided|supplied))?(?:{_BLANK}(?:as|to{_BLANK}you|all|still|both|strictly|highly|very|"
            rf"completely|absolutely|commercially|sensitive{_BLANK}and|private{_BLANK}and)){{0,4}}{_BLANK}{_KEPT}",
        ),
        # Please treat this as confidential.
        (
            _Kind.ASKS,
            rf"(?<!we )(?<!ll )(?<!they )(?<!will )(?<!who )(?<!I )(?:treat|keep|regard|handle|hold)(?:ing)?{_BLANK}"
            rf"(?:this|these|it|them|everything|all{_BLANK}of{_BLANK}this|the{_BLANK}(?:{_PART})){_FEW}{{0,5}}?"
            rf"(?:{_BLANK}(?:as|strictly|in|highly|absolutely|completely|private|and)){{0,4}}{_BLANK}"
            rf"(?:confiden[ct]i?al\b|confidence\b|(?:to|between){_BLANK}(?:yourself|yourselves|ourselves)\b|"
            rf"within{_BLANK}the{_BLANK}council\b)",
        ),
        # Not to go beyond the Council.
        (
            _Kind.ASKS,
            rf"(?:do{_BLANK}not|don['’]t|must{_BLANK}not|should{_BLANK}not|not{_BLANK}to{_BLANK}be|may{_BLANK}not{_BLANK}be|"
            rf"never){_BLANK}(?:be{_BLANK})?(?:forward|share|circulate|copy|pass|distribute|publish|disclose|send|show)"
            rf"(?:e?d|n)?{_FEW}{{0,6}}?{_BLANK}(?:outside|beyond){_BLANK}(?:of{_BLANK})?(?:the{_BLANK}|our{_BLANK})?"
            rf"(?:parish{_BLANK}|town{_BLANK}|full{_BLANK})?{_COUNCIL}\b",
        ),
        # I am sending you this in the strictest confidence.
        (
            _Kind.ASKS,
            rf"in{_BLANK}(?:the{_BLANK})?(?:strict|strictest|complete|total|absolute|utmost){_BLANK}confidence\b",
        ),
        (
            _Kind.ASKS,
            rf"(?:tell|send|shar|giv|writ|pass|attach|forward|circulat)ing{_BLANK}(?:this|these|you){_FEW}{{0,5}}?{_BLANK}"
            rf"in{_BLANK}confidence\b",
        ),
        (
            _Kind.ASKS,
            rf"strictly{_BLANK}between{_BLANK}(?:ourselves|us|you{_BLANK}and{_BLANK}me)\b",
        ),
        # Attached are the confidential minutes.
        (
            _Kind.ASKS,
            rf"(?:attach(?:ed|ing)?|enclos(?:ed?|ing)|here{_BLANK}(?:is|are)|please{_BLANK}(?:find|see)|sending(?:{_BLANK}you)?|"
            rf"forward(?:ed|ing)|pass(?:ed|ing){_BLANK}on|(?:a{_BLANK})?cop(?:y|ies){_BLANK}of){_FEW}{{0,6}}?{_BLANK}"
            rf"(?:(?:strictly{_BLANK}|private{_BLANK}and{_BLANK})?confiden[ct]i?al|exempt|part{_BLANK}(?:2|ii|two)|pink){_BLANK}"
            rf"(?:[\w'’-]{{1,30}}+{_BLANK}){{0,3}}?{any_of('things')}\b",
        ),
        # This report contains exempt information.
        (
            _Kind.DECLARES,
            rf"{_HERE}{_FEW}{{0,5}}?{_BLANK}(?:contains?|includes?|sets{_BLANK}out){_FEW}{{0,3}}?{_BLANK}"
            rf"(?:exempt|confiden[ct]i?al|restricted|commercially{_BLANK}sensitive|sensitive{_BLANK}and{_BLANK}confidential)"
            rf"{_BLANK}(?:\w{{1,30}}{_BLANK}){{0,2}}?(?:information|material|details|figures|matters?|business|advice)\b",
        ),
        (
            _Kind.CITES,
            rf"(?:by{_BLANK}virtue{_BLANK}of|under|within|in|of){_BLANK}(?:[\w(),-]{{1,30}}{_BLANK}){{0,8}}?schedule{_BLANK}12a\b",
        ),
        (
            _Kind.ASKS,
            r"yn\s{1,8}(?:gwbl\s{1,8})?gyfrinachol\b",
        ),
    )
)

_ENDS = re.compile(r"[.!?\n](?=\s|\Z)|\n\n")
_TAKEN_BACK = re.compile(
    r"\b(?:not|never|no\s+longer|isn['’]t|aren['’]t|nothing|none\s+of|neither|non)\W{1,3}(?:\w{1,20}\W{1,3}){0,2}?"
    r"(?:confiden|exempt|commercially|restricted|sensitive)",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\b(?:if|whether|unless|should\s+(?:this|it)\s+be|would\s+(?:this|it))\b", re.IGNORECASE
)
_EXCLUDED = re.compile(
    r"\b(?:exclu(?:de|ded|sion)|resolv|admission\s+to\s+meetings|press\s+and\s+public|applications?\b|applicants?|"
    r"will\s+be\s+(?:treated|held|handled|dealt|kept)|be\s+(?:treated|dealt\s+with)\s+in)",
    re.IGNORECASE,
)
_SAID_OPEN = re.compile(
    r"\b(?:redacted|public\s+(?:version|summary|copy)|open\s+version|non-?confidential)", re.IGNORECASE
)
_ABOUT_OTHERS = re.compile(rf"\b(?:{_OTHER})\b", re.IGNORECASE)
_THE_MAIL = re.compile(rf"(?:this|these)\s{{1,8}}(?:{_MAIL})", re.IGNORECASE)
_MAY = re.compile(r"\b(?:may|might|could|can)\b", re.IGNORECASE)
_REQUEST = re.compile(
    r"\W{0,20}+(?:(?:please|and|so)\s+)?(?:could|can|would|will)\s+(?:you|we)\b", re.IGNORECASE
)
_MOST = 5


def saying_so(text: str, *, opens: bool) -> Iterator[str]:
    """The phrases by which a paragraph says so, as they stand there, the first five. `opens`: the message, or the paper,
    begins with it: further down "this e-mail is confidential" is what programs put below everything.
    """
    found = 0
    for kind, pattern in _RULES:
        for hit in pattern.finditer(text):
            if _means_it(text, hit, kind, opens=opens):
                yield hit[0]
                found += 1
                if found == _MOST:
                    return


def _means_it(text: str, hit: re.Match[str], kind: _Kind, *, opens: bool) -> bool:
    begin, end = _sentence(text, hit.start(), hit.end())
    sentence, before = text[begin:end], text[begin : hit.start()]
    if (
        (text[end : end + 1] == "?" and not _REQUEST.match(sentence))
        or _CONDITION.search(before)
        or _TAKEN_BACK.search(sentence)
    ):
        return False
    if _SAID_OPEN.search(sentence) or _EXCLUDED.search(sentence):
        return False
    if kind is _Kind.CITES:
        return "exempt" in sentence.casefold() or "publication" in sentence.casefold()
    said = hit[0]
    if kind is _Kind.ASKS:
        return True
    if _MAY.search(said) or _ABOUT_OTHERS.search(said):
        return False
    return opens or not _THE_MAIL.match(said)


_REACH = 400


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the sentence around a hit begins and ends, as far as it is looked at."""
    begin = max(0, start - _REACH)
    for stop in _ENDS.finditer(text, begin, start):
        begin = stop.end()
    after = _ENDS.search(text, end, min(len(text), end + _REACH))
    return begin, after.start() if after else min(len(text), end + _REACH)
