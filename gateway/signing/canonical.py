"""The relaxed canonical form of a message (RFC 6376 §3.4.2, §3.4.4), in time linear in its size.

The body is worked through in pieces of whole lines, so that a message of 25 MB never holds the interpreter
for longer than a few milliseconds at a time: other threads sign small messages meanwhile.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from dkim.canonicalization import Relaxed

PIECE = 65_536
"""Octets of body worked on at a time; a longer line is one piece."""

_FIELD_END = re.compile(rb"\r\n(?![ \t])")
_FIELD_NAME = re.compile(rb"[\x21-\x39\x3b-\x7e]+\Z")
_TAB_TO_SPACE = bytes.maketrans(b"\t", b" ")

Field = tuple[bytes, bytes]
"""A header field: name, and everything after the colon with its CRLF."""


class NotCanonical(ValueError):
    """The message has no canonical form; the text says why and quotes nothing of it."""


def split(message: bytes) -> tuple[list[Field], int]:
    """The header fields of `message` and the offset at which its body begins. Raises NotCanonical."""
    if message.startswith(b"\r\n"):
        return [], 2
    end = message.find(b"\r\n\r\n")
    block, body = (message.removesuffix(b"\r\n"), len(message)) if end < 0 else (message[:end], end + 4)
    _check_line_ends(block)
    return [_field(text) for text in _FIELD_END.split(block)], body


def relaxed_fields(fields: list[Field]) -> list[Field]:
    """`fields` in relaxed form: lower-case name, unfolded value with single spaces, CRLF."""
    canonical: list[Field] = Relaxed.canonicalize_headers(fields)
    return canonical


def body_hash(message: bytes, start: int) -> bytes:
    """The SHA-256 digest of the relaxed form of the body that begins at `start`. Raises NotCanonical."""
    digest = hashlib.sha256()
    blank = 0
    empty = True
    for piece in _pieces(message, start):
        relaxed = _relaxed(piece)
        text = relaxed.rstrip(b"\r\n")
        if text:
            digest.update(b"\r\n" * blank)
            digest.update(text)
            empty = False
            blank = 0
        blank += (len(relaxed) - len(text)) // 2
    if not empty:
        digest.update(b"\r\n")
    return digest.digest()


def _field(text: bytes) -> Field:
    name, colon, value = text.partition(b":")
    # White space before the colon is obsolete and legal (RFC 5322 §4.5), and no part of the relaxed form.
    name = name.rstrip(b" \t")
    if not colon or not _FIELD_NAME.match(name):
        raise NotCanonical("a header line that is not a header field")
    return name, value + b"\r\n"


def _pieces(message: bytes, start: int) -> Iterator[bytes]:
    """The body in pieces that end with CRLF; a CRLF is added at the very end where there is none."""
    while start < len(message):
        end = message.rfind(b"\r\n", start, start + PIECE)
        if end < 0:
            end = message.find(b"\r\n", start + PIECE - 1)
        piece = message[start:] + b"\r\n" if end < 0 else message[start : end + 2]
        _check_line_ends(piece)
        yield piece
        start += len(piece)


def _relaxed(piece: bytes) -> bytes:
    """Whole lines with white space at their ends gone and each other run of it made one space.

    Halving the runs again and again looks roundabout and is what keeps this linear: a pattern such as
    `[ \\t]+\\r\\n` tries every place in a long run of spaces anew.
    """
    piece = piece.translate(_TAB_TO_SPACE)
    while b"  " in piece:
        piece = piece.replace(b"  ", b" ")
    return piece.replace(b" \r\n", b"\r\n")


def _check_line_ends(text: bytes) -> None:
    pairs = text.count(b"\r\n")
    if text.count(b"\r") != pairs or text.count(b"\n") != pairs:
        raise NotCanonical("a bare CR or LF")
    if b"\0" in text:
        raise NotCanonical("a NUL")
