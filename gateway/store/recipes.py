"""A message as stretches of its own and what is attached to it, and made of these again, octet for octet.

What is attached in base64 is kept decoded, so that the same file is the same octets whatever lines it was sent in.
That is done where it comes out as it was, line for line; else its octets are kept as they stand in the message. Where
the attachments are said to be is not trusted: what is not theirs is in the stretches, and what overlaps is left there.
"""

from __future__ import annotations

import binascii
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from gateway.store.errors import Altered

LEAST: Final = 8192
"""The fewest octets in the message that are worth keeping by themselves."""

_SHORTEST_LINE = 32
_PIECE = 65_536
_BLANKS = b"\r\n \t"
_MOST_BLANKS = 4096
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_LENGTH = 4


class Stretch(NamedTuple):
    """Where the content of an attachment is said to stand in the message, and whether that is in base64."""

    start: int
    end: int
    base64: bool


class Lines(NamedTuple):
    """Lines of base64: each of `length` characters and ended by `end`, the last perhaps shorter and not ended."""

    length: int
    end: bytes


@dataclass(frozen=True, slots=True)
class Recipe:
    """A message without what is attached to it; `contents` are that, by its SHA-256 in hex."""

    octets: bytes
    contents: Mapping[str, bytes]


def part(raw: bytes, stretches: Iterable[Stretch]) -> Recipe | None:
    """A message parted where that can be undone; None where there is nothing large in it. Takes linear time."""
    steps: list[int | list[object]] = []
    literals: list[memoryview] = []
    contents: dict[str, bytes] = {}
    view = memoryview(raw)
    position = 0
    for wanted in sorted(stretches):
        if wanted.start < position or wanted.end > len(raw) or wanted.end - wanted.start < LEAST:
            continue
        start, end, lines, content = _content(raw, wanted)
        sha256 = hashlib.sha256(content).hexdigest()
        contents[sha256] = content
        steps.append(start - position)
        literals.append(view[position:start])
        steps.append([sha256, len(content), *(() if lines is None else (lines.length, lines.end.decode()))])
        position = end
    if not contents:
        return None
    steps.append(len(raw) - position)
    literals.append(view[position:])
    head = json.dumps([len(raw), steps], separators=(",", ":")).encode()
    return Recipe(b"".join([len(head).to_bytes(_LENGTH, "big"), head, *literals]), contents)


@dataclass(frozen=True, slots=True)
class Steps:
    """A recipe as it is followed. A step is so many octets of the message's own, or a content, its size and lines."""

    size: int
    steps: tuple[int | tuple[str, int, Lines | None], ...]
    literals: memoryview

    @property
    def needed(self) -> tuple[str, ...]:
        """The SHA-256, in hex, of each content that is needed, in the order of their first use."""
        return tuple(dict.fromkeys(step[0] for step in self.steps if not isinstance(step, int)))

    def pieces(self, contents: Mapping[str, bytes]) -> Iterator[bytes | memoryview]:
        """The message, piece by piece, from all the contents that are needed. Raises Altered."""
        position = 0
        for step in self.steps:
            if isinstance(step, int):
                yield self.literals[position : position + step]
                position += step
            else:
                sha256, size, lines = step
                content = contents[sha256]
                if len(content) != size:
                    raise Altered("a message cannot be put together again: its recipe was altered")
                if lines is None:
                    yield content
                else:
                    yield from _in_lines(content, lines)


def read(octets: bytes) -> Steps:
    """A recipe as it was written. Raises Altered."""
    try:
        begins = _LENGTH + int.from_bytes(octets[:_LENGTH], "big")
        size, steps = json.loads(octets[_LENGTH:begins])
        found = Steps(_number(size), tuple(_step(step) for step in steps), memoryview(octets)[begins:])
    except (ValueError, TypeError, RecursionError):
        raise Altered("a message cannot be put together again: its recipe was altered") from None
    if sum(step for step in found.steps if isinstance(step, int)) != len(found.literals):
        raise Altered("a message cannot be put together again: something of it is missing")
    return found


def _step(step: object) -> int | tuple[str, int, Lines | None]:
    match step:
        case int():
            return _number(step)
        case [str() as sha256, size]:
            return sha256, _number(size), None
        case [str() as sha256, size, length, ("" | "\n" | "\r\n") as end]:
            return sha256, _number(size), Lines(max(_number(length), _SHORTEST_LINE), end.encode())
    raise ValueError("no step of a recipe")


def _number(value: object) -> int:
    if not isinstance(value, int) or value < 0:
        raise ValueError("no number of octets")
    return value


def _content(raw: bytes, wanted: Stretch) -> tuple[int, int, Lines | None, bytes]:
    """Where it stands, its lines where it is in base64 that comes out the same, and the content."""
    if wanted.base64:
        start, end = _without_blanks(raw, wanted.start, wanted.end)
        lines = _lines_of(raw, start, end)
        content = None if lines is None else _decoded(raw, start, end, lines)
        if content:
            return start, end, lines, content
    return wanted.start, wanted.end, None, raw[wanted.start : wanted.end]


def _without_blanks(raw: bytes, start: int, end: int) -> tuple[int, int]:
    """Without the empty lines around it, as far as these are few."""
    head = raw[start : min(end, start + _MOST_BLANKS)]
    start += len(head) - len(head.lstrip(_BLANKS))
    tail = raw[max(start, end - _MOST_BLANKS) : end]
    return start, end - (len(tail) - len(tail.rstrip(_BLANKS)))


def _lines_of(raw: bytes, start: int, end: int) -> Lines | None:
    newline = raw.find(b"\n", start, end)
    if newline < 0:
        lines = Lines(end - start, b"")
    elif raw[newline - 1] == 0x0D:
        lines = Lines(newline - 1 - start, b"\r\n")
    else:
        lines = Lines(newline - start, b"\n")
    if lines.length < _SHORTEST_LINE or raw[start : start + _SHORTEST_LINE].translate(None, _ALPHABET):
        return None
    return lines


def _decoded(raw: bytes, start: int, end: int, lines: Lines) -> bytes | None:
    """What stands there, decoded; None where that, encoded, would not be what stands there."""
    try:
        content = binascii.a2b_base64(memoryview(raw)[start:end])
    except ValueError:
        return None
    position = start
    for piece in _in_lines(content, lines):
        if position + len(piece) > end or not raw.startswith(piece, position):
            return None
        position += len(piece)
    return content if position == end else None


def _in_lines(content: bytes, lines: Lines) -> Iterator[bytes]:
    """Base64 in its lines, as pieces of whole lines."""
    if not lines.end:
        for at in range(0, len(content), _PIECE * 3):
            yield binascii.b2a_base64(content[at : at + _PIECE * 3], newline=False)
        return
    # So many octets make a whole number of lines: four characters for every three of them.
    octets = 3 * lines.length * max(1, _PIECE // (4 * lines.length))
    for at in range(0, len(content), octets):
        text = binascii.b2a_base64(content[at : at + octets], newline=False)
        several = [text[begins : begins + lines.length] for begins in range(0, len(text), lines.length)]
        yield (lines.end if at else b"") + lines.end.join(several)
