"""A message's fields and MIME parts by byte offsets: the first look at untrusted bytes.

Nothing is parsed here that could recurse or take more than linear time, and every count has a cap; a message
beyond a cap is `Unscannable`, which leads to "could not be checked" and never to a pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_NAME = re.compile(rb"([!-9;-~]+)[ \t]*:")
_BOUNDARY = re.compile(rb';\s*boundary\s*=\s*(?:"((?:[^"\\]|\\.){1,200})"|([^\s;"]{1,200}))', re.IGNORECASE)


class Unscannable(Exception):
    """The message is beyond what can be looked at safely; the text says in what respect."""


@dataclass(frozen=True, slots=True)
class Caps:
    """The most of everything. Postfix has the same header size and MIME depth."""

    header_bytes: int = 102_400
    fields: int = 1000
    depth: int = 100
    parts: int = 1000
    addresses: int = 2000
    encoded_words: int = 1000


CAPS = Caps()


@dataclass(frozen=True, slots=True)
class Field:
    """A header field: from `start` to `end`, its CRLF included; the value begins at `value`.

    `name` is in lower case. A line that is no field and continues none is kept with an empty name, so that
    what follows it is still seen as header.
    """

    name: str
    start: int
    value: int
    end: int

    def text(self, raw: bytes) -> bytes:
        """The value, unfolded (RFC 5322 §2.2.3), without the blanks around it."""
        return re.sub(rb"\r\n(?=[ \t])", b"", raw[self.value : self.end]).strip()


@dataclass(frozen=True, slots=True)
class Part:
    """A MIME part: header from `start`, content from `body` to `end`. `depth` is 0 for the message itself."""

    fields: tuple[Field, ...]
    start: int
    body: int
    end: int
    depth: int

    def first(self, raw: bytes, name: str) -> bytes:
        """The value of the first field with this name, or nothing."""
        return next((field.text(raw) for field in self.fields if field.name == name), b"")

    def content_type(self, raw: bytes) -> str:
        """Type and subtype in lower case; `text/plain` where none is given (RFC 2045 §5.2)."""
        value = self.first(raw, "content-type").partition(b";")[0].strip().lower()
        return value.decode("ascii", "replace") if b"/" in value else "text/plain"


def scan_fields(raw: bytes, start: int = 0, end: int | None = None, caps: Caps = CAPS) -> Part:
    """The fields of the header that begins at `start`, and where its body begins. Raises Unscannable."""
    end = len(raw) if end is None else end
    if raw.startswith(b"\r\n", start, end):
        return Part((), start, start + 2, end, 0)
    blank = raw.find(b"\r\n\r\n", start, end)
    header_end = end if blank < 0 else blank + 2
    if header_end - start > caps.header_bytes:
        raise Unscannable(f"its header is longer than {caps.header_bytes} bytes")
    fields = tuple(_fields(raw, start, header_end))
    if len(fields) > caps.fields:
        raise Unscannable(f"it has more than {caps.fields} header fields")
    return Part(fields, start, end if blank < 0 else blank + 4, end, 0)


def _fields(raw: bytes, start: int, end: int) -> Iterator[Field]:
    position = start
    while position < end:
        stop = position
        while True:
            newline = raw.find(b"\r\n", stop, end)
            stop = end if newline < 0 else newline + 2
            if stop >= end or raw[stop : stop + 1] not in {b" ", b"\t"}:
                break
        matched = _NAME.match(raw, position, stop)
        if matched:
            yield Field(matched[1].decode("ascii").lower(), position, matched.end(), stop)
        else:
            yield Field("", position, position, stop)
        position = stop


def scan_parts(raw: bytes, caps: Caps = CAPS) -> tuple[Part, ...]:
    """The message and all parts in it, in the order in which they stand. Raises Unscannable."""
    parts: list[Part] = []
    waiting = [(0, len(raw), 0)]
    while waiting:
        start, end, depth = waiting.pop()
        if depth > caps.depth:
            raise Unscannable(f"its parts are nested more than {caps.depth} deep")
        found = scan_fields(raw, start, end, caps)
        part = Part(found.fields, start, found.body, end, depth)
        parts.append(part)
        inner = list(_children(raw, part, caps.parts))
        if len(parts) + len(waiting) + len(inner) > caps.parts:
            raise Unscannable(f"it has more than {caps.parts} parts")
        waiting.extend((begin, stop, depth + 1) for begin, stop in reversed(inner))
    return tuple(parts)


def _children(raw: bytes, part: Part, most: int) -> Iterator[tuple[int, int]]:
    kind = part.content_type(raw)
    if kind == "message/rfc822":
        yield part.body, part.end
    elif kind.startswith("multipart/"):
        matched = _BOUNDARY.search(part.first(raw, "content-type"))
        if matched:
            boundary = re.sub(rb"\\(.)", rb"\1", matched[1]) if matched[1] else matched[2]
            yield from _split(raw, part, b"--" + boundary, most)


def _split(raw: bytes, part: Part, delimiter: bytes, most: int) -> Iterator[tuple[int, int]]:
    """The spans between delimiter lines (RFC 2046 §5.1.1); one that is never closed reaches to the end."""
    begun = -1
    # The first delimiter may stand where the body begins, so the search starts at the CRLF before it.
    position = part.body - 2
    line = b"\r\n" + delimiter
    for _ in range(most + 2):
        found = raw.find(line, position, part.end)
        if found < 0:
            break
        after = found + len(line)
        newline = raw.find(b"\r\n", after, part.end)
        rest = raw[after : part.end if newline < 0 else newline]
        closing = rest.startswith(b"--") and not rest[2:].strip()
        if rest.strip() and not closing:
            position = after
            continue
        if begun >= 0:
            yield begun, found
        if closing or newline < 0:
            return
        begun = newline + 2
        position = newline
    if begun >= 0:
        yield min(begun, part.end), part.end
