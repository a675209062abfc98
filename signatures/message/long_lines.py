"""Lines over 998 octets made shorter without changing what they say, or refused (RFC 5322 §2.1.1).

Servers on the way may cut such lines or break them anywhere, so they are never sent. A header line is folded
at a blank. A text part is put into quoted-printable, another part into base64, and its header says so; lines
that are too long although encoded are broken where the encoding allows. What is signed or encrypted is never
touched. Everything is a splice, and decodes to the very content that was there.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Container, Iterator

from signatures.message.body import decoded
from signatures.message.scanner import IDENTITY, Field, Part
from signatures.message.splices import Splice

LONGEST = 998
_FOLDS = re.compile(rb"[^ \t](?=[ \t]++[^ \t])")
_ARMOUR = b"-----BEGIN PGP "
_MOST_ENCODED = 16_777_216
"""A larger part is not put into another encoding, which takes several times its memory."""

_BROKEN_AT = 912
"""Octets of a line that is broken up: fewer than are allowed, and whole groups of four for base64."""

Line = tuple[int, int]
"""Where a line begins and where it ends, its CRLF left out."""


class TooLong(Exception):
    """A line cannot be made shorter; the text says where it stands, as the end of a sentence."""


def long_lines(raw: bytes, parts: tuple[Part, ...], leaving: Container[Field] = ()) -> tuple[Splice, ...]:
    """The splices that bring every line to 998 octets or less, none where all are. Raises TooLong.

    `parts` as `scan_parts` gives them. Fields of the message in `leaving` do not go out and stay as they are.
    """
    splices: list[Splice] = []
    encoded: set[int] = set()
    for number, line in _with_owners(parts, _over(raw)):
        part = parts[number]
        if line[0] < part.body:
            splices += _folded(raw, part, line, leaving)
        elif number not in encoded:
            splices += _content(raw, part, line)
            if part.encoding in IDENTITY:
                encoded.add(number)  # The whole content is encoded at once, long lines to come included.
    return tuple(splices)


def _over(raw: bytes) -> Iterator[Line]:
    """Every line that is too long. Looks at few octets of the others."""
    position = 0
    while len(raw) - position > LONGEST:
        newline = raw.rfind(b"\r\n", position, position + LONGEST + 2)
        if newline < 0:
            newline = raw.find(b"\r\n", position + LONGEST)
            newline = len(raw) if newline < 0 else newline
            yield position, newline
        position = newline + 2


def _with_owners(parts: tuple[Part, ...], lines: Iterator[Line]) -> Iterator[tuple[int, Line]]:
    """Each line with the number of the innermost part that it stands in."""
    around = [0]
    upcoming = 1
    for line in lines:
        while upcoming < len(parts) and parts[upcoming].start <= line[0]:
            while len(around) > 1 and parts[around[-1]].end <= parts[upcoming].start:
                around.pop()
            around.append(upcoming)
            upcoming += 1
        while len(around) > 1 and parts[around[-1]].end <= line[0]:
            around.pop()
        yield around[-1], line


def _folded(raw: bytes, part: Part, line: Line, leaving: Container[Field]) -> Iterator[Splice]:
    """A header line folded before blanks (RFC 5322 §2.2.3), each piece as long as it may be."""
    start, end = line
    field = next(each for each in part.fields if each.start <= start < each.end)
    if part.depth == 0 and field in leaving:
        return
    if part.depth and part.sealed:
        raise TooLong("in a part that is signed or encrypted")
    where = f"in the header, in {field.name or 'a line that is no field'}"
    best = start
    for found in (*_FOLDS.finditer(raw, start, end), None):
        point = found.end() if found else end
        if point - start > LONGEST and best > start:
            yield Splice(best, 0, b"\r\n")
            start = best
        if point - start > LONGEST:
            raise TooLong(where)
        best = point


def _content(raw: bytes, part: Part, line: Line) -> list[Splice]:
    """The splices for a line in a part's content; where the content is not encoded yet, for all of it."""
    if part.inner or part.kind.startswith(("multipart/", "message/")):
        raise TooLong("between its parts, or in one that may not be encoded")
    is_text = part.kind.startswith("text/")
    if part.sealed or (is_text and _ARMOUR in decoded(raw, part)[0]):
        raise TooLong("in a part that is signed or encrypted")
    if part.encoding == "base64":
        return [Splice(at, 0, b"\r\n") for at in range(line[0] + _BROKEN_AT, line[1], _BROKEN_AT)]
    if part.encoding == "quoted-printable":
        return list(_soft_breaks(raw, line))
    if part.encoding not in IDENTITY:
        raise TooLong("in a part with an unknown transfer encoding")
    return [*_headed(raw, part, "quoted-printable" if is_text else "base64"), _encoded(raw, part, is_text)]


def _soft_breaks(raw: bytes, line: Line) -> Iterator[Splice]:
    """Soft line breaks (RFC 2045 §6.7) in a line that is quoted-printable already, never inside an escape."""
    start, end = line
    while end - start > LONGEST:
        at = start + _BROKEN_AT
        escape = raw.rfind(b"=", at - 2, at)
        at = escape if escape >= 0 else at
        yield Splice(at, 0, b"=\r\n")
        start = at


def _encoded(raw: bytes, part: Part, is_text: bool) -> Splice:
    """The content in a transfer encoding. Raises TooLong where it would not decode to what it was."""
    content = raw[part.body : part.end]
    if len(content) > _MOST_ENCODED:
        raise TooLong("in a part that is too large to be encoded")
    if is_text:
        # It takes the content's first line end for its own soft breaks, and LF where there is none.
        replacement = re.sub(rb"\r?\n", b"\r\n", binascii.b2a_qp(content, istext=True))
        back = binascii.a2b_qp(replacement)
    else:
        ending = b"\r\n" if content.endswith(b"\r\n") else b""
        replacement = base64.encodebytes(content).rstrip().replace(b"\n", b"\r\n") + ending
        back = binascii.a2b_base64(replacement)
    if back != content:
        raise TooLong("in a part that cannot be encoded faithfully")
    return Splice(part.body, part.end - part.body, replacement)


def _headed(raw: bytes, part: Part, encoding: str) -> list[Splice]:
    """The part's header made to say the encoding."""
    line = f"Content-Transfer-Encoding: {encoding}\r\n".encode("ascii")
    fields = [field for field in part.fields if field.name == "content-transfer-encoding"]
    splices = [Splice(field.start, field.end - field.start, b"") for field in fields[1:]]
    if fields:
        splices.append(Splice(fields[0].start, fields[0].end - fields[0].start, line))
    else:
        splices.append(Splice(part.start, 0, line))
    if part.depth == 0:
        splices += _made_mime(raw, part)
    return splices


def _made_mime(raw: bytes, top: Part) -> Iterator[Splice]:
    """A message that is no MIME made into one: without the version, no encoding counts (RFC 2045 §4)."""
    names = {field.name for field in top.fields}
    if "mime-version" not in names:
        yield Splice(top.start, 0, b"MIME-Version: 1.0\r\n")
    content = raw[top.body : top.end]
    if "content-type" not in names and not content.isascii():
        try:
            content.decode("utf-8")
        except UnicodeDecodeError:
            raise TooLong("and it does not say which letters it is written in") from None
        yield Splice(top.start, 0, b"Content-Type: text/plain; charset=utf-8\r\n")
