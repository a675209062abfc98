"""Lines over 998 octets made shorter without changing what they say, or refused (RFC 5322 §2.1.1).

Servers on the way may cut such lines or break them anywhere, so they are never sent. A header line is folded
at a blank. A text part is put into quoted-printable, another part into base64, and its header says so; lines
that are too long although encoded are broken where the encoding allows. What is signed or encrypted is never
touched. Everything is a splice, and decodes to the very content that was there.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator

from signatures.message.scanner import IDENTITY, Field, Part
from signatures.message.splices import Splice
from signatures.message.transfer import NotEncodable, begins_message, check_open, encoded

LONGEST = 998
_FOLDS = re.compile(rb"[^ \t](?=[ \t]++[^ \t])")
_BROKEN_AT = 912
"""Octets of a line that is broken up: fewer than are allowed, and whole groups of four for base64."""

Line = tuple[int, int]
"""Where a line begins and where it ends, its CRLF left out."""


class TooLong(Exception):
    """A line cannot be made shorter; the text says where it stands, as the end of a sentence."""


def long_lines(
    raw: bytes, parts: tuple[Part, ...], leaving: Container[Field] = (), done: Container[int] = ()
) -> tuple[Splice, ...]:
    """The splices that bring every line to 998 octets or less, none where all are. Raises TooLong.

    `parts` as `scan_parts` gives them. Fields of the message in `leaving` do not go out and stay as they are,
    and so does the content of the parts whose numbers are in `done`: it was written anew and its lines are
    short.
    """
    splices: list[Splice] = []
    finished: set[int] = set()
    for number, line in _with_owners(parts, over(raw)):
        part = parts[number]
        if line[0] < part.body:
            splices += _folded(raw, part, line, leaving)
        elif number not in done and number not in finished:
            splices += _content(raw, part, line, begins_message(parts, number))
            if part.encoding in IDENTITY:
                finished.add(number)  # The whole content is encoded at once, long lines to come included.
    return tuple(splices)


def over(raw: bytes) -> Iterator[Line]:
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


def _content(raw: bytes, part: Part, line: Line, message: bool) -> list[Splice]:
    """The splices for a line in a part's content; where the content is not encoded yet, for all of it."""
    try:
        check_open(raw, part)
        if part.encoding == "base64":
            return [Splice(at, 0, b"\r\n") for at in range(line[0] + _BROKEN_AT, line[1], _BROKEN_AT)]
        if part.encoding == "quoted-printable":
            return list(_soft_breaks(raw, line))
        return encoded(raw, part, message)
    except NotEncodable as error:
        raise TooLong(str(error)) from None


def _soft_breaks(raw: bytes, line: Line) -> Iterator[Splice]:
    """Soft line breaks (RFC 2045 §6.7) in a line that is quoted-printable already, never inside an escape."""
    start, end = line
    while end - start > LONGEST:
        at = start + _BROKEN_AT
        escape = raw.rfind(b"=", at - 2, at)
        at = escape if escape >= 0 else at
        yield Splice(at, 0, b"=\r\n")
        start = at
