"""A text part as text that can be changed: what it says, and the splices that make it say something else.

Charset and transfer encoding stay as they are where they can hold the new text, and the octets around it with
them. Where they cannot, the part is written anew and its header says so. What cannot be decoded without a
doubt is not changed at all, and it is said why: mail is never damaged on a guess.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from signatures.message.charsets import Exact, Undecodable, exactly
from signatures.message.encodings import (
    Change,
    Doubtful,
    quoted,
    spliced,
    undone,
)
from signatures.message.heading import headed
from signatures.message.html_charset import HEAD, charsets_inside
from signatures.message.long_lines import LONGEST, over
from signatures.message.scanner import IDENTITY, Part
from signatures.message.splices import Splice, apply
from signatures.message.transfer import MOST_ENCODED

_KINDS = frozenset({"text/plain", "text/html"})
_REWRITTEN = ("content-type", "content-transfer-encoding")
_ROOM = 32
"""Octets by which a line of these fields may grow."""


class NotEditable(Exception):
    """A part cannot carry other text; the text says why, as a clause: "its base64 encoding is broken"."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace text[start:end]. Lines of `text` end with LF and are given the part's own line ends."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Editable:
    """A text part of a message, `number` in the order of the scan. `text` is as decoded, its CRLFs kept.

    `flowed` and `delsp` are as in RFC 3676. `content` and `exact` are what the text was decoded from, and how.
    """

    number: int
    part: Part
    text: str
    flowed: bool
    delsp: bool
    content: bytes = field(repr=False)
    exact: Exact = field(repr=False)

    @property
    def newline(self) -> str:
        """What ends its lines: CRLF, or LF where nothing else does."""
        return "\n" if "\n" in self.text and "\r\n" not in self.text else "\r\n"


def editable(raw: bytes, number: int, part: Part) -> Editable:
    """A part of the message as text. Raises NotEditable."""
    if part.kind not in _KINDS or part.inner:
        raise NotEditable("it is not text")
    if part.enclosed:
        raise NotEditable("it is in a message that is enclosed")
    if part.sealed:
        raise NotEditable("it is signed or encrypted")
    _check_header(raw, part)
    try:
        content = undone(raw[part.body : part.end], part.encoding)
        exact = exactly(content, _charset(part, content))
    except (Doubtful, Undecodable) as error:
        raise NotEditable(str(error)) from None
    flowed = part.kind == "text/plain" and part.media.text(b"format").lower() == "flowed"
    return Editable(
        number=number,
        part=part,
        text=exact.text,
        flowed=flowed,
        delsp=flowed and part.media.text(b"delsp").lower() == "yes",
        content=content,
        exact=exact,
    )


def _check_header(raw: bytes, part: Part) -> None:
    """Raises NotEditable for a header that cannot be made to say another charset or transfer encoding."""
    for name in _REWRITTEN:
        fields = [each for each in part.fields if each.name == name]
        said = [each.text(raw) for each in fields]
        if len(set(said)) > 1:
            raise NotEditable(f"its {name} is said in two ways")
        lines = [line for each in fields for line in raw[each.start : each.end].split(b"\r\n")]
        if max(map(len, lines), default=0) > LONGEST - _ROOM:
            raise NotEditable(f"a line of its {name} field is too long")
    header = raw[part.start : part.body]
    begins = part.start == 0 or raw[part.start - 2 : part.start] == b"\r\n"
    if not begins or (header and not header.endswith(b"\r\n")):
        raise NotEditable("its header has no end")
    if header.startswith((b" ", b"\t")):
        raise NotEditable("its header begins with a line that is none")


def edited(raw: bytes, part: Editable, edits: Sequence[Edit]) -> tuple[Splice, ...]:
    """The splices that make the edits in the part, header included. Every line is 998 octets or less then.

    Raises NotEditable where the part is too large to be written anew, ValueError for edits that overlap, lie
    outside the text or cut a line end in two.
    """
    wanted = _in_order(part, edits)
    if not wanted:
        return ()
    exact, said = part.exact, part.part.media.text(b"charset")
    holds = all(exact.holds(edit.text) for edit in wanted)
    codec, label = (exact.codec, exact.label) if holds and _can_stay(part) else ("utf_8", "utf-8")
    ascii_alone = exact.text.isascii() and all(edit.text.isascii() for edit in wanted)
    charset = "" if label == said or (not said and ascii_alone) else label
    if charset and part.part.kind == "text/html":
        wanted = _corrected(part, wanted, charset)
    text = _text(part, wanted)
    result = (exact.mark if codec == exact.codec else b"") + text.encode(codec)
    changes = _changes(part, wanted, codec, result)
    # Of what was not written in ASCII's own octets, any line may be a boundary now that it is.
    encode = (codec != exact.codec and not exact.plain) or _divides(raw, part.part, wanted, text)
    encoding, splices = _written(raw, part, changes, result, encode)
    header = headed(raw, part.part, encoding=encoding, charset=charset)
    return (*header, *_placed(raw, part.part, splices))


def _in_order(part: Editable, edits: Sequence[Edit]) -> list[Edit]:
    """The edits by their place, with the part's line ends, the last line ended."""
    text, newline = part.text, part.newline
    wanted: list[Edit] = []
    position = 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        if not position <= edit.start <= edit.end <= len(text):
            raise ValueError(f"the edit of {edit.start} to {edit.end} does not fit")
        if any(text[at - 1 : at + 1] == "\r\n" for at in (edit.start, edit.end) if at):
            raise ValueError(f"the edit of {edit.start} to {edit.end} cuts a line end in two")
        position = edit.end
        new = edit.text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", newline)
        if new != text[edit.start : edit.end]:
            wanted.append(Edit(edit.start, edit.end, new))
    if wanted and wanted[-1].end == len(text) and wanted[-1].text and not wanted[-1].text.endswith("\n"):
        wanted[-1] = Edit(wanted[-1].start, wanted[-1].end, wanted[-1].text + newline)
    return wanted


def _charset(part: Part, content: bytes) -> str:
    """The charset that the part says; of HTML the one inside where the header says none."""
    said = part.media.text(b"charset")
    if said or part.kind != "text/html" or content.isascii():
        return said
    inside = charsets_inside(content[:HEAD].decode("latin-1"))
    return inside[0][2] if inside else ""


def _corrected(part: Editable, wanted: list[Edit], charset: str) -> list[Edit]:
    """The edits, and those that make HTML name its new charset where it names another."""
    more = [
        Edit(start, end, charset)
        for start, end, said in charsets_inside(part.text)
        if said.lower() != charset and not any(edit.start < end and start < edit.end for edit in wanted)
    ]
    return sorted((*wanted, *more), key=lambda edit: (edit.start, edit.end))


def _can_stay(part: Editable) -> bool:
    """Whether more text can be written in the charset that the part is in, by its transfer encoding."""
    exact = part.exact
    if exact.codec == "utf_7" or exact.mark + exact.text.encode(exact.codec) != part.content:
        return False
    return exact.plain or part.part.encoding not in IDENTITY or exact.codec.startswith(("iso2022", "hz"))


def _text(part: Editable, wanted: Sequence[Edit]) -> str:
    """The whole text as it is to be."""
    pieces: list[str] = []
    position = 0
    for edit in wanted:
        pieces += (part.text[position : edit.start], edit.text)
        position = edit.end
    pieces.append(part.text[position:])
    return "".join(pieces)


def _changes(part: Editable, wanted: Sequence[Edit], codec: str, result: bytes) -> list[Change]:
    """What changes in the octets: each edit by itself, or all from the first octet that differs to the last."""
    content = part.content
    if part.exact.plain and (codec == part.exact.codec or content.isascii()):
        changes = []
        position, octets = 0, len(part.exact.mark)
        for edit in wanted:
            start = octets + len(part.text[position : edit.start].encode(codec))
            octets = start + len(part.text[edit.start : edit.end].encode(codec))
            position = edit.end
            changes.append(Change(start, octets, edit.text.encode(codec)))
        return changes
    before = _alike(content, result, min(len(content), len(result)))
    after = _alike(content[before:][::-1], result[before:][::-1], min(len(content), len(result)) - before)
    return [Change(before, len(content) - after, result[before : len(result) - after])]


def _alike(one: bytes, other: bytes, most: int) -> int:
    """How many octets both begin with, at most so many."""
    low = 0
    while low < most:
        middle = (low + most + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            most = middle - 1
    return low


def _divides(raw: bytes, part: Part, wanted: Sequence[Edit], text: str) -> bool:
    """Whether a line that is new would be taken for a boundary of the message (RFC 2046 §5.1.1), which has
    stood before the part already.
    """
    stems: set[str] = set()
    grown = 0
    for edit in wanted:
        start = text.rfind("\n", 0, edit.start + grown) + 1
        grown += len(edit.text) - (edit.end - edit.start)
        end = text.find("\n", edit.end + grown)
        for line in text[start : len(text) if end < 0 else end].split("\n"):
            stem = line.rstrip(" \t\r")
            stems |= {stem, stem.removesuffix("--")} if stem.startswith("--") else set()
    boundaries = (
        re.compile(rb"\r\n" + re.escape(stem).encode() + rb"(?:--)?[ \t]*+\r\n")
        for stem in stems.difference({"", "--"})
    )
    return any(boundary.search(raw, 0, part.start) for boundary in boundaries)


def _written(
    raw: bytes, part: Editable, changes: list[Change], result: bytes, encode: bool
) -> tuple[str, list[Splice]]:
    """The transfer encoding that the header is to say, if another, and the splices on the content. `encode`:
    the content cannot stand as it is.
    """
    start, end, encoding = part.part.body, part.part.end, part.part.encoding
    whole = [Change(0, len(part.content), result)]
    if encoding in IDENTITY:
        if encode or _has_long_line(result) or (part.content.isascii() and not result.isascii()):
            _fit(result)
            return "quoted-printable", [Splice(start, end - start, quoted(result))]
        said = "8bit" if encoding in {"", "7bit"} and not result.isascii() else ""
        return said, spliced(raw, start, end, encoding, changes)
    if encoding == "base64":
        _fit(result[changes[0].start :])
        return "", spliced(raw, start, end, encoding, changes)
    _fit(max((change.octets for change in changes), key=len))
    splices = spliced(raw, start, end, encoding, changes)
    moved = [Splice(each.offset - start, each.length, each.replacement) for each in splices]
    if _has_long_line(apply(raw[start:end], moved)):
        _fit(result)
        splices = spliced(raw, start, end, encoding, whole)
    return "", splices


def _has_long_line(octets: bytes) -> bool:
    return any(True for _ in over(octets))


def _fit(octets: bytes) -> None:
    if len(octets) > MOST_ENCODED:
        raise NotEditable("it is too large to be written anew")


def _placed(raw: bytes, part: Part, splices: list[Splice]) -> list[Splice]:
    """The splices on the content, after the blank line that ends the header, which empty parts may lack."""
    head = raw[part.start : part.body]
    if head != b"\r\n" and not head.endswith(b"\r\n\r\n"):
        return [Splice(part.body, 0, b"\r\n"), *splices]
    last, free = splices[-1], max([part.body, *(each.offset + each.length for each in splices[:-1])])
    if last.offset == len(raw) > free and not raw.endswith(b"\r\n"):
        # Another splice ends the message's last line; whatever their order, this one comes before it.
        splices[-1] = Splice(last.offset - 1, 1, raw[-1:] + last.replacement)
    return splices
