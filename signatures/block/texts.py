"""One text part: what stands in it, and what is written into it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from config.message_class import MessageClass
from signatures.block.classes import ARMOUR_ENDS, inline_pgp
from signatures.block.once import Found, Known, What, added_by_clients, agreed, may_hold, owned
from signatures.block.placement import Place, Writing, html_edits, plain_edits
from signatures.block.record import MOST_WORDS, Placed, Removed
from signatures.block.render import LOGO_CID, Piece
from signatures.block.rows import Page, html_page, plain_page, without
from signatures.message.division import Division, Style, Zone
from signatures.message.division.handed import division_of
from signatures.message.editing import Editable, NotEditable, editable, edited
from signatures.message.flowed import flowed_lines
from signatures.message.scanner import Caps, Part
from signatures.message.splices import Splice

_LARGE = 200_000
"""Characters above which a text is not divided again where that would come to the same."""

_MOST_ROUNDS = 4
"""Signatures of clients, one above the other, that are taken out."""


class Unwritable(Exception):
    """Nothing can be written into a message, for what is in a text of it; `reason` is a clause about it."""

    def __init__(self, kind: MessageClass, reason: str) -> None:
        super().__init__(reason)
        self.kind = kind
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Version:
    """A text part taken apart. `gone` is to be taken out, `suspected` is left; `kind` is set for inline PGP,
    and `after` is then where its armour ends: nothing is touched above. `came_before`: a block of ours stands
    in the author's part as we write it.
    """

    part: Editable
    page: Page
    division: Division
    gone: tuple[Found, ...]
    suspected: tuple[Found, ...]
    kind: MessageClass | None = None
    after: int = 0
    came_before: bool = False

    @property
    def is_html(self) -> bool:
        """Whether it is HTML; else it is plain text."""
        return self.part.part.kind == "text/html"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What writing into a text came to."""

    splices: tuple[Splice, ...]
    placed: tuple[Placed, ...]
    removed: tuple[Removed, ...]
    kind: MessageClass | None


def read_version(
    raw: bytes, number: int, part: Part, known: Known, caps: Caps, before: bool | None
) -> Version:
    """A text part, and what of ours and of its client's stands in it already.

    `before`: whether a waiver at the very end, in the trail by its place, was written with the block above the
    trail by ourselves, the message coming by once more; None where the text is to be asked. Else the end of
    a trail belongs to the trail. Raises NotEditable, Unscannable, and Unwritable for a text that is encrypted.
    """
    text = editable(raw, number, part)
    is_html = part.kind == "text/html"
    division = _divided(text.text, is_html, caps)
    partial = not may_hold(text.text, known)
    # No row below the author's part is asked for, unless words go.
    page = _page(text.text, is_html, caps, division.end_of_authors if partial else None)
    hits = () if partial else agreed(page, known)
    gone = [hit for hit in hits if owned(page, hit, division)]
    came_before = is_html and any(_ours(page, hit, "signature") for hit in gone)
    complete = any(hit.what is What.WAIVER for hit in gone)
    if (
        hits
        and not complete
        and not owned(page, hits[-1], division)
        and _is_last_waiver(page, hits[-1], is_html)
    ):
        if before is None:
            before = came_before if is_html else any(hit.what is What.SIGNATURE for hit in gone)
        if before:
            gone.append(hits[-1])
    if gone and not (len(text.text) > _LARGE and _all_above(page, gone, division)):
        # Our own words are neither the author's nor quoted: the text is divided as it is without them.
        blanked = _blanked(text.text, _spans(page, gone), is_html)
        division = _divided(blanked, is_html, caps)
    kind, after = _armoured(text.text, division, is_html)
    if kind is not None:
        page = _page(text.text, is_html, caps) if partial else page
        gone = [hit for hit in gone if page.rows[hit.first].start >= after]
        return Version(text, page, division, tuple(gone), (), kind, after)
    suspected: tuple[Found, ...] = ()
    for _ in range(_MOST_ROUNDS if known.signatures else 0):
        added = list(added_by_clients(page, division, gone, known.facts))
        suspected = tuple(each for each in added if each.what is What.SUSPECTED)
        going = [each for each in added if each.what is not What.SUSPECTED]
        if not going:
            break
        if partial:  # Its rows have the same numbers.
            page, partial = _page(text.text, is_html, caps), False
        gone += going
        gone.sort(key=lambda each: each.first)
        if len(text.text) > _LARGE:
            break
        # Below one signature another may have stood, which is the last one now.
        division = _divided(_blanked(text.text, _spans(page, gone), is_html), is_html, caps)
    return Version(text, page, division, tuple(gone), suspected, came_before=came_before)


def written_into(raw: bytes, version: Version, writing: Writing, picture: str | None) -> Outcome:
    """The splices that write into a text and take out what is to go. `picture` is the logo's Content-ID.

    Raises Unwritable where the part cannot carry it.
    """
    division = version.division
    spans = _spans(version.page, version.gone)
    if version.kind is not None:
        division = _below_the_armour(version)
    arranged = writing.arranged(division)
    if version.is_html:
        arranged = replace(
            arranged, own=_pictured(arranged.own, picture), last=_pictured(arranged.last, picture)
        )
        edits = html_edits(version.part.text, arranged, division.end_of_own, division.end_of_text, spans)
    else:
        edits = plain_edits(
            version.part.text,
            arranged,
            division.end_of_own,
            division.end_of_text,
            spans,
            division.style not in {Style.TOP, Style.FORWARD} and not _has_delimiter(version),
            _carried_by(version.part),
        )
    try:
        splices = edited(raw, version.part, edits) if edits else ()
    except NotEditable as error:
        raise Unwritable(MessageClass.UNKNOWN_CHARSET, str(error)) from None
    if version.kind is not None and _changes_charset(version.part, splices):
        raise Unwritable(version.kind, "its signed text would have to be put into another character set")
    return Outcome(splices, tuple(_placed(version, arranged)), tuple(_removed(version)), version.kind)


def _carried_by(part: Editable) -> Callable[[str], str]:
    """What makes lines of ours such that the part's readers show them as lines (RFC 3676)."""
    return lambda text: flowed_lines(text, part.delsp) if part.flowed else text


def _page(text: str, is_html: bool, caps: Caps, until: int | None = None) -> Page:
    return html_page(text, caps.tags, until) if is_html else plain_page(text, until)


def _divided(text: str, is_html: bool, caps: Caps) -> Division:
    return division_of(text, caps.tags if is_html else None)


def _all_above(page: Page, gone: Sequence[Found], division: Division) -> bool:
    """Whether all that goes stands above the trail, or there is none, so that the trail begins where it did."""
    above = all(page.rows[each.last].start < division.end_of_own for each in gone)
    return above and division.style in {Style.NEW, Style.TOP, Style.FORWARD}


def _is_last_waiver(page: Page, last: Found, is_html: bool) -> bool:
    """Whether a waiver stands at the very end; of HTML, in an element that we wrote."""
    at_end = last.what is What.WAIVER and last.last == len(page.rows) - 1
    return at_end and (not is_html or _ours(page, last, "waiver"))


def _ours(page: Page, found: Found, what: str) -> bool:
    """Whether what was found stands in an element that we wrote."""
    element = page.element_at(page.rows[found.first].start)
    return element is not None and element.what == what


def _spans(page: Page, gone: Sequence[Found]) -> tuple[tuple[int, int], ...]:
    """What is taken out of the source, in order and without overlaps."""
    spans: list[tuple[int, int]] = []
    for each in gone:
        start, end = page.rows[each.first].start, page.rows[each.last].end
        if page.tokens:
            spans += without(page, start, end)
        else:
            spans.append((start, _after_blank_lines(page, each.last, end)))
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _after_blank_lines(page: Page, row: int, end: int) -> int:
    """Where the next row begins, or the text ends."""
    return page.rows[row + 1].start if row + 1 < len(page.rows) else max(end, len(page.source))


def _blanked(text: str, spans: Sequence[tuple[int, int]], is_html: bool) -> str:
    """The text with blanks in place of spans, every other character where it was."""
    pieces: list[str] = []
    position = 0
    for start, end in spans:
        pieces.append(text[position:start])
        within = text[start:end]
        pieces.append(" " * len(within) if is_html else "".join(c if c in "\r\n" else " " for c in within))
        position = end
    pieces.append(text[position:])
    return "".join(pieces)


def _armoured(text: str, division: Division, is_html: bool) -> tuple[MessageClass | None, int]:
    """The class of inline PGP in the author's own part, and where its armour ends. Raises Unwritable."""
    for span in division.spans:
        if span.zone not in {Zone.OWN, Zone.SIGNATURE}:
            continue
        kind = inline_pgp(text, span.start, span.end)
        if kind is MessageClass.PGP_ENCRYPTED:
            raise Unwritable(kind, "its text is encrypted with PGP")
        if kind is not None:
            ends = [found.end() for found in ARMOUR_ENDS.finditer(text, span.start)]
            if not ends:
                raise Unwritable(kind, "its PGP signature has no end")
            newline = text.find("\n", ends[-1])
            return kind, len(text) if newline < 0 or is_html else newline + 1
    return None, 0


def _below_the_armour(version: Version) -> Division:
    """The division with everything below what is signed: above nothing may change."""
    division = version.division
    going = {number for each in version.gone for number in range(each.first, each.last + 1)}
    rows = enumerate(version.page.rows)
    follows = not version.is_html and any(
        row.start >= version.after and number not in going for number, row in rows
    )
    return replace(
        division,
        style=Style.TOP if follows else Style.NEW,
        end_of_own=version.after if follows else max(version.after, division.end_of_text),
        end_of_text=max(version.after, division.end_of_text),
        rule="pgp_armour",
    )


def _changes_charset(part: Editable, splices: Sequence[Splice]) -> bool:
    """Whether what is signed would be other octets than were signed."""
    said = any(b"charset" in each.replacement.lower() for each in splices if each.offset < part.part.body)
    return said and not part.text.isascii()


def _pictured(pieces: tuple[tuple[str, Piece], ...], picture: str | None) -> tuple[tuple[str, Piece], ...]:
    if picture is None:
        return pieces
    return tuple((name, replace(piece, html=piece.html.replace(LOGO_CID, picture))) for name, piece in pieces)


def _has_delimiter(version: Version) -> bool:
    """Whether something that stays stands below a delimiter already."""
    return any(each.words.startswith("--\n") for each in version.suspected)


def _placed(version: Version, writing: Writing) -> list[Placed]:
    division = version.division
    places = ((writing.own, Place.AFTER_OWN_TEXT), (writing.last, Place.END_OF_TEXT))
    return [
        Placed(
            part=version.part.number,
            kind=version.part.part.kind,
            what=tuple(name for name, _ in pieces),
            place=place,
            rule=division.rule,
            confidence=division.confidence.value,
        )
        for pieces, place in places
        if pieces
    ]


def _removed(version: Version) -> list[Removed]:
    return [
        Removed(part=version.part.number, what=each.what.value, words=each.words[:MOST_WORDS])
        for each in (*version.gone, *version.suspected)
    ]
