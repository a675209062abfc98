"""The author's own words that HTML shows in red.

Not among them are links, the signature as the mail program marks it, and what is quoted or sent on: their colours
are somebody else's choice. Most HTML sets no red at all, which is seen without reading it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from signatures.message.body import Text
from signatures.message.colours import Styles, names_red, red_element, styles_of
from signatures.message.division import Division, Zone
from signatures.message.html import Kind, Token, attributes, tokens, unescaped

_MOST = 20
_LONGEST = 200
_MOST_OPEN = 200
"""Elements within each other. What is deeper is as red as what is around it."""

_VOID = frozenset(
    {
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr",
    }
)  # fmt: skip
_ENDED_BY_NEXT = frozenset({"p", "li", "td", "th", "tr", "dt", "dd", "option"})
_BLOCKS = frozenset(
    {
        "address", "blockquote", "body", "center", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr",
        "li", "ol", "p", "pre", "table", "td", "th", "tr", "ul",
    }
)  # fmt: skip


def red_words(texts: Iterable[Text], most_tags: int) -> tuple[str, ...]:
    """What the author shows in red in some HTML parts, each run of words once, the first of them.

    Raises Unscannable for more than `most_tags` tags in one.
    """
    found: dict[str, None] = {}
    for text in texts:
        if names_red(text.source):
            for words in red_runs(text.source, text.division, most_tags):
                found.setdefault(words)
                if len(found) == _MOST:
                    return tuple(found)
    return tuple(found)


def red_runs(source: str, division: Division, most_tags: int) -> Iterator[str]:
    """The runs of red words in HTML that is divided so, shortened where they are long.

    Raises Unscannable for more than `most_tags` tags.
    """
    told = list(tokens(source, most_tags))
    styles = styles_of(_sheets(source, told))
    owned = _Owned(division)
    opened = _Open(styles)
    run: list[str] = []
    for token in told:
        kind = token.kind
        if kind is Kind.TEXT:
            words = " ".join(unescaped(source[token.start : token.end]).split())
            if not words:
                continue
            if opened.red and not opened.links and owned.at(token.start):
                run.append(words)
                continue
        elif kind is Kind.START:
            opened.start(token)
            if token.name not in _BLOCKS:
                continue
        elif kind is Kind.END:
            opened.end(token.name)
            if token.name not in _BLOCKS:
                continue
        else:
            continue
        yield from _told(run)
        run.clear()
    yield from _told(run)


def _told(run: list[str]) -> Iterator[str]:
    """A run as it is told. A star or a rule says nothing."""
    words = " ".join(run)[:_LONGEST]
    if sum(map(str.isalnum, words)) > 1:
        yield words


def _sheets(source: str, told: Iterable[Token]) -> Iterator[str]:
    """What stands in the <style> elements."""
    for token in told:
        if token.kind is Kind.ASIDE and source[token.start : token.start + 6].lower() == "<style":
            yield source[source.find(">", token.start) + 1 : token.end]


class _Open:
    """The elements that are open: whether words are red in them, and in how many links they stand."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._open: list[tuple[str, bool]] = []
        self._count: dict[str, int] = {}
        self.red = False

    @property
    def links(self) -> int:
        """How many links are open."""
        return self._count.get("a", 0)

    def start(self, token: Token) -> None:
        """A start tag."""
        name = token.name
        if name in _VOID:
            return
        if name in _ENDED_BY_NEXT and self._open and self._open[-1][0] == name:
            self.end(name)
        if len(self._open) >= _MOST_OPEN:
            return
        said = attributes(token.rest) if token.rest else {}
        self._open.append((name, self.red))
        self._count[name] = self._count.get(name, 0) + 1
        self.red = red_element(name, said, self._styles, inherited=self.red)

    def end(self, name: str) -> None:
        """An end tag: of the last element with this name, and of all within it."""
        if not self._count.get(name):
            return
        while True:
            ended, self.red = self._open.pop()
            self._count[ended] -= 1
            if ended == name:
                return


class _Owned:
    """The author's own words, by where they stand, asked for from the first to the last."""

    def __init__(self, division: Division) -> None:
        self._spans = iter(division.spans)
        self._span = next(self._spans, None)

    def at(self, place: int) -> bool:
        """Whether what stands at a place is the author's own and no signature."""
        while self._span is not None and self._span.end <= place:
            self._span = next(self._spans, None)
        return self._span is None or (self._span.owned and self._span.zone is not Zone.SIGNATURE)
