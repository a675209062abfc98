"""A letter that the post room writes to one of the council's people: plain text in short lines."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

from gateway.notices.render import Letterhead, Part, mixed, plain, text_part

_ONE_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{1,900}>")


def letter(head: Letterhead, paragraphs: Sequence[str], enclosure: Part | None = None) -> bytes:
    """The letter as it is sent: CRLF line ends, marked as written by a machine (RFC 3834 §5)."""
    text = "\n\n".join(_wrapped(paragraph) for paragraph in paragraphs)
    return plain(head, text) if enclosure is None else mixed(head, (text_part(text), enclosure))


def answered(message_id: str) -> str | None:
    """A Message-ID that a letter may name as the one it answers; None where it is none.

    One that looks like an encoded word is none: some mail programs decode such words wherever they stand.
    """
    return message_id if _ONE_ID.fullmatch(message_id) and "=?" not in message_id else None


def _wrapped(paragraph: str) -> str:
    """A paragraph in short lines; one that begins with a blank is a quotation and stays as it is."""
    if paragraph.startswith(" "):
        return paragraph
    return textwrap.fill(paragraph, 72, break_long_words=False, break_on_hyphens=False)
