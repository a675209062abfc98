"""Text as header fields hold it (RFC 2047, RFC 5322 §3.2.3): encoded words, display names."""

from __future__ import annotations

import base64
import binascii
import re

_OCTETS = 45
"""Octets in one encoded word: with what stands around them the word stays below 75 (RFC 2047 §2)."""

_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]++(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]++)*+\Z")
_UNSAFE_IN_Q = re.compile(rb"[^A-Za-z0-9!*+/-]")


def encoded_words(text: str) -> bytes:
    """`text` as encoded words in UTF-8, folded; no character is divided between two of them (RFC 2047 §5)."""
    words: list[bytes] = []
    content = b""
    for char in text:
        octets = char.encode("utf-8", "replace")
        if len(content) + len(octets) > _OCTETS:
            words.append(content)
            content = b""
        content += octets
    words.append(content)
    return b"\r\n ".join(b"=?utf-8?B?" + base64.b64encode(word) + b"?=" for word in words if word)


def encoded_word(octets: bytes, charset: bytes, encoding: bytes) -> bytes:
    """`octets` as one encoded word in this charset, `encoding` being B or Q in either case."""
    if encoding in b"Bb":
        content = base64.b64encode(octets)
    else:
        quoted = _UNSAFE_IN_Q.sub(lambda found: b"=%02X" % found[0][0], octets)
        content = quoted.replace(b"=20", b"_")
    return b"=?" + charset + b"?" + encoding + b"?" + content + b"?="


def octets_of(encoding: bytes, content: bytes) -> bytes | None:
    """The octets of an encoded word's content; None where it is none."""
    try:
        if encoding in b"Qq":
            return binascii.a2b_qp(content, header=True)
        return base64.b64decode(content, validate=True)
    except binascii.Error:
        return None


def display_name(name: str) -> bytes:
    """A name before an address (RFC 5322 §3.4): bare where that is allowed, else quoted, else encoded."""
    if _ATOMS.match(name) and "=?" not in name:
        return name.encode("ascii")
    if name.isascii() and name.isprintable() and "=?" not in name:
        escaped = name.replace("\\", "\\\\").replace('"', '\\"')
        return b'"' + escaped.encode("ascii") + b'"'
    return encoded_words(name)
