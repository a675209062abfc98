"""Where in a text a block goes, and what is written there so that it stands apart from what is around it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from signatures.block.render import Piece
from signatures.message.division import Division, Style
from signatures.message.editing import Edit

DELIMITER = "-- "
"""Above a signature (RFC 3676 §4.3). Clients cut off what is below it when they quote, a trail included."""

_APART = "clear:both;margin:12px 0;text-indent:0"
_SHOWN = (
    "display:inline-block;color:#1f1f1f;background-color:#ffffff;font-family:Arial,Helvetica,sans-serif;"
    "font-size:13px;font-weight:normal;font-style:normal;line-height:1.4;text-align:left;"
    "white-space:normal;visibility:visible"
)
"""Whatever is left open above (white letters, hidden ones, a struck-out line): what we write is read all the same."""


class Place(StrEnum):
    """Where a block stands."""

    AFTER_OWN_TEXT = "after_own_text"
    """Below the author's words, above the trail."""

    END_OF_TEXT = "end_of_text"
    """At the end of everything."""

    NEW_PART = "new_part"
    """In a text part of its own."""


@dataclass(frozen=True, slots=True)
class Writing:
    """What goes into one text: `own` below the author's words, `last` at the very end. Names with pieces."""

    own: tuple[tuple[str, Piece], ...] = ()
    last: tuple[tuple[str, Piece], ...] = ()

    def arranged(self, division: Division) -> Writing:
        """The same, all of it at the end where nothing follows the author's words."""
        if self.own and division.style not in {Style.TOP, Style.FORWARD}:
            return Writing((), (*self.own, *self.last))
        return self


def plain_edits(
    text: str,
    writing: Writing,
    own_at: int,
    last_at: int,
    gone: Sequence[tuple[int, int]],
    delimited: bool,
    carried: Callable[[str], str] = str,
) -> tuple[Edit, ...]:
    """The edits that write into plain text, and take out the spans in `gone`.

    There is one blank line above a block, or as many as are there, and one below it where something follows.
    `delimited`: what stands last gets a delimiter above it. `carried` makes our lines those of the part's format.
    """
    edits = [Edit(start, end, "") for start, end in gone]
    for pieces, at, last in ((writing.own, own_at, False), (writing.last, last_at, True)):
        if not pieces:
            continue
        place = _line_begin(text, _outside(at, gone))
        above, below = _kept(text, 0, place, gone), _kept(text, place, len(text), gone)
        block = carried("\n\n".join(piece.text for _, piece in pieces))
        if last and delimited and above.strip():
            block = f"{DELIMITER}\n{block}"
        edits.append(Edit(place, place, _gap(above) + block + "\n" + _gap_below(below)))
    return _needed(text, edits)


def html_edits(
    source: str, writing: Writing, own_at: int, last_at: int, gone: Sequence[tuple[int, int]]
) -> tuple[Edit, ...]:
    """The edits that write into HTML, and take out the spans in `gone`."""
    edits = [Edit(start, end, "") for start, end in gone]
    for pieces, at in ((writing.own, own_at), (writing.last, last_at)):
        if pieces:
            place = _in_place(source, _outside(at, gone), gone)
            edits.append(Edit(place, place, "".join(_element(name, piece) for name, piece in pieces)))
    return _needed(source, edits)


def block_text(pieces: Iterable[tuple[str, Piece]]) -> str:
    """Pieces as the whole of a plain text, as `plain_edits` would write them into an empty one."""
    return "\n\n".join(piece.text for _, piece in pieces) + "\n"


def _element(name: str, piece: Piece) -> str:
    # Line ends inside of the tags: between them they would add up when it is written again.
    return (
        f'<div\nclass="vestry-{name}" style="{_APART}"><span style="{_SHOWN}">\n{piece.html}\n</span></div\n>'
    )


def _gap(above: str) -> str:
    """What makes a blank line at the end of `above`."""
    if not above.strip():
        return ""
    lines = above.rsplit("\n", 2)
    if lines[-1].strip():
        return "\n\n"
    return "\n" if len(lines) < 3 or lines[1].strip() else ""


def _gap_below(below: str) -> str:
    if not below.strip():
        return ""
    return "\n" if below.partition("\n")[0].strip() else ""


def _outside(at: int, gone: Sequence[tuple[int, int]]) -> int:
    """The place, or the end of the span in which it would be."""
    return next((end for start, end in gone if start <= at < end), at)


def _in_place(source: str, at: int, gone: Sequence[tuple[int, int]]) -> int:
    """The place, or where what is taken out began, with nothing but blanks between that and the place."""
    for start, end in sorted(gone, reverse=True):
        if end > at:
            continue
        if source[end:at].strip():
            break
        at = start
    return at


def _line_begin(text: str, at: int) -> int:
    """The place, or the next line's begin where it is at the end of a line that has words."""
    if at in {0, len(text)} or text[at - 1] == "\n":
        return at
    newline = text.find("\n", at)
    end = len(text) if newline < 0 else newline + 1
    return end if not text[at:end].strip() else at


def _kept(text: str, start: int, end: int, gone: Sequence[tuple[int, int]]) -> str:
    """What stays of a text between two offsets."""
    pieces: list[str] = []
    for first, last in sorted(gone):
        if last <= start or first >= end:
            continue
        pieces.append(text[start:first])
        start = max(start, last)
    pieces.append(text[start:end])
    return "".join(pieces)


def _needed(text: str, edits: list[Edit]) -> tuple[Edit, ...]:
    """The edits in their order; none where they come to what is there already."""
    ordered = sorted(edits, key=lambda edit: (edit.start, edit.end))
    if any(edit.text.strip("\r\n") for edit in ordered) and all(edit.start == edit.end for edit in ordered):
        return tuple(ordered)
    pieces: list[str] = []
    position = 0
    for edit in ordered:
        pieces += (text[position : edit.start], edit.text)
        position = edit.end
    pieces.append(text[position:])
    same = "".join(pieces).replace("\r\n", "\n") == text.replace("\r\n", "\n")
    return () if same else tuple(ordered)
