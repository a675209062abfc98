"""A message's fields and MIME parts by byte offsets: the first look at untrusted bytes.

Nothing here recurses or takes more than linear time, and every count has a cap; a message beyond a cap is
`Unscannable`, which leads to "could not be checked" and never to a pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from signatures.message.media import Media, first_token, media

_NAME = re.compile(rb"([!-9;-~]+)[ \t]*:")
_MESSAGES = frozenset({"message/rfc822", "message/global"})
_SEALED = frozenset(
    {
        "multipart/signed",
        "multipart/encrypted",
        "application/pkcs7-mime",
        "application/x-pkcs7-mime",
        "application/pgp-encrypted",
    }
)
_PADDING = 1000
"""The most blanks that may follow a boundary on its line, the closing hyphens included."""

IDENTITY = frozenset({"", "7bit", "8bit", "binary"})
"""Transfer encodings that leave content as it is (RFC 2045 §6.2)."""


class Unscannable(Exception):
    """The message is beyond what can be looked at safely; the text says in what respect."""


@dataclass(frozen=True, slots=True)
class Caps:
    """The most of everything. Postfix has the same header size and MIME depth.

    `fields` is for one header, `all_fields` for those of all parts. `address_bytes` and `address_marks` (quotes,
    escapes, opening brackets of comments) are for one address of a list. `boundary_like` counts lines that begin
    as a boundary and are none, `searched` the octets gone through for boundaries at all depths together,
    `text_bytes` the body's text in all its versions, `tags` those of its HTML. `written_bytes` is the largest
    message that a signature and a waiver are written into; a larger one is not unscannable.
    """

    header_bytes: int = 102_400
    fields: int = 1000
    all_fields: int = 20_000
    depth: int = 100
    parts: int = 1000
    addresses: int = 2000
    address_bytes: int = 2048
    address_marks: int = 100
    encoded_words: int = 1000
    boundary_like: int = 20_000
    searched: int = 1_000_000_000
    text_bytes: int = 5_242_880
    written_bytes: int = 52_428_800
    tags: int = 500_000


CAPS = Caps()


@dataclass(frozen=True, slots=True)
class Field:
    """A header field: from `start` to `end`, its CRLF included; the value begins at `value`.

    `name` is in lower case. A line that is no field and continues none is kept with an empty name.
    """

    name: str
    start: int
    value: int
    end: int

    def text(self, raw: bytes) -> bytes:
        """The value, unfolded (RFC 5322 §2.2.3), without the blanks around it."""
        return raw[self.value : self.end].replace(b"\r\n", b"").strip()


@dataclass(frozen=True, slots=True)
class Part:
    """A MIME part: header from `start`, content from `body` to `end`. `depth` is 0 for the message itself.

    `encoding` is the transfer encoding in lower case. `enclosed`: in a message that is enclosed whole, so
    not the author's. `sealed`: signed or encrypted, or inside of what is, so that no byte of the content may
    change. `inner` is the number of parts directly inside.
    """

    fields: tuple[Field, ...]
    start: int
    body: int
    end: int
    depth: int = 0
    media: Media = field(default_factory=lambda: Media("text/plain"))
    encoding: str = ""
    enclosed: bool = False
    sealed: bool = False
    inner: int = 0

    @property
    def kind(self) -> str:
        """Type and subtype in lower case; the default where none is given (RFC 2045 §5.2)."""
        return self.media.kind

    @property
    def malformed(self) -> bool:
        """Whether the header has a line that is no field."""
        return any(not each.name for each in self.fields)

    def first(self, raw: bytes, name: str) -> bytes:
        """The value of the first field with this name, or nothing."""
        return next((each.text(raw) for each in self.fields if each.name == name), b"")


def scan_fields(raw: bytes, start: int = 0, end: int | None = None, caps: Caps = CAPS) -> Part:
    """The fields of the header that begins at `start`, and where its body begins. Raises Unscannable."""
    end = len(raw) if end is None else end
    if raw.startswith(b"\r\n", start, end):
        return Part((), start, start + 2, end)
    blank = raw.find(b"\r\n\r\n", start, min(end, start + caps.header_bytes + 4))
    header_end = end if blank < 0 else blank + 2
    if header_end - start > caps.header_bytes:
        raise Unscannable(f"a header is longer than {caps.header_bytes} bytes")
    fields = tuple(_fields(raw, start, header_end))
    if len(fields) > caps.fields:
        raise Unscannable(f"a header has more than {caps.fields} fields")
    return Part(fields, start, end if blank < 0 else blank + 4, end)


def _fields(raw: bytes, start: int, end: int) -> Iterator[Field]:
    position = start
    while position < end:
        stop = position
        while True:
            newline = raw.find(b"\r\n", stop, end)
            stop = end if newline < 0 else newline + 2
            if stop >= end or raw[stop] not in b" \t":
                break
        matched = _NAME.match(raw, position, stop)
        if matched:
            yield Field(matched[1].decode("ascii").lower(), position, matched.end(), stop)
        else:
            yield Field("", position, position, stop)
        position = stop


@dataclass(frozen=True, slots=True)
class _Span:
    """Where a part is said to be, and what it inherits from the part around it."""

    start: int
    end: int
    depth: int = 0
    default: str = "text/plain"
    enclosed: bool = False
    sealed: bool = False


@dataclass(slots=True)
class _Budget:
    """What of a message's caps is used up."""

    caps: Caps
    fields: int = 0
    boundary_like: int = 0
    searched: int = 0

    def header(self, fields: int) -> None:
        self.fields += fields
        if self.fields > self.caps.all_fields:
            raise Unscannable(f"its parts have more than {self.caps.all_fields} header fields")

    def search(self, octets: int) -> None:
        self.searched += octets
        if self.searched > self.caps.searched:
            raise Unscannable("its parts are too large and too deeply nested")

    def no_boundary(self) -> None:
        self.boundary_like += 1
        if self.boundary_like > self.caps.boundary_like:
            raise Unscannable(f"it has more than {self.caps.boundary_like} lines that look like boundaries")


def scan_parts(raw: bytes, caps: Caps = CAPS) -> tuple[Part, ...]:
    """The message and all parts in it, in the order in which they stand. Raises Unscannable."""
    parts: list[Part] = []
    waiting = [_Span(0, len(raw))]
    budget = _Budget(caps)
    while waiting:
        span = waiting.pop()
        if span.depth > caps.depth:
            raise Unscannable(f"its parts are nested more than {caps.depth} deep")
        part, inner = _scan_part(raw, span, budget)
        parts.append(part)
        if len(parts) + len(waiting) + len(inner) > caps.parts:
            raise Unscannable(f"it has more than {caps.parts} parts")
        waiting.extend(reversed(inner))
    return tuple(parts)


def _scan_part(raw: bytes, span: _Span, budget: _Budget) -> tuple[Part, list[_Span]]:
    """A part and the spans of the parts directly inside."""
    found = scan_fields(raw, span.start, span.end, budget.caps)
    budget.header(len(found.fields))
    said = media(found.first(raw, "content-type"), span.default)
    encoding = first_token(found.first(raw, "content-transfer-encoding"))
    sealed = span.sealed or said.kind in _SEALED
    message = said.kind in _MESSAGES
    inner = [
        _Span(
            start,
            end,
            span.depth + 1,
            "message/rfc822" if said.kind == "multipart/digest" else "text/plain",
            span.enclosed or message,
            sealed,
        )
        for start, end in _children(raw, found, said, encoding, budget)
    ]
    part = Part(
        fields=found.fields,
        start=span.start,
        body=found.body,
        end=span.end,
        depth=span.depth,
        media=said,
        encoding=encoding,
        enclosed=span.enclosed,
        sealed=sealed,
        inner=len(inner),
    )
    return part, inner


def _children(
    raw: bytes, part: Part, said: Media, encoding: str, budget: _Budget
) -> Iterator[tuple[int, int]]:
    if said.kind in _MESSAGES and encoding in IDENTITY:
        yield part.body, part.end
    elif said.kind.startswith("multipart/") and (boundary := said.parameters.get(b"boundary", b"").rstrip()):
        budget.search(part.end - part.body)
        yield from _split(raw, part, b"--" + boundary, budget)


def _split(raw: bytes, part: Part, delimiter: bytes, budget: _Budget) -> Iterator[tuple[int, int]]:
    """The spans between delimiter lines (RFC 2046 §5.1.1); one that is never closed reaches to the end.

    Stops after one part more than are allowed.
    """
    line = b"\r\n" + delimiter
    begun = -1
    # The first delimiter may stand where the body begins, so the search starts at the CRLF before it.
    position = max(part.body - 2, 0)
    count = 0
    while count <= budget.caps.parts and (found := raw.find(line, position, part.end)) >= 0:
        after = found + len(line)
        newline = raw.find(b"\r\n", after, part.end)
        stop = part.end if newline < 0 else newline
        rest = raw[after : min(stop, after + _PADDING)].rstrip(b" \t")
        if rest not in {b"", b"--"} or stop - after > _PADDING:
            budget.no_boundary()
            position = after
            continue
        if begun >= 0:
            count += 1
            yield min(begun, found), found
        if rest or newline < 0:
            return
        begun = newline + 2
        position = newline
    if begun >= 0:
        yield min(begun, part.end), part.end
