"""Transfer encodings undone without a doubt and spliced in place (RFC 2045 §6), octets in and octets out.

What is not changed keeps its very octets: quoted-printable is changed between two of its characters, base64
from a line on. A content whose encoding can be read in two ways is not read at all.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass

from signatures.message.scanner import IDENTITY
from signatures.message.splices import Splice, apply

WIDEST = 76
"""Octets of a line in either encoding, its CRLF left out (RFC 2045 §6.7, §6.8)."""

_DOUBTFUL = re.compile(rb"=(?![0-9A-Fa-f]{2}|\r?\n|\Z)")
_TOKEN = re.compile(rb"=[0-9A-Fa-f]{2}|(=\r?\n|=\Z)|.", re.DOTALL)
_NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/=\r\n\t ]")
_BLANKS = (b" ", b"\t")
_LIKE_BOUNDARY = re.compile(rb"--[^ =]")
_BLOCK = 4_096
"""Octets that are looked at one by one where something changes; of the others they are only counted."""

_WIDEST_BASE64 = 996


class Doubtful(Exception):
    """A content cannot be decoded without a doubt; the text says why, as a clause."""


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """Replace the octets from `start` to `end` of a decoded content."""

    start: int
    end: int
    octets: bytes


def undone(content: bytes, encoding: str) -> bytes:
    """A content with its transfer encoding undone. Raises Doubtful."""
    if encoding in IDENTITY:
        return content
    if encoding == "quoted-printable":
        if _DOUBTFUL.search(content):
            raise Doubtful("its quoted-printable encoding is broken")
        return binascii.a2b_qp(content)
    if encoding == "base64":
        return _from_base64(content)
    raise Doubtful("its transfer encoding is unknown")


def _from_base64(content: bytes) -> bytes:
    letters = content.translate(None, b"\r\n\t ")
    data = letters.rstrip(b"=")
    padding = len(letters) - len(data)
    short = -len(data) % 4
    if _NO_BASE64.search(content) or b"=" in data or short == 3 or padding not in {0, short}:
        raise Doubtful("its base64 encoding is broken")
    return binascii.a2b_base64(data + b"=" * short)


def quoted(octets: bytes) -> bytes:
    """Octets in quoted-printable: CRLFs as line ends, everything else exactly, no trailing blanks."""
    return b"\r\n".join(map(_quoted_line, octets.split(b"\r\n"))).replace(b"=\n", b"=\r\n")


def _quoted_line(line: bytes) -> bytes:
    """One line; what begins like a boundary does not, though it says the same."""
    if line.startswith(b"--") and line != b"-- ":
        encoded = b"=2D" + binascii.b2a_qp(b"=" + line[1:], istext=False)[3:]
    else:
        encoded = binascii.b2a_qp(line, istext=False)
    # Where blanks stand among control characters, the library may make a line one character too wide.
    return encoded if max(map(len, encoded.split(b"\n"))) <= WIDEST else _every_octet(line)


def _every_octet(line: bytes) -> bytes:
    """A line with each of its octets encoded."""
    written = [f"={octet:02X}".encode() for octet in line]
    return b"=\n".join(b"".join(written[at : at + 25]) for at in range(0, len(written), 25))


def in_base64(octets: bytes, width: int = WIDEST) -> bytes:
    """Octets in base64, on lines of `width` that end with CRLF."""
    letters = binascii.b2a_base64(octets, newline=False)
    return b"".join(letters[at : at + width] + b"\r\n" for at in range(0, len(letters), width))


def spliced(raw: bytes, start: int, end: int, encoding: str, changes: Sequence[Change]) -> list[Splice]:
    """The splices on `raw` that change what it holds from `start` to `end`, in this encoding.

    `changes` are in order and do not overlap; the content was `undone` before. Takes linear time.
    """
    if not changes:
        return []
    if encoding == "quoted-printable":
        return _quoted_splices(raw, start, end, changes)
    if encoding == "base64":
        return [_base64_splice(raw, start, end, changes)]
    return [Splice(start + change.start, change.end - change.start, change.octets) for change in changes]


def changed(content: bytes, changes: Sequence[Change]) -> bytes:
    """A decoded content with the changes made."""
    return apply(content, [Splice(each.start, each.end - each.start, each.octets) for each in changes])


def _base64_splice(raw: bytes, start: int, end: int, changes: Sequence[Change]) -> Splice:
    """Everything anew from the line of the first change on; all of it where lines are not alike."""
    content = raw[start:end]
    decoded = _from_base64(content)
    width = content.find(b"\r\n")
    alike = 0 < width <= _WIDEST_BASE64 and width % 4 == 0 and width + 2 < len(content)
    width = width if alike else WIDEST
    octets = width // 4 * 3
    line = changes[0].start // octets
    kept = content[: line * (width + 2)]
    if kept != in_base64(decoded[: line * octets], width):
        line, kept = 0, b""
    rest = [Change(each.start - line * octets, each.end - line * octets, each.octets) for each in changes]
    written = in_base64(changed(decoded[line * octets :], rest), width)
    if not content.endswith(b"\r\n"):
        written = written.removesuffix(b"\r\n")
    return Splice(start + len(kept), len(content) - len(kept), written)


def _quoted_splices(raw: bytes, start: int, end: int, changes: Sequence[Change]) -> list[Splice]:
    content = raw[start:end]
    total, token_at = _tokens(
        content, {at for each in changes for at in (each.start, each.end - 1, each.end)}
    )
    merged: list[Splice] = []
    for change in changes:
        # Soft breaks on either side stay, but for one that nothing comes after.
        at_end = change.start == total
        before = (token_at[total - 1][1] if total else 0) if at_end else token_at[change.start][0]
        after = before if change.start == change.end else token_at[change.end - 1][1]
        after = len(content) if change.end == total else after
        splice = Splice(start + before, after - before, change.octets)
        if merged and raw.find(b"\n", _end(merged[-1]), splice.offset) < 0:
            last = merged.pop()
            between = binascii.a2b_qp(raw[_end(last) : splice.offset])
            length = _end(splice) - last.offset
            splice = Splice(last.offset, length, last.replacement + between + splice.replacement)
        merged.append(splice)
    return [_fitted(raw, start, end, splice) for splice in merged]


def _end(splice: Splice) -> int:
    return splice.offset + splice.length


def _tokens(content: bytes, wanted: set[int]) -> tuple[int, dict[int, tuple[int, int]]]:
    """How many octets quoted-printable decodes to, and where those `wanted` are written, from and to."""
    found: dict[int, tuple[int, int]] = {}
    waiting = sorted(wanted, reverse=True)
    count = position = 0
    while position < len(content):
        newline = content.find(b"\n", position + _BLOCK)  # Nothing is written across a line end.
        stop = len(content) if newline < 0 else newline + 1
        block = content[position:stop]
        octets = len(binascii.a2b_qp(block))
        if waiting and waiting[-1] < count + octets:
            number = count
            for token in _TOKEN.finditer(block):
                if token[1] is None:
                    if waiting and number >= waiting[-1]:
                        found[number] = (position + token.start(), position + token.end())
                        while waiting and waiting[-1] <= number:
                            waiting.pop()
                    number += 1
        count += octets
        position = stop
    if count and count - 1 not in found and waiting:
        found |= _tokens(content, {count - 1})[1]
    return count, found


def _fitted(raw: bytes, start: int, end: int, splice: Splice) -> Splice:
    """A splice whose replacement is not encoded yet, encoded. Where it makes a line too wide or like a
    boundary, or leaves a blank at the end of one, the whole lines that it stands on are.
    """
    line = max(raw.rfind(b"\n", start, splice.offset) + 1, start)
    newline = raw.find(b"\r\n", _end(splice), end)
    stop = end if newline < 0 else newline
    before, after = raw[line : splice.offset], raw[_end(splice) : stop]
    encoded = quoted(splice.replacement)
    lines = (before + encoded + after).split(b"\r\n")
    blank = lines[0] == before and before[-1:] in _BLANKS
    apart = not (before or splice.length) and encoded.endswith(b"\r\n")  # Put in before a line.
    likely = any(map(_LIKE_BOUNDARY.match, lines[: len(lines) - apart]))
    if max(map(len, lines)) <= WIDEST and not blank and not likely:
        return Splice(splice.offset, splice.length, encoded)
    octets = binascii.a2b_qp(before) + splice.replacement + binascii.a2b_qp(after)
    encoded = quoted(octets)
    if after.endswith(b"="):
        # A letter more leaves room for the soft break that is there.
        encoded = quoted(octets + b"x")[:-1].removesuffix(b"=\r\n") + b"="
    return Splice(line, stop - line, encoded)
