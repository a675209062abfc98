"""The trail taken out of a message on its sender's word: what others wrote goes, what the author wrote stays.

How it fails: not at all, or as a whole. Where own words stand between or below quoted ones, the quotations are part
of the answer; what is signed or encrypted may not be changed; where the versions of a text do not agree on what is
quoted, or it is only a guess, words of either side could be taken for the other's. Then nothing is taken out, and
`CannotStrip` says why. Attached messages are no part of a trail. Pictures go with it that nothing else shows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from signatures.message.body import is_attachment, text_of
from signatures.message.carried.attachments import name_of
from signatures.message.division import Confidence, Style, Zone
from signatures.message.division.own import Divided, read_html, read_plain
from signatures.message.editing import Edit, Editable, NotEditable, editable, edited
from signatures.message.html import Token, tokens, unescaped, unpaired
from signatures.message.scanner import CAPS, Caps, Part
from signatures.message.splices import Splice, in_order

_TRAILS = frozenset({Zone.TRAIL, Zone.FORWARDED})
_TEXTS = frozenset({"text/plain", "text/html"})
_WHOLE = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_ARMOUR = re.compile(r"^-----BEGIN PGP (?:SIGNED )?MESSAGE-----", re.MULTILINE)
_PICTURE = re.compile(r"""cid:([^\s"'<>()]{1,900}+)""", re.IGNORECASE)
_ENCODED = re.compile(r"%([0-9A-Fa-f]{2})")
_MOST_SPANS = 20
"""Runs of quoted lines with the author's signature between them: there is one as a rule, seldom two."""


class CannotStrip(Exception):
    """The trail cannot be taken out; the text says why, as a clause about the message: "it is signed"."""


@dataclass(frozen=True, slots=True)
class _Version:
    """One text part: whether it says anything, and of one with a trail what it is to be."""

    number: int
    says: bool
    part: Editable | None = None
    edits: tuple[Edit, ...] = ()
    gone: str = ""
    kept: str = ""

    @property
    def stripped(self) -> bool:
        """Whether anything is taken out of it."""
        return bool(self.edits)


def strip(raw: bytes, parts: tuple[Part, ...], caps: Caps = CAPS) -> tuple[Splice, ...]:
    """The splices that take the trail out of every text of the author's, `parts` as `scan_parts` gives them; none
    where there is no trail. Raises CannotStrip, Unscannable.
    """
    if any(part.sealed and not part.enclosed for part in parts):
        raise CannotStrip("it is signed or encrypted")
    versions = [_version(raw, number, part, caps) for number, part in enumerate(parts) if _is_text(raw, part)]
    if not any(version.stripped for version in versions):
        return ()
    _check_whole(raw, parts, versions)
    splices: list[Splice] = []
    for version in versions:
        if version.part is not None:
            try:
                splices += edited(raw, version.part, version.edits)
            except NotEditable as error:
                raise CannotStrip(f"a text of it cannot be written anew: {error}") from None
    splices += _pictures(raw, parts, versions)
    return tuple(in_order(splices, len(raw)))


def _version(raw: bytes, number: int, part: Part, caps: Caps) -> _Version:
    """A text part, and the edits that take its trail out. Raises CannotStrip, Unscannable."""
    try:
        text = editable(raw, number, part)
    except NotEditable as error:
        lenient = text_of(raw, part, caps)
        if any(span.zone in _TRAILS for span in lenient.division.spans):
            raise CannotStrip(f"a text of it cannot be changed: {error}") from None
        return _Version(number, bool(lenient.text.strip()))
    is_html = part.kind == "text/html"
    read = _read(text.text, is_html, caps)
    spans = _trails(read)
    if not spans:
        return _Version(number, bool(read.shown.strip()))
    if name_of(raw, part):
        raise CannotStrip("a text file in it holds earlier messages")
    if _ARMOUR.search(text.text):
        raise CannotStrip("its text is signed or encrypted (PGP)")
    edits = tuple(_edits(text.text, spans, is_html, caps))
    kept = _applied(text.text, edits)
    again = _read(kept, is_html, caps)
    if _trails(again):
        raise CannotStrip("it cannot be told where all of its earlier messages end")
    if not again.own.strip():
        raise CannotStrip("there would be nothing left of it")
    gone = "".join(text.text[start:end] for start, end in spans)
    return _Version(number, True, text, edits, gone, kept)


def _read(text: str, is_html: bool, caps: Caps) -> Divided:
    return read_html(text, caps.tags) if is_html else read_plain(text)


def _trails(read: Divided) -> list[tuple[int, int]]:
    """Where the trail stands, runs of it in one. Raises CannotStrip where that is not for sure, or it must stay."""
    division = read.division
    spans: list[tuple[int, int]] = []
    for span in division.spans:
        if span.zone not in _TRAILS:
            continue
        if spans and spans[-1][1] == span.start:
            spans[-1] = (spans[-1][0], span.end)
        else:
            spans.append((span.start, span.end))
    if not spans:
        return []
    if division.style is Style.INTERLEAVED:
        raise CannotStrip("its author answers between the quoted lines")
    if division.style is Style.BOTTOM:
        raise CannotStrip("its author writes below the quoted lines")
    if division.confidence is Confidence.GUESS or len(spans) > _MOST_SPANS:
        raise CannotStrip("it cannot be told for sure what in it is quoted")
    return spans


def _edits(text: str, spans: Sequence[tuple[int, int]], is_html: bool, caps: Caps) -> Iterator[Edit]:
    all_tokens = tuple(tokens(text, caps.tags)) if is_html else ()
    for span in spans:
        start, end = (_between_lines(text, at) for at in span)
        yield Edit(start, end, _left(text, all_tokens, start, end))


def _between_lines(text: str, at: int) -> int:
    """The offset, or the next one where it would cut a line end in two."""
    return at + 1 if at and text[at - 1 : at + 1] == "\r\n" else at


def _left(text: str, all_tokens: Sequence[Token], start: int, end: int) -> str:
    """The tags of a span that stay: they end elements that begin above it, or begin some that end below it."""
    within = [token for token in all_tokens if start <= token.start < end]
    opened = _counted(unpaired(token for token in all_tokens if token.start < start)[0])
    closed = _counted(unpaired(token for token in all_tokens if token.start >= end)[1])
    starts, ends = unpaired(within)
    stay: list[Token] = []
    for token in ends:
        if opened.get(token.name, 0):
            opened[token.name] -= 1
            stay.append(token)
    for token in reversed(starts):
        if closed.get(token.name, 0):
            closed[token.name] -= 1
            stay.append(token)
    return "".join(text[token.start : token.end] for token in sorted(stay, key=lambda token: token.start))


def _counted(all_tokens: Sequence[Token]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for token in all_tokens:
        counts[token.name] = counts.get(token.name, 0) + 1
    return counts


def _applied(text: str, edits: Sequence[Edit]) -> str:
    pieces: list[str] = []
    position = 0
    for edit in edits:
        pieces += (text[position : edit.start], edit.text)
        position = edit.end
    return "".join((*pieces, text[position:]))


def _check_whole(raw: bytes, parts: tuple[Part, ...], versions: Sequence[_Version]) -> None:
    """Raises CannotStrip where what is taken out of one text would still stand in another."""
    if any(_is_another_version(raw, part) for part in parts):
        raise CannotStrip("it has its text in another format besides")
    saying = [version for version in versions if version.says and not name_of(raw, parts[version.number])]
    if not all(version.stripped for version in saying):
        raise CannotStrip("not all versions or pieces of its text show the same earlier messages")
    numbers = [version.number for version in saying]
    around = [_around(parts, number) for number in numbers]
    for one, other in pairwise(around):
        common = [number for number, too in zip(one, other, strict=False) if number == too][-1]
        if parts[common].kind != "multipart/alternative":
            raise CannotStrip("its text is in several pieces")


def _is_another_version(raw: bytes, part: Part) -> bool:
    if part.enclosed:
        return False
    other = part.kind.startswith("text/") and part.kind not in _TEXTS
    return part.kind in _WHOLE or (other and not is_attachment(raw, part) and not name_of(raw, part))


def _around(parts: tuple[Part, ...], number: int) -> list[int]:
    """The numbers of the parts around a part, the outermost first, and its own."""
    found = [number]
    for above in range(number - 1, -1, -1):
        if parts[above].depth < parts[found[-1]].depth:
            found.append(above)
    return found[::-1]


def _pictures(raw: bytes, parts: tuple[Part, ...], versions: Sequence[_Version]) -> Iterator[Splice]:
    """What takes out the pictures that only the trail shows, each with the boundary above it (RFC 2387, RFC 2392)."""
    names = {name for version in versions for name in _shown(version.gone)}
    names.difference_update(name for version in versions for name in _shown(version.kept))
    if not names:
        return
    for number, part in enumerate(parts):
        if part.enclosed or part.inner or part.first(raw, "content-id") not in names:
            continue
        before = number - 1
        while before > 0 and parts[before].depth > part.depth:
            before -= 1
        if parts[before].depth != part.depth:
            raise CannotStrip("a picture of the earlier messages cannot be taken out")
        start = parts[before].end
        yield Splice(start, part.end - start, b"")


def _shown(source: str) -> Iterator[bytes]:
    """The Content-IDs of the parts that HTML shows."""
    for found in _PICTURE.finditer(source):
        name = _ENCODED.sub(lambda octet: chr(int(octet[1], 16)), unescaped(found[1]))
        yield f"<{name}>".encode("utf-8", "replace")


def _is_text(raw: bytes, part: Part) -> bool:
    """Whether mail programs show a part as text, as `signatures.message.anatomy` takes it."""
    if part.enclosed or is_attachment(raw, part):
        return False
    return part.kind in _TEXTS or (part.kind.startswith("multipart/") and not part.inner)
