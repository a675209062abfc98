"""What a bounce or a notice takes from the message it is about: its id, its subject, and what is returned."""

from __future__ import annotations

import binascii
import re
from email.errors import HeaderParseError
from email.header import decode_header

from gateway.notices.letter import answered
from gateway.notices.render import Part, one_line
from gateway.upstream.data import sendable

_MOST_RETURNED = 262_144
_MOST_HEADER = 65_536
_LONGEST_LINE = 998
_MESSAGE_ID = re.compile(rb"(?im)^message-id:[ \t]*(?:\r\n[ \t]+)?(<[!-;=?-~]{1,900}>)[ \t]*\r$")
_SUBJECT = re.compile(rb"(?im)^subject:((?:[^\r\n]*\r\n[ \t])*[^\r\n]*)\r$")


def header_of(message: bytes) -> bytes:
    """The header block of `message`, with the CRLF that ends its last field."""
    if message.startswith(b"\r\n"):
        return b""
    end = message.find(b"\r\n\r\n")
    return message if end < 0 else message[: end + 2]


def message_id_of(message: bytes) -> str | None:
    """The Message-ID, with its angle brackets, where it is one that may be named in an answer."""
    found = _MESSAGE_ID.search(header_of(message)[:_MOST_HEADER])
    return answered(found[1].decode("ascii")) if found else None


def subject_of(message: bytes) -> str:
    """The subject as a reader sees it, on one line; empty where there is none that can be read."""
    found = _SUBJECT.search(header_of(message)[:_MOST_HEADER])
    if found is None:
        return ""
    # Decoding takes long for thousands of encoded words; nobody reads past the first few.
    written = found[1][:1000].decode("utf-8", "replace").replace("\r\n", "")
    try:
        words = decode_header(written)
        subject = "".join(_decoded(word, charset) for word, charset in words)
    except (HeaderParseError, LookupError, ValueError):
        subject = written
    return one_line(" ".join(subject.split()))


def enclosed(message: bytes) -> Part | None:
    """The message itself as a part, whatever its size; None where no part can carry it as it is."""
    if not _fit(message):
        return None
    if message.isascii():
        return Part("message/rfc822", "Your message", message)
    header = header_of(message)
    if header.isascii():
        return Part("message/rfc822", "Your message", message, "8bit")
    return Part("message/global", "Your message", message, "8bit") if _utf8(header) else None


def returned(message: bytes, whole: bool, eight_bit: bool) -> Part:
    """The message itself as a part, or its header where the whole is not wanted, too large, or unfit.

    `eight_bit` says whether the road back can be expected to carry 8-bit content.
    """
    if whole and len(message) <= _MOST_RETURNED and (eight_bit or message.isascii()):
        part = enclosed(message)
        if part is not None:
            return part
    header = header_of(message)
    description = "The heading of your message"
    if len(header) > _MOST_HEADER:
        header = header[: header.rfind(b"\r\n", 0, _MOST_HEADER) + 2]
        description = "The beginning of the heading of your message"
    if _fit(header) and header.isascii():
        return Part("text/rfc822-headers", description, header)
    if _fit(header) and eight_bit and _utf8(header):
        return Part("message/global-headers", description, header, "8bit")
    # Not every reader decodes the global type where it is encoded; text is decoded everywhere.
    body = b"".join(binascii.b2a_base64(header[start : start + 57]) for start in range(0, len(header), 57))
    return Part("text/rfc822-headers", description, body.replace(b"\n", b"\r\n") or b"\r\n", "base64")


def _decoded(word: str | bytes, charset: str | None) -> str:
    return word if isinstance(word, str) else word.decode(charset or "utf-8", "replace")


def _fit(message: bytes) -> bool:
    """Whether SMTP carries it as it is, in lines of the length that everybody takes."""
    return sendable(message) and all(len(line) <= _LONGEST_LINE for line in message.split(b"\r\n"))


def _utf8(header: bytes) -> bool:
    try:
        header.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
