"""Divisions handed over from reading a message to writing into it, so that each text is divided once.

Kept are divisions alone, under a digest of the text: no text, no lines, nothing that can be changed, and only
a few of them, each a short one, so that whatever is read or never written into takes no memory to speak of.
What is taken is gone. Where nothing is found (another process has read the message, or others came between)
the text is divided anew, which comes to the same.
"""

from __future__ import annotations

from hashlib import blake2b

from signatures.message.division.html import divide_html
from signatures.message.division.plain import divide_plain
from signatures.message.division.zones import Division

_MOST_DIVISIONS = 8
_MOST_SPANS = 1000

_handed: dict[tuple[bytes, int | None], Division] = {}


def hand_over(text: str, most_tags: int | None, division: Division) -> None:
    """Keep the division of a text for the writer. `most_tags` is None for plain text."""
    if len(division.spans) > _MOST_SPANS:
        return
    if len(_handed) >= _MOST_DIVISIONS:
        _handed.clear()
    _handed[_digest(text), most_tags] = division


def division_of(text: str, most_tags: int | None) -> Division:
    """The division of a text, handed over or made. Raises Unscannable for more than `most_tags` tags."""
    division = _handed.pop((_digest(text), most_tags), None) if _handed else None
    if division is not None:
        return division
    return divide_plain(text) if most_tags is None else divide_html(text, most_tags)


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=32).digest()
