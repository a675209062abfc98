"""Whether one message says the same as another of the same person's: what was sent again, not something else.

All words count, the author's own and quoted ones, the spacing of letters aside, where links lead, who is seen to get
it, and what is attached, octet for octet. What programs put around that anew each time does not: ids, dates,
boundaries, the source of HTML. A word that is changed makes another message, which must never be taken for the first.
"""

from __future__ import annotations

import re

from config.base import Frozen
from signatures.message.anatomy import Anatomy, read
from signatures.message.body import text_of
from signatures.message.scanner import CAPS, Caps, Part, scan_parts

_LINK = re.compile(r"""href\s{0,9}=\s{0,9}["']?([^"'\s>]{1,2000})""", re.IGNORECASE)
_SHOWN = frozenset({"text/plain", "text/html"})


class Same(Frozen):
    """Whether two messages are the same."""

    same: bool


def same(first: bytes, again: bytes, caps: Caps = CAPS) -> Same:
    """Whether two messages say the same. Of what is signed or encrypted nobody can tell. Raises Unscannable."""
    one, other = read(first, caps), read(again, caps)
    if one.sealed or other.sealed or one.encrypted or other.encrypted or one.defects or other.defects:
        return Same(same=False)
    return Same(
        same=_seen(one) == _seen(other) and _carried(first, caps, one) == _carried(again, caps, other)
    )


def _seen(anatomy: Anatomy) -> list[list[str]]:
    """The addresses that everybody sees."""
    return [sorted({box.address for box in boxes}) for boxes in (anatomy.authors, anatomy.to, anatomy.cc)]


def _carried(raw: bytes, caps: Caps, anatomy: Anatomy) -> list[tuple[str, str, object]]:
    """What the parts are, what they are called, and what they say or hold."""
    parts = scan_parts(raw, caps)
    texts = {each.number for each in anatomy.divided}
    names = {each.number: each.name for each in anatomy.attachments}
    return [
        (part.kind, names.get(number, ""), _said(raw, part, caps) if number in texts else _content(raw, part))
        for number, part in enumerate(parts)
        if not part.inner and not (part.kind in _SHOWN and not _content(raw, part))
    ]


def _said(raw: bytes, part: Part, caps: Caps) -> tuple[str, list[str]]:
    text = text_of(raw, part, caps)
    return " ".join(text.text.split()), _LINK.findall(text.source) if part.kind == "text/html" else []


def _content(raw: bytes, part: Part) -> bytes:
    return raw[part.body : part.end].strip()
