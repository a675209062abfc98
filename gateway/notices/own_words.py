"""What the archive finds the post room's own letters by."""

from __future__ import annotations

from filters.indexed import indexed
from gateway.intake.found_by import content_of
from gateway.store.index.content import Content
from signatures.message.anatomy import apart
from signatures.message.scanner import Unscannable


def own_words(raw: bytes) -> Content | None:
    """What a letter says. It is read here and not in a worker, as its parts and their ends are ours, whatever names and
    subjects stand in it; nothing of others' may be enclosed. None where it cannot be read, all the same.
    """
    try:
        return content_of(indexed(raw, apart(raw)), None)
    except Unscannable:
        return None
