"""The text of a message's parts: transfer encodings undone, HTML as the words that it shows."""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass

from signatures.message import charsets
from signatures.message.division.handed import hand_over
from signatures.message.division.lines import Line
from signatures.message.division.own import read_html, read_plain
from signatures.message.division.zones import Division
from signatures.message.media import first_token
from signatures.message.scanner import CAPS, IDENTITY, Caps, Part

_NOT_BASE64 = bytes(
    set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")
)
_MOST_RUNS = 1000


@dataclass(frozen=True, slots=True)
class Text:
    """What a text part says, lines ended by LF alone, and its author's own words. `defects` in words.

    `division` is of the text as decoded, which is `source`: of HTML its source, and with the line ends that
    stand in it. `lines` are where it says so.
    """

    text: str
    own: str
    division: Division
    defects: tuple[str, ...] = ()
    source: str = ""
    lines: tuple[Line, ...] = ()


def is_attachment(raw: bytes, part: Part) -> bool:
    """Whether a part is marked as an attachment (RFC 2183)."""
    return first_token(part.first(raw, "content-disposition")) == "attachment"


def text_of(raw: bytes, part: Part, caps: Caps = CAPS) -> Text:
    """The text of a text part; of HTML the words that it shows, quoted ones with `> `. Raises Unscannable."""
    content, defects = decoded(raw, part)
    source, wrong = charsets.decode(content, part.media.text(b"charset") or "utf-8")
    most_tags = caps.tags if part.kind == "text/html" else None
    read = read_plain(source) if most_tags is None else read_html(source, most_tags)
    hand_over(source, most_tags, read.division)
    defects = (*defects, f"a part's text: {wrong}") if wrong else defects
    return Text(read.shown, read.own, read.division, defects, source, read.lines)


def decoded(raw: bytes, part: Part) -> tuple[bytes, tuple[str, ...]]:
    """A part's content with its transfer encoding undone as leniently as mail clients do, and the defects."""
    content = raw[part.body : part.end]
    if part.encoding == "quoted-printable":
        return binascii.a2b_qp(content), ()
    if part.encoding == "base64":
        return _from_base64(content)
    if part.encoding in IDENTITY:
        return content, ()
    return content, ("a part has an unknown transfer encoding",)


def _from_base64(content: bytes) -> tuple[bytes, tuple[str, ...]]:
    """Base64 with whatever else stands in it left out. Padding ends a run; some clients read on after it."""
    letters = content.translate(None, _NOT_BASE64)
    runs = [run for run in re.split(rb"=+", letters, maxsplit=_MOST_RUNS) if run]
    defects = ("a part says base64 and is not quite",) if len(runs) > 1 or _broken(runs) else ()
    return b"".join(_run(run) for run in runs), defects


def _broken(runs: list[bytes]) -> bool:
    return any(len(run) % 4 == 1 or b"=" in run for run in runs)


def _run(run: bytes) -> bytes:
    run = run.replace(b"=", b"")
    whole = run[: len(run) - 1] if len(run) % 4 == 1 else run
    return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))
