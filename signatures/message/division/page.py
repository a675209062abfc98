"""HTML as the lines of words that it shows, each with the place in the source where a block may stand above it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter

from signatures.message.division.lines import Line, joined, line_of
from signatures.message.division.markers import NOTHING, Element, Marker, marker
from signatures.message.division.places import Places
from signatures.message.html import Kind, Token, tokens, unescaped

_BLOCK = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "br", "caption", "center", "dd", "div", "dl", "dt",
        "fieldset", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li",
        "main", "nav", "ol", "option", "p", "pre", "section", "table", "td", "tfoot", "th", "thead", "tr", "ul",
    }
)  # fmt: skip
_APART = frozenset({"p", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "pre", "figure"})
"""Elements that are shown with room above and below."""

_NEWLINE = re.compile(r"\n|&#(?:0*+10(?!\d)|[xX]0*+[aA](?![0-9a-fA-F]));?+|&NewLine;")
"""The end of a line where text is shown as it is typed."""


@dataclass(frozen=True, slots=True)
class Page:
    """The lines that HTML shows, none of them empty, and the place at the very end of what it shows."""

    lines: tuple[Line, ...]
    end: int


def page_of(source: str, most_tags: int) -> Page:
    """HTML as lines. Raises Unscannable for more than `most_tags` tags."""
    reader = _Reader(source)
    reader.take(tokens(source, most_tags))
    return reader.page()


def shown(source: str, most_tags: int) -> str:
    """The words that HTML shows, line by line; what it marks as quoted has `> ` before each line.

    Raises Unscannable for more than `most_tags` tags.
    """
    return shown_lines(page_of(source, most_tags).lines)


def shown_lines(lines: tuple[Line, ...]) -> str:
    """Lines of HTML as a text."""
    return joined(lines, attrgetter("mark"))


class _Reader:
    """The words so far, and what they stand in."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._lines: list[Line] = []
        self._words: list[str] = []
        self._next: tuple[object, ...] = ()  # The fields of the present line after its text.
        self._places = Places()
        self._as_typed = 0  # Open <pre> elements.
        self._quotation: Element | None = None
        self._inner: Element | None = None  # The quotation in an element that may hold answers too.
        self._answers = False
        self._indented: Element | None = None
        self._signature: Element | None = None
        self._prefix: Element | None = None
        self._watched: set[str] = set()  # The names of these.
        self._run = 0
        self._breaks = self._empty = (
            0  # Line breaks since the last words; and those that look like empty lines.
        )
        self._parted = False  # Whether any of them is by an element.
        self._apart = False
        self._opens = ""
        self._cells = 0
        self._in_row = False

    def take(self, all_tokens: Iterable[Token]) -> None:
        """The tokens of the source, in their order."""
        text, start, end, unended = Kind.TEXT, Kind.START, Kind.END, Kind.UNENDED
        source, places, said = self._source, self._places, self._words
        for token in all_tokens:
            kind = token.kind
            if kind is text:
                if self._as_typed:
                    self._typed_text(token)
                    continue
                words = source[token.start : token.end]
                words = unescaped(words) if "&" in words else words
                if words and not words.isspace():
                    self._words_to(words, token.end)
                    continue
                if said:
                    said.append(words)
                places.blanks(token)
            elif kind is start:
                self._start(token)
                places.start(token)
            elif kind is end:
                self._end(token)
                places.close(token)
            elif kind is unended:
                self._typed_text(token)
                places.unended(token)

    def page(self) -> Page:
        """What has been read."""
        self._flush()
        return Page(tuple(self._lines), self._places.end(len(self._source)))

    def _typed_text(self, token: Token) -> None:
        """Text that is shown as it is typed, or markup that never ends."""
        unended = token.kind is Kind.UNENDED
        words = self._source[token.start : token.end]
        if not self._as_typed:
            self._say(unescaped(words), token.end, unended)
            return
        position = token.start
        for newline in chain(_NEWLINE.finditer(words), (None,)):
            end = token.start + newline.start() if newline else token.end
            if position < end:
                self._say(_typed(self._source[position:end]), end, unended)
            if newline:
                self._break("br")
                position = token.start + newline.end()
                self._places.pass_to(position)
        if not unended:
            self._places.blanks(token)

    def _say(self, words: str, end: int, unended: bool) -> None:
        """Words on the present line, which reach to `end` in the source."""
        if words and not words.isspace():
            self._words_to(words, end, unended=unended)
        elif self._words:
            self._words.append(words)

    def _words_to(self, words: str, end: int, *, unended: bool = False) -> None:
        """The same, and they are not blank."""
        if not self._words:
            self._begin()
        self._words.append(words)
        self._places.words(end, unended=unended)

    def _begin(self) -> None:
        """The first words of a line."""
        quotation = self._inner or (None if self._answers else self._quotation)
        places = self._places
        first = not self._lines and places.top >= 0
        self._next = (
            places.here,
            places.top if first else places.place,
            quotation.said.quotation if quotation else "",
            bool(quotation and quotation.said.visible),
            self._indented is not None,
            self._opens,
            self._prefix is not None,
            self._signature is not None,
            self._in_row,
            self._run,
            min(self._breaks, 2),
            self._apart or self._empty > 0,
            places.rule_here,
            places.top if first and places.rule_here >= 0 else places.rule_place,
        )

    def _flush(self) -> None:
        """The end of a line."""
        if not self._words:
            return
        text = "".join(self._words)
        text = text.replace("\xa0", " ").strip() if self._as_typed else " ".join(text.split())
        self._lines.append(line_of((text, *self._next)))
        self._words.clear()
        self._breaks = self._empty = 0
        self._parted = self._apart = self._in_row = False
        self._opens = ""

    def _break(self, name: str) -> None:
        self._flush()
        if name == "br":
            self._empty += self._parted or self._breaks > 0
        else:
            self._parted = True
            self._apart = self._apart or name in _APART
        self._breaks += 1

    def _start(self, token: Token) -> None:
        name = token.name
        if name in _BLOCK:
            self._break(name)
            self._cell(name)
        if name == "pre":
            self._as_typed += 1
        if self._quotation:
            if name == "blockquote" or name in self._watched:
                self._start_in_quotation(token)
            return
        said = marker(name, token.rest)
        if said.quotation:
            self._flush()
            self._places.rule()
            self._quotation, self._run = self._opened(name, said), self._run + 1
            self._answers = False
        elif said.boundary:
            self._flush()
            self._opens = said.boundary
            self._places.rule()
        if said is not NOTHING or name == "blockquote" or name in self._watched:
            self._open_others(name, said)

    def _start_in_quotation(self, token: Token) -> None:
        """A start tag in a quotation: those inside of it do not count, but for one that may be answered."""
        quotation, name = self._quotation, token.name
        if quotation is None:
            return
        quotation.opens(name)
        if self._inner:
            self._inner.opens(name)
        elif quotation.said.answered and quotation.depth == 1 and name == "blockquote":
            self._flush()
            said = marker(name, token.rest)
            self._inner = self._opened(name, said._replace(quotation=quotation.said.quotation, visible=True))
            self._run += 1
        self._open_others(name, NOTHING)

    def _open_others(self, name: str, said: Marker) -> None:
        if self._indented:
            self._indented.opens(name)
        elif name == "blockquote":
            self._flush()
            self._indented = self._opened(name, said)
        if self._signature:
            self._signature.opens(name)
        elif said.signature:
            self._flush()
            self._signature = self._opened(name, said)
        if self._prefix:
            self._prefix.opens(name)
        elif said.prefix:
            self._flush()
            self._places.rule()
            self._prefix = self._opened(name, said)

    def _end(self, token: Token) -> None:
        name = token.name
        if name == "pre":
            self._as_typed = max(0, self._as_typed - 1)
        if name in _BLOCK:
            self._break(name)
        if name == "table":
            self._cells = 0
        if name in self._watched:
            self._close(name)

    def _close(self, name: str) -> None:
        """The end tag of an element in which something stands, or of one of its name inside."""
        if self._inner and self._inner.closes(name):
            self._flush()
            self._inner, self._answers, self._run = None, True, self._run + 1
        if self._quotation and self._quotation.closes(name):
            self._flush()
            self._quotation = self._inner = None
            self._answers = False
            self._run += 1
        if self._indented and self._indented.closes(name):
            self._indented = None
        if self._signature and self._signature.closes(name):
            self._flush()
            self._signature = None
        if self._prefix and self._prefix.closes(name):
            self._prefix = None

    def _opened(self, name: str, said: Marker) -> Element:
        """An element that matters. Tags of other names open and end nothing that does."""
        self._watched.add(name)
        return Element(name, said)

    def _cell(self, name: str) -> None:
        """Whether the next line stands in the same row of a table as the last one."""
        if name == "tr":
            self._cells = 0
            self._in_row = False
        elif name in {"td", "th"}:
            self._in_row = self._cells > 0 and bool(self._lines)
            self._cells += 1


def _typed(words: str) -> str:
    """Words that are shown as they are typed, on one line."""
    return unescaped(words).replace("\xa0", " ").replace("\n", " ")
