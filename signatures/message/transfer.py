"""A part's content put into a transfer encoding, and its header made to say so (RFC 2045 §6). As splices.

A text part is put into quoted-printable, another part into base64. What is signed or encrypted is never touched,
and what comes out decodes to the very octets that went in.
"""

from __future__ import annotations

import base64
import binascii
import re

from signatures.message.body import decoded
from signatures.message.heading import headed
from signatures.message.scanner import IDENTITY, Part
from signatures.message.splices import Splice

MOST_ENCODED = 16_777_216
"""A larger part is not put into another encoding, which takes several times its memory."""

_ARMOUR = b"-----BEGIN PGP "
_LIKE_BOUNDARY = re.compile(rb"=\r\n-{2,}+[^-=\r\n]")
"""What begins like a boundary where a soft line break has made a line of it, and so may have become one."""


class NotEncodable(Exception):
    """A part may not be encoded, or cannot be; the text says where, as the end of a sentence."""


def begins_message(parts: tuple[Part, ...], number: int) -> bool:
    """Whether this part is a message: the one that was scanned, or one that is enclosed in it."""
    before = parts[number - 1]
    return not number or (before.depth < parts[number].depth and before.kind.startswith("message/"))


def check_open(raw: bytes, part: Part) -> None:
    """Raises NotEncodable for a part whose content may have no other encoding than it has.

    A multipart may not, nor a message (RFC 2045 §6.4), nor what is signed or encrypted.
    """
    if part.inner or part.kind.startswith(("multipart/", "message/")):
        raise NotEncodable("between its parts, or in one that may not be encoded")
    if part.sealed or (part.kind.startswith("text/") and _ARMOUR in decoded(raw, part)[0]):
        raise NotEncodable("in a part that is signed or encrypted")


def encoded(raw: bytes, part: Part, message: bool) -> list[Splice]:
    """The splices that encode a part which passed `check_open`. `message`: see `begins_message`.

    Raises NotEncodable where it has an encoding already, or would not decode to what it was.
    """
    if part.encoding not in IDENTITY:
        raise NotEncodable("in a part with an unknown transfer encoding")
    content = raw[part.body : part.end]
    if len(content) > MOST_ENCODED:
        raise NotEncodable("in a part that is too large to be encoded")
    encoding, replacement = _replacement(content, part.kind.startswith("text/"))
    header = headed(
        raw, part, encoding=encoding, charset=_charset(part, content) if message else "", message=message
    )
    return [*header, Splice(part.body, part.end - part.body, replacement)]


def _replacement(content: bytes, is_text: bool) -> tuple[str, bytes]:
    """The encoding, and the content in it."""
    if is_text:
        # It takes the content's first line end for its own soft breaks, and LF where there is none.
        quoted = binascii.b2a_qp(content, istext=True).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        if not _LIKE_BOUNDARY.search(quoted):
            return "quoted-printable", _faithful(content, quoted, binascii.a2b_qp(quoted))
    ending = b"\r\n" if content.endswith(b"\r\n") else b""
    letters = base64.encodebytes(content).rstrip().replace(b"\n", b"\r\n") + ending
    return "base64", _faithful(content, letters, binascii.a2b_base64(letters))


def _faithful(content: bytes, replacement: bytes, back: bytes) -> bytes:
    if back != content:
        raise NotEncodable("in a part that cannot be encoded faithfully")
    return replacement


def _charset(part: Part, content: bytes) -> str:
    """The charset that has to be said now: what was no MIME and not ASCII is read as UTF-8 from here on."""
    if content.isascii() or any(field.name == "content-type" for field in part.fields):
        return ""
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        if part.depth:
            return ""  # Another's message, which leaves its reader guessing as it did.
        raise NotEncodable("and it does not say which letters it is written in") from None
    return "utf-8"
