"""Whether words stand in quotation marks."""

from __future__ import annotations

import re

_FARTHEST = 600
"""Characters from a quotation mark within which words are taken for quoted."""

_PAIRS = (("“", "”"), ("‘", "’"), ("«", "»"), ("„", "“"))
_OPENS_SINGLE = re.compile(r"(?<![\w])'(?=\w)")
_CLOSES_SINGLE = re.compile(r"(?<=[\w.!?,])'(?!\w)")


def is_quoted(text: str, start: int, end: int) -> bool:
    """Whether a part of a paragraph stands in quotation marks of any kind."""
    before, after = text[max(0, start - _FARTHEST) : start], text[end : end + _FARTHEST]
    for opening, closing in _PAIRS:
        if before.rfind(opening) > before.rfind(closing) and closing in after:
            return True
        if opening == "‘" and opening in before and closing in after:
            return True  # An apostrophe is the same mark as the closing one.
    if before.count('"') % 2 and '"' in after:
        return True
    return _OPENS_SINGLE.search(before) is not None and _CLOSES_SINGLE.search(after) is not None
