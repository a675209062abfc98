"""Characters in one form (Unicode Standard Annex 15), in time that grows with the text and no faster.

What stands on a letter is put in order by `unicodedata.normalize` in time that grows with the square of how much there
is of it. No language has more than a few such marks on one letter: §13 of the annex, its Stream-Safe Text Format, allows
thirty, and what is beyond is left out here.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

MOST_MARKS = 30
"""Marks on one letter that are kept."""

_DECOMPOSED = "\u0f73\u0f75\u0f81\uff9e\uff9f"
"""Characters that are no marks, but become some."""

_MARKS = _DECOMPOSED + "".join(
    chr(each) for each in range(0x300, 0x20000) if unicodedata.combining(chr(each))
)
_TOO_MANY = re.compile(f"([{_MARKS}]{{{MOST_MARKS}}})[{_MARKS}]+")


def normalized(form: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
    """The text in a normal form; marks on a letter beyond `MOST_MARKS` are left out."""
    return text if text.isascii() else unicodedata.normalize(form, _TOO_MANY.sub(r"\1", text))
