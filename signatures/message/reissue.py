"""A message made into another author's: what it says and to whom, in an envelope and a header of the other's own.

Of the header stays what belongs to the text, its readers and its thread. Everything else was the first author's or of
the way that the message had come, and goes: a Message-ID and a Date are written into what lacks them.
"""

from __future__ import annotations

from signatures.message.scanner import Part
from signatures.message.splices import Splice

_KEPT = frozenset(
    {
        "to",
        "cc",
        "subject",
        "in-reply-to",
        "references",
        "thread-topic",
        "thread-index",
        "mime-version",
        "importance",
        "priority",
        "x-priority",
        "sensitivity",
        "accept-language",
    }
)


class CannotReissue(Exception):
    """It cannot be made another's; the text says why, as a clause about the message: "it is signed"."""


def reissued(raw: bytes, parts: tuple[Part, ...], author: bytes) -> tuple[Splice, ...]:
    """The splices that make a message one From `author`, the value of that field. Raises CannotReissue."""
    top = parts[0]
    if top.malformed:
        raise CannotReissue("its header has a line that is no header line")
    if any(part.sealed and not part.enclosed for part in parts):
        raise CannotReissue("it is signed or encrypted, and so its author's alone")
    if any(field.name.startswith("resent-") for field in top.fields):
        raise CannotReissue("it is another's message, sent on as it is")
    fields = [field for field in top.fields if field.name == "from"]
    line = b"From: " + author + b"\r\n"
    splices = [] if fields else [Splice(top.start, 0, line)]
    for field in top.fields:
        if fields and field is fields[0]:
            splices.append(Splice(field.start, field.end - field.start, line))
        elif field.name not in _KEPT and not field.name.startswith("content-"):
            splices.append(Splice(field.start, field.end - field.start, b""))
    return tuple(splices)
