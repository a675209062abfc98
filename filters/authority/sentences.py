"""A paragraph as sentences in one plain spelling, which patterns are sought in, and the way back to what stands there.

Plain: small letters, single blanks, short forms written out ("we'll" is "we will"), numbers as `#` and sums of money as
`£`, a `|` for whatever parts clauses (a dash, a colon, a semicolon), commas and double quotation marks kept. Every plain
sentence begins and ends with a blank, so a word is the word with a blank on either side.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST = 400
"""Characters of a sentence that are looked at together. What is longer is looked at in pieces."""

_OVERLAP = 120
"""Characters that such a piece shares with the next, so that no phrase is cut through."""

_END = re.compile(r"[.!?]++[\"”')]*+(?=\s|\Z)")
_LISTED = re.compile(r"[ \t]*+(?:[-*•·▪–]|[(]?\d{1,2}[.)]|[a-z][.)])[ \t]")
_BREAK = re.compile(r"\n")
_TOKEN = re.compile(
    r"""[£€$]?\d(?:[\d,.:/]*\d)?(?:p|k|m|st|nd|rd|th|am|pm|per|cm|mm|kg|x)?(?![^\W_])
      | [^\W\d_]+(?:['’][^\W\d_]+)*+
      | [^\W_]+
      | [,"“”]
      | [;:–—/()\[\]£€?]
      | (?<=\s)-(?=\s)
    """,
    re.VERBOSE,
)
_IS = ("it", "that", "he", "she", "there", "here", "what", "who", "where", "how", "this", "everything", "all")
_FORMS = {
    **{f"{word}'s": f"{word} is" for word in _IS},
    **{
        f"{word}'ll": f"{word} will"
        for word in ("i", "we", "you", "they", "it", "that", "council", "he", "she")
    },
    **{f"{word}'d": f"{word} would" for word in ("i", "we", "you", "they", "it", "that", "he", "she")},
    **{f"{word}'ve": f"{word} have" for word in ("i", "we", "you", "they")},
    **{f"{word}'re": f"{word} are" for word in ("we", "you", "they")},
    **{
        f"{word}n't": f"{word} not"
        for word in (
            "do",
            "does",
            "did",
            "is",
            "are",
            "was",
            "were",
            "have",
            "has",
            "had",
            "would",
            "should",
            "could",
        )
    },
    "i'm": "i am",
    "let's": "let us",
    "won't": "will not",
    "can't": "can not",
    "shan't": "shall not",
    "cannot": "can not",
    "pls": "please",
    "plz": "please",
    "ok": "okay",
    "“": '"',
    "”": '"',
    "£": "£",
    "€": "£",
    "?": "",
    "gbp": "£",
    "quid": "£",
    "pounds": "£",
}
_PARTS = frozenset(";:–—/()[]-")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as it stands, in plain spelling, and its words in that, marks among them."""

    raw: str
    plain: str
    words: list[str]

    @property
    def asks(self) -> bool:
        """Whether it is a question."""
        return self.raw.rstrip("\"”') \n").endswith("?")

    def as_written(self, start: int, end: int) -> str:
        """What stands in `raw` where `plain` has what lies from `start` to `end`."""
        at, first, last = 1, len(self.raw), 0
        for found in _TOKEN.finditer(self.raw):
            plain = _form(found[0].casefold().replace("’", "'"))
            if not plain:
                continue
            if at < end and at + len(plain) > start:
                first, last = min(first, found.start()), max(last, found.end())
            at += len(plain) + 1
        return self.raw[first:last]


def sentences(text: str) -> Iterator[Sentence]:
    """The sentences of a paragraph, in order; one that is too long in pieces that overlap."""
    for line in _lines(text):
        start = 0
        for end in (*(found.end() for found in _END.finditer(line)), len(line)):
            for piece in _pieces(line[start:end]):
                if plain := plain_of(piece):
                    yield Sentence(piece, plain, plain.split())
            start = end


def plain_of(text: str) -> str:
    """A text in plain spelling; empty where it has no words."""
    tokens = _TOKEN.findall(text.casefold().replace("’", "'"))
    plain = " ".join([_FORMS.get(token) or (token if token.isalpha() else _form(token)) for token in tokens])
    if "  " in plain or plain[:1] == " " or plain[-1:] == " ":
        plain = " ".join(plain.split())
    return f" {plain} " if plain else ""


def _form(token: str) -> str:
    known = _FORMS.get(token)
    if known is not None:
        return known
    if token.isalpha():
        return token
    if token[0] in "£€$":
        return "£" if len(token) > 1 else token
    if token[0].isdigit():
        return "£" if token[-1] == "p" and token[:-1].isdigit() else "#"
    return "|" if token in _PARTS else token


def _lines(text: str) -> Iterator[str]:
    """The text as what belongs together: a line that only ends because the next is full does not end anything."""
    if "\n" not in text:
        yield text
        return
    start = at = 0
    lines = text.split("\n")
    for number, line in enumerate(lines[:-1]):
        at += len(line) + 1
        if _ends(line, lines[number + 1]):
            yield text[start : at - 1]
            start = at
    yield text[start:]


def _ends(line: str, following: str) -> bool:
    """Whether a line ends what it says: an item of a list follows, or it is a greeting, or a name, or a heading."""
    if _LISTED.match(following):
        return True
    said = line.strip()
    if len(said) > 35 or not following.strip():
        return not following.strip()
    return (said.endswith(",") and said.count(" ") < 4) or following.lstrip()[:1].isupper()


def _pieces(text: str) -> Iterator[str]:
    text = text.strip()
    while len(text) > LONGEST:
        cut = text.rfind(" ", LONGEST - 60, LONGEST)
        cut = cut if cut > 0 else LONGEST
        yield text[:cut]
        again = text.find(" ", cut - _OVERLAP, cut)
        text = text[again if again > 0 else cut - _OVERLAP :].lstrip()
    if text:
        yield text
