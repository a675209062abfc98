"""A text as sentences and their words, with what is not the author's letter left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_END = re.compile(r"[.!?;]++(?=\s|\Z)|\n[ \t]*+\n")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*+|[,:]")
_HEADING = re.compile(
    r"(?:[-_ ]*+(?:original|forwarded) message|begin forwarded message|(?:from|oddi wrth):|"
    # Yahoo marks nothing below it; a letter that tells what somebody wrote gives no address there.
    r"\s*+(?:on|ar)\s[^\n]{0,300}<[^\s<>@]{1,64}+@[^\s<>@]{1,255}+>[^\n:]{0,40}:\s*+\Z)",
    re.IGNORECASE,
)
_MOST = 2000
"""Words of one sentence that are looked at: a longer one is a table or a list."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as it stands, and its words in small letters, commas and colons among them."""

    text: str
    words: tuple[str, ...]

    @property
    def asks(self) -> bool:
        """Whether it is a question."""
        return self.text.endswith("?")

    def before(self, at: int, count: int) -> tuple[str, ...]:
        """So many words before the one numbered `at`."""
        return self.words[max(0, at - count) : at]

    def after(self, at: int, count: int) -> tuple[str, ...]:
        """So many words behind the one numbered `at`."""
        return self.words[at + 1 : at + 1 + count]


def sentences(text: str, wanted: re.Pattern[str]) -> Iterator[Sentence]:
    """The sentences of a text in which `wanted` is found."""
    text = _letter(text)
    start = 0
    for end in (*(found.end() for found in _END.finditer(text)), len(text)):
        said = text[start:end].strip()
        start = end
        if said and wanted.search(said):
            words = tuple(
                found[0].casefold().replace("’", "'")
                for found, _ in zip(_WORD.finditer(said), range(_MOST), strict=False)
            )
            yield Sentence(said, words)


def _letter(text: str) -> str:
    """The text without quoted lines, up to the signature's delimiter or a copied header."""
    kept: list[str] = []
    for line in text.split("\n"):
        if line in {"-- ", "--"} or _HEADING.match(line):
            break
        kept.append("" if line.startswith(">") else line)
    return "\n".join(kept)
