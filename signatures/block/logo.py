"""The logo as an inline part beside the HTML that shows it (RFC 2387, RFC 2392)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from signatures.block.enclose import Marks, around_inner, around_message, image_part, last_in
from signatures.block.render import Logo
from signatures.message.scanner import Part
from signatures.message.splices import Splice

_RELATED = b'multipart/related; type="text/html"'


def with_logo(
    raw: bytes,
    parts: tuple[Part, ...],
    number: int,
    related: int | None,
    logo: Logo,
    content_id: str,
    marks: Marks,
    changes: Sequence[Splice],
) -> tuple[Splice, ...]:
    """The `changes` to the HTML part, and the logo added: to the multipart/related that the part is shown
    for, where there is one, else to a new one around the part alone. Raises NotEnclosable.
    """
    picture = image_part(logo.content, logo.subtype, content_id)
    part = parts[number]
    if related is not None:
        inside = _directly_inside(parts, related)
        name = f"<{content_id}>".encode("ascii")
        if any(each.first(raw, "content-id") == name for each in inside):
            return tuple(changes)
        return (*changes, last_in(parts[related], inside[-1], picture + _line_end(raw, inside[-1])))
    boundary = marks.boundary(raw, b"related" + number.to_bytes(4, "big"))
    if number == 0:
        return around_message(raw, part, boundary, _RELATED, after=picture, changes=changes)
    opening, closing = around_inner(part, boundary, _RELATED, picture)
    closing = replace(closing, replacement=closing.replacement + _line_end(raw, part))
    return opening, *changes, closing


def _line_end(raw: bytes, part: Part) -> bytes:
    """What ends the last line of the message behind a part: a multipart without an end has no line after it."""
    return b"\r\n" if part.end == len(raw) else b""


def _directly_inside(parts: tuple[Part, ...], number: int) -> list[Part]:
    """The parts directly inside of one."""
    outer = parts[number]
    return [
        part
        for part in parts[number + 1 :]
        if part.depth == outer.depth + 1 and outer.body <= part.start and part.end <= outer.end
    ]
