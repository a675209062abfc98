"""The first and the last octets of a part's content, decoded, however large it is."""

from __future__ import annotations

import binascii
from dataclasses import replace
from typing import NamedTuple

from signatures.message.body import decoded
from signatures.message.scanner import Part

ENDS = 65_536
"""Octets at either end of what is attached, as it stands in the message; less of what is encoded."""

_NOT_BASE64 = bytes(
    set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")
)


class Ends(NamedTuple):
    """What a part begins and ends with. Both are the whole content where it is small."""

    head: bytes
    tail: bytes


def ends_of(raw: bytes, part: Part, size: int = ENDS) -> Ends:
    """The ends of a part's content, its transfer encoding undone as leniently as mail clients do."""
    if part.end - part.body <= 2 * size:
        whole = decoded(raw, part)[0]
        return Ends(whole, whole)
    head = decoded(raw, replace(part, end=part.body + size))[0]
    return Ends(head, _tail(raw, part, size))


def _tail(raw: bytes, part: Part, size: int) -> bytes:
    """Base64 ends with a whole group of four letters, so its end says where the groups begin."""
    if part.encoding != "base64":
        return decoded(raw, replace(part, body=part.end - size))[0]
    letters = raw[part.end - size : part.end].translate(None, _NOT_BASE64)
    try:
        return binascii.a2b_base64(letters[len(letters) % 4 :])
    except binascii.Error:
        return b""
