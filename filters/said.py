"""All that a message says, as far as others may quote it."""

from __future__ import annotations

from config.base import Frozen
from signatures.message.anatomy import read
from signatures.message.scanner import CAPS, Caps


class Said(Frozen):
    """The subject of a message, its author's words, and the earlier messages in it."""

    texts: tuple[str, ...] = ()


def all_said(raw: bytes, caps: Caps = CAPS) -> Said:
    """What a message says. Raises Unscannable."""
    anatomy = read(raw, caps)
    texts = (anatomy.subject, *anatomy.own_texts, *anatomy.trail_texts)
    return Said(texts=tuple(each for each in texts if each.strip()))
