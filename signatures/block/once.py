"""What already stands in a text of what we are about to write, and what clients have put there besides.

Only the author's own part of the text is looked at: what is in the trail belongs to the trail, our own earlier
blocks included. Nothing hidden counts for anything: what is there is known by the words that it shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from signatures.block.contact import Facts, is_tag_line
from signatures.block.rows import Page, Row, html_page, squashed
from signatures.block.template import Piece
from signatures.message.division import Division, Span, Zone

_DELIMITER = "--"
_MOST_TAGS_OF_OURS = 10_000
_OWN = frozenset({Zone.OWN, Zone.SIGNATURE})
_SHORTEST = 8
"""Letters below which words are nobody's signature."""


class What(StrEnum):
    """What was found in a text."""

    SIGNATURE = "signature"
    WAIVER = "waiver"
    TAG_LINE = "tag_line"
    CONTACT = "contact"
    SUSPECTED = "suspected"
    """Perhaps a signature, and not known: it stays."""


@dataclass(frozen=True, slots=True)
class Found:
    """Rows `first` to `last` of a page. `words` is what they say, each row on a line."""

    what: What
    first: int
    last: int
    words: str


@dataclass(frozen=True, slots=True)
class Known:
    """The agreed signatures of a sender, all waivers of the council, and what else is known of the sender."""

    signatures: tuple[Piece, ...]
    waivers: tuple[Piece, ...]
    facts: Facts


def may_hold(source: str, known: Known) -> bool:
    """Whether any agreed signature or waiver may stand in a text."""
    pieces = (*known.signatures, *known.waivers)
    rares = {rare for piece in pieces for _, rare in _sayings(piece)}
    return any(rare in source for rare in rares)


def agreed(page: Page, known: Known) -> tuple[Found, ...]:
    """Every agreed signature and waiver on a page, wherever, in their order."""
    source = page.source
    wanted: list[tuple[str, What]] = []
    for what, pieces in ((What.SIGNATURE, known.signatures), (What.WAIVER, known.waivers)):
        for piece in pieces:
            wanted += [(said, what) for said, rare in _sayings(piece) if rare in source]
    if not wanted:
        return ()
    # The longest first: one version may be the beginning of another.
    order = sorted(dict.fromkeys(wanted), key=lambda each: -len(each[0]))
    said = [row.squashed for row in page.rows]
    found: list[Found] = []
    row = 0
    while row < len(said):
        hit = next(
            ((what, last) for text, what in order if (last := _last(said, row, text)) is not None), None
        )
        if hit is None:
            row += 1
            continue
        delimited = row > 0 and said[row - 1] == _DELIMITER and not _ends(found, row - 1)
        # In an element that we wrote, nothing above is our delimiter: HTML gets none.
        # Of plain text it is the line directly above; across a blank line it is the author's.
        beside = bool(page.tokens) or page.rows[row - 1].end == page.rows[row].start
        first = row - 1 if delimited and beside and page.element_at(page.rows[row].start) is None else row
        found.append(_found(page, hit[0], first, hit[1]))
        row = hit[1] + 1
    return tuple(found)


def owned(page: Page, found: Found, division: Division) -> bool:
    """Whether what was found stands in the author's own part of the text."""
    return zone_at(division, page.rows[found.last].start) in _OWN


def zone_at(division: Division, offset: int) -> Zone:
    """The zone of the character at an offset."""
    low, high = 0, len(division.spans) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if division.spans[middle].start <= offset:
            low = middle
        else:
            high = middle - 1
    return division.spans[low].zone if division.spans else Zone.OWN


def added_by_clients(page: Page, division: Division, gone: Sequence[Found], facts: Facts) -> Iterator[Found]:
    """What mail programs or their owners have put at the ends of the own text, besides what is `gone` already.

    Tag-lines that stand last, delimited or not; below a delimiter, lines of contact alone. Any other block
    that looks like a signature is `suspected`.
    """
    taken = {number for each in gone for number in range(each.first, each.last + 1)}
    for run in _runs(page, division):
        rows = [number for number in run if number not in taken]
        while rows and is_tag_line(page.rows[rows[-1]].words):
            last = rows.pop()
            delimited = bool(rows) and page.rows[rows[-1]].squashed == _DELIMITER
            first = rows.pop() if delimited else last
            yield _found(page, What.TAG_LINE, first, last)
        signed = [number for number in rows if zone_at(division, page.rows[number].start) is Zone.SIGNATURE]
        yield from _signed(page, rows, signed, facts)


def _signed(page: Page, rows: list[int], signed: list[int], facts: Facts) -> Iterator[Found]:
    if not signed:
        return
    below = [row for number in signed[1:] if (row := page.rows[number]).squashed != _DELIMITER]
    delimited = page.rows[signed[0]].squashed == _DELIMITER
    if signed[-1] != rows[-1] or signed != list(range(signed[0], signed[-1] + 1)):
        if below or not delimited:
            yield _found(page, What.SUSPECTED, signed[0], signed[-1])
    elif delimited and _has_words(below) and all(facts.account_for(row.words) for row in below):
        yield _found(page, What.CONTACT, signed[0], signed[-1])
    elif delimited and not below:
        return
    else:
        yield _found(page, What.SUSPECTED, signed[0], signed[-1])


def _has_words(rows: Sequence[Row]) -> bool:
    """Whether there is more than dots and dashes, which tell of no one."""
    return any(letter.isalnum() for row in rows for letter in row.words)


def _runs(page: Page, division: Division) -> Iterator[list[int]]:
    """The rows of the author's own part, in runs without anything of another's between them."""
    run: list[int] = []
    spans = iter(division.spans)
    span: Span | None = next(spans, None)
    for number, row in enumerate(page.rows):
        while span is not None and span.end <= row.start:
            span = next(spans, None)
        if span is not None and span.zone in _OWN:
            run.append(number)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _found(page: Page, what: What, first: int, last: int) -> Found:
    return Found(what, first, last, "\n".join(row.words for row in page.rows[first : last + 1]))


def _ends(found: Sequence[Found], row: int) -> bool:
    return bool(found) and found[-1].last == row


def _last(said: Sequence[str], row: int, text: str) -> int | None:
    """The row with which `text` ends that begins with this row, if it does; rows are taken whole."""
    position = 0
    while row < len(said) and text.startswith(said[row], position):
        position += len(said[row])
        if position == len(text):
            return row
        row += 1
    return None


@lru_cache(maxsize=4096)
def _sayings(piece: Piece) -> tuple[tuple[str, str], ...]:
    """What a piece says in text and in HTML, without blanks, and a word without which neither is there."""
    found: dict[str, str] = {}
    shown = "\n".join(row.words for row in html_page(piece.html, _MOST_TAGS_OF_OURS).rows)
    for text in (piece.text, shown):
        if len(squashed(text)) >= _SHORTEST:
            found.setdefault(squashed(text), _rarest(text.split()))
    return tuple(found.items())


def _rarest(words: Iterable[str]) -> str:
    """The longest of the words that no client writes in another way."""
    plain = [word for word in words if word.isascii() and word.isalnum()]
    return max(plain, key=len, default="")
