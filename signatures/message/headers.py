"""Header values as people read them: encoded words, addresses. Linear time, whatever is in them."""

from __future__ import annotations

import base64
import binascii
import codecs
import re
from collections.abc import Iterator

from config.address import BadAddress, canonical
from config.base import Frozen

_ENCODED_WORD = re.compile(r"=\?([A-Za-z0-9_.:-]{1,40})(?:\*[A-Za-z0-9-]{0,20})?\?([BbQq])\?([^?\s]*)\?=")
_BETWEEN = re.compile(r"(\?=)[ \t\r\n]+(?==\?[A-Za-z0-9_.:-]{1,40}(?:\*[A-Za-z0-9-]{0,20})?\?[BbQq]\?)")

_NOT_FOR_MAIL = frozenset({"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"})
"""Python's codecs that no charset of mail is, some of them slower than linear."""


class Mailbox(Frozen):
    """An address in a header field. `address` is canonical, or empty where it is none; `written` is as given."""

    name: str
    address: str
    written: str


def to_text(value: bytes) -> str:
    """A field value as text, encoded words decoded (RFC 2047); what cannot be decoded stays visible."""
    text = value.decode("utf-8", "replace")
    return _ENCODED_WORD.sub(_word, _BETWEEN.sub(r"\1", text))


def count_encoded_words(value: bytes) -> int:
    """How many encoded words a value may hold."""
    return value.count(b"=?")


def decode_text(content: bytes, charset: str) -> str:
    """`content` in a charset; one that Python does not know, or lies, is read as UTF-8 or Latin-1."""
    for name in (charset, "utf-8"):
        try:
            if codecs.lookup(name).name not in _NOT_FOR_MAIL:
                return content.decode(name)
        except (LookupError, ValueError):
            continue
    return content.decode("latin-1")


def mailboxes(value: bytes) -> tuple[Mailbox, ...]:
    """The addresses of a From, To, Cc, … value, groups opened up (RFC 5322 §3.4)."""
    found = []
    for piece in _pieces(value.decode("utf-8", "replace")):
        mailbox = _mailbox(piece)
        if mailbox is not None:
            found.append(mailbox)
    return tuple(found)


def _word(matched: re.Match[str]) -> str:
    charset, encoding, text = matched[1], matched[2].upper(), matched[3]
    try:
        octets = text.encode("ascii")
        if encoding == "B":
            content = base64.b64decode(octets + b"=" * (-len(octets) % 4))
        else:
            content = binascii.a2b_qp(octets, header=True)
    except (UnicodeEncodeError, binascii.Error):
        return matched[0]
    return decode_text(content, charset)


def _pieces(text: str) -> Iterator[tuple[str, str, bool]]:
    """The list's members: phrase (comments taken off), what stood in `<…>`, and whether anything did."""
    phrase: list[str] = []
    angle: list[str] = []
    into, comment, quoted, bracket, had_angle = phrase, 0, False, False, False
    escaped = False
    for char in text:
        if escaped:
            if not comment:
                into += ("\\", char) if quoted else (char,)
            escaped = False
        elif char == "\\" and (quoted or comment):
            escaped = True
        elif comment:
            comment += {"(": 1, ")": -1}.get(char, 0)
        elif quoted:
            into.append(char)
            quoted = char != '"'
        elif char == '"':
            into.append(char)
            quoted = True
        elif char == "(":
            comment = 1
        elif bracket and char != ">":
            into.append(char)
        elif char == "<":
            into, bracket, had_angle = angle, True, True
        elif char == ">":
            into, bracket = phrase, False
        elif char in ",;":
            yield "".join(phrase), "".join(angle), had_angle
            phrase, angle = [], []
            into, had_angle = phrase, False
        elif char == ":" and not had_angle and "@" not in phrase:
            phrase.clear()  # A group's name.
        else:
            into.append(char)
    yield "".join(phrase), "".join(angle), had_angle


def _mailbox(piece: tuple[str, str, bool]) -> Mailbox | None:
    phrase, angle, had_angle = (piece[0].strip(), piece[1].strip(), piece[2])
    if not phrase and not had_angle:
        return None
    written = angle if had_angle else phrase
    if had_angle and written.startswith("@"):
        written = written.rpartition(":")[2]  # A source route, obsolete (RFC 5322 §4.4).
    try:
        address = canonical(re.sub(r"\s*([@.])\s*", r"\1", written) if '"' not in written else written)
    except (BadAddress, UnicodeError):
        address = ""
    return Mailbox(name=_display(phrase) if had_angle else "", address=address, written=written)


def _display(phrase: str) -> str:
    """A display name without its quotes, encoded words decoded."""
    unquoted = re.sub(r'"((?:[^"\\]|\\.)*)"', lambda m: re.sub(r"\\(.)", r"\1", m[1]), phrase)
    return to_text(unquoted.encode("utf-8", "replace")).strip()
