"""A text as the rows that it shows, each with its place in the source, so that what is known can be found."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from signatures.message.html import Kind, Token, attributes, tokens, unescaped, unpaired

_LINK = re.compile(r"<(?:mailto:|https?://|tel:)[^<>\s]{1,2000}+>", re.IGNORECASE)
"""What Outlook puts behind the words of a link when it makes plain text of HTML."""

_MARKED_LINK = re.compile(r"\[([^\[\]]{1,200}+)\]\((?:https?://|mailto:)[^()\s]{1,2000}+\)")
"""What Proton makes of a link there."""

_LINE = re.compile(r"[^\n]*+\n?")
_UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_ENDS_ROW = re.compile(
    r"(?:address|article|aside|blockquote|body|br|center|dd|div|dl|dt|fieldset|figure|footer|form|h[1-6]|header|hr|"
    r"html|li|main|nav|ol|p|pre|section|table|tbody|td|tfoot|th|thead|tr|ul)\Z"
)
_DROPPED = re.compile(
    r"(?:a|address|b|big|center|div|em|font|footer|h[1-6]|i|p|pre|section|small|span|strong|table|tbody|td|tr|u)\Z"
)
"""Elements that go with the words in them when nothing else is left inside."""

_MOST_AROUND = 100
"""Elements one in the other that are looked at around what goes."""

OURS = {"vestry-signature": "signature", "vestry-waiver": "waiver"}
"""The classes of the elements that we write, and what stands in them."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it is shown: its words with single blanks, and the span of the source that they take.

    Of plain text that is the whole line, its end included; of HTML from the first word to the last.
    """

    words: str
    start: int
    end: int

    @property
    def squashed(self) -> str:
        """The words without any blanks, however a client has wrapped or joined them."""
        return self.words.replace(" ", "")


@dataclass(frozen=True, slots=True)
class Element:
    """An element that we wrote, from its start tag to its end tag: `signature` or `waiver`."""

    what: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Page:
    """All rows that have words. Of HTML besides: its tokens, and the elements that we wrote."""

    source: str
    rows: tuple[Row, ...]
    tokens: tuple[Token, ...] = ()
    ours: tuple[Element, ...] = ()

    def element_at(self, offset: int) -> Element | None:
        """The element of ours in which the character at an offset stands."""
        number = bisect_right(self.ours, offset, key=lambda each: each.start) - 1
        return self.ours[number] if number >= 0 and offset < self.ours[number].end else None

    def rows_within(self, start: int, end: int) -> tuple[int, int]:
        """The first row that begins between two offsets, and the first that begins after them."""
        first, last = (bisect_left(self.rows, at, key=lambda row: row.start) for at in (start, end))
        return first, last


def words(text: str) -> str:
    """A row's words: single blanks, non-breaking ones too; what cannot be seen and addresses of links out."""
    text = text if text.isascii() else text.translate(_UNSEEN)
    text = _LINK.sub(" ", text) if "<" in text else text
    text = _MARKED_LINK.sub(r"\1", text) if "](" in text else text
    return " ".join(text.split())


def squashed(text: str) -> str:
    """Words without any blanks."""
    return words(text).replace(" ", "")


def plain_page(text: str, until: int | None = None) -> Page:
    """The rows of plain text; with `until` no more of them than begin before it, and the next."""
    found = (Row(words(line[0]), line.start(), line.end()) for line in _LINE.finditer(text) if line[0])
    return Page(text, _first(until, (row for row in found if row.words)))


def html_page(source: str, most_tags: int, until: int | None = None) -> Page:
    """The rows of HTML; with `until` no more of them than begin before it, and the next, and no tokens.

    Raises Unscannable for more than `most_tags` tags, among those that are looked at.
    """
    if until is not None:
        return Page(source, _first(until, _rows(source, tokens(source, most_tags))))
    all_tokens = tuple(tokens(source, most_tags))
    return Page(source, tuple(_rows(source, all_tokens)), all_tokens, tuple(_ours(all_tokens)))


def _first(until: int | None, rows: Iterable[Row]) -> tuple[Row, ...]:
    if until is None:
        return tuple(rows)
    found: list[Row] = []
    for row in rows:
        found.append(row)
        if row.start >= until:
            break
    return tuple(found)


def _rows(source: str, all_tokens: Iterable[Token]) -> Iterator[Row]:
    said: list[str] = []
    start = end = as_typed = 0
    for token in all_tokens:
        if token.kind is Kind.TEXT:
            for first, last in _pieces(source, token, as_typed > 0):
                written = source[first:last]
                if not written.isspace():
                    start = start if said else first + len(written) - len(written.lstrip())
                    end = first + len(written.rstrip())
                if said or not written.isspace():
                    said.append(written)
                if as_typed and written.endswith("\n"):
                    yield from _row(said, start, end)
                    said = []
            continue
        if token.name == "pre":
            as_typed = max(0, as_typed + (1 if token.kind is Kind.START else -1))
        if token.kind is not Kind.ASIDE and _ENDS_ROW.match(token.name) and said:
            yield from _row(said, start, end)
            said = []
    yield from _row(said, start, end)


def _pieces(source: str, token: Token, as_typed: bool) -> Iterator[tuple[int, int]]:
    """Where the lines of a text stand that is shown as it is typed; of any other text, the whole."""
    if not as_typed:
        yield token.start, token.end
        return
    for line in _LINE.finditer(source, token.start, token.end):
        if line.end() > line.start():
            yield line.start(), line.end()


def _row(said: list[str], start: int, end: int) -> Iterator[Row]:
    if found := words(unescaped("".join(said))):
        yield Row(found, start, end)


def _ours(all_tokens: Iterable[Token]) -> Iterator[Element]:
    """Our own elements, which are never one inside the other; one that does not end is not taken for ours."""
    what, start, depth = "", 0, 0
    for token in all_tokens:
        if token.name != "div" or token.kind not in {Kind.START, Kind.END}:
            continue
        if what:
            depth += 1 if token.kind is Kind.START else -1
            if depth == 0:
                yield Element(what, start, token.end)
                what = ""
        elif token.kind is Kind.START and "vestry-" in token.rest:
            named = attributes(token.rest).get("class", "").split()
            what = next((OURS[each] for each in named if each in OURS), "")
            start, depth = token.start, 1


def without(page: Page, start: int, end: int) -> tuple[tuple[int, int], ...]:
    """The spans of the source to take out, so that the words from `start` to `end` are gone.

    Of HTML also the tags of every element that has nothing else in it; those of others stay.
    """
    if not page.tokens:
        return ((start, end),)
    whole = page.element_at(start)
    if (
        whole is not None
        and end <= whole.end
        and page.rows_within(whole.start, whole.end) == page.rows_within(start, end)
    ):
        return ((whole.start, whole.end),)
    kept = _unpaired(page, start, end)
    for _ in range(_MOST_AROUND):
        around = _other_half(page, start, end, kept) if kept else _around(page, start, end)
        if around is None:
            break
        start, end = around
        kept = _unpaired(page, start, end) if kept else kept
    spans: list[tuple[int, int]] = []
    for token in kept:
        spans.append((start, token.start))
        start = token.end
    spans.append((start, end))
    return tuple(span for span in spans if span[0] < span[1])


def _token_at(all_tokens: tuple[Token, ...], offset: int) -> int:
    """The number of the token that has the character at `offset`. Each begins where the one before ends."""
    low, high = 0, len(all_tokens) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if all_tokens[middle].start <= offset:
            low = middle
        else:
            high = middle - 1
    return low


def _unpaired(page: Page, start: int, end: int) -> list[Token]:
    """The tags in a span whose other halves are not in it, in their order."""
    first, last = _token_at(page.tokens, start), _token_at(page.tokens, end - 1)
    within = page.tokens[first : last + 1]
    starts, ends = unpaired(within)
    unended = (token for token in within if token.kind is Kind.UNENDED)
    return sorted((*starts, *ends, *unended), key=lambda token: token.start)


def _other_half(page: Page, start: int, end: int, kept: list[Token]) -> tuple[int, int] | None:
    """The span with the other half of an unpaired tag, where that stands directly before or after."""
    before, after = _tag_before(page, start), _tag_after(page, end)
    closed = next((token for token in kept if token.kind is Kind.END), None)
    if before and closed and before.kind is Kind.START and before.name == closed.name:
        return before.start, end
    opened = next((token for token in reversed(kept) if token.kind is Kind.START), None)
    if after and opened and after.kind is Kind.END and after.name == opened.name:
        return start, after.end
    return None


def _around(page: Page, start: int, end: int) -> tuple[int, int] | None:
    """The span of the element around a span, where it has nothing else in it and goes with its words."""
    opening = _tag_before(page, start)
    closing = _tag_after(page, end)
    if opening is None or closing is None or opening.kind is not Kind.START or closing.kind is not Kind.END:
        return None
    same = opening.name == closing.name and _DROPPED.match(opening.name) is not None
    return (opening.start, closing.end) if same else None


def _tag_before(page: Page, offset: int) -> Token | None:
    """The tag directly before an offset, blanks apart."""
    number = _token_at(page.tokens, offset - 1) if offset > 0 else -1
    while number >= 0 and page.tokens[number].kind is Kind.TEXT:
        if page.source[page.tokens[number].start : min(offset, page.tokens[number].end)].strip():
            return None
        number -= 1
    return page.tokens[number] if number >= 0 else None


def _tag_after(page: Page, offset: int) -> Token | None:
    """The tag directly after an offset, blanks apart."""
    number = _token_at(page.tokens, offset) if offset < len(page.source) else len(page.tokens)
    while number < len(page.tokens) and page.tokens[number].kind is Kind.TEXT:
        if page.source[max(offset, page.tokens[number].start) : page.tokens[number].end].strip():
            return None
        number += 1
    return page.tokens[number] if number < len(page.tokens) else None
