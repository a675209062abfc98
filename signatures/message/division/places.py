"""Where in HTML a block may stand: between elements, not in a tag, nor in what shows no blocks."""

from __future__ import annotations

from signatures.message.html import Token, is_loose

_INVISIBLE = frozenset({"html", "head", "body", "meta", "link", "base"})
_VOID = frozenset({"area", "br", "col", "embed", "hr", "img", "input", "source", "wbr"}) | _INVISIBLE
"""Elements without content, and those in front of which no block stands."""

_LIGHT = frozenset({"br", "hr", "wbr"}) | _INVISIBLE
"""What may stand between a rule and what it is above of."""

_SHUT = frozenset(
    {
        "pre", "textarea", "select", "svg", "math", "iframe", "object", "noframes", "noembed", "noscript", "xmp",
        "plaintext", "button", "video", "audio", "canvas", "map", "h1", "h2", "h3", "h4", "h5", "h6",
    }
)  # fmt: skip
"""No block stands in these: it would be shown as it is typed, as a heading, or not at all."""

_RAW = frozenset({"textarea", "iframe", "noframes", "noembed", "xmp", "plaintext"})
"""In these a browser sees no tags."""

_LISTS = frozenset({"table", "ul", "ol", "dl"})
_GAPS = _LISTS | {"thead", "tbody", "tfoot", "tr", "colgroup"}
_FILLED = frozenset({"td", "th", "caption", "li", "dd", "dt"})
"""A block stands in the latter, never directly in the former."""

_TOLD = _VOID | _SHUT | _RAW | _GAPS | _FILLED
"""Elements that are told from others."""


class Places:
    """The places passed so far.

    `here` is where the last words, or the last tag that closed something, ended: what has been opened since
    belongs to what comes. `place` is the same, or -1 where no block may stand there. `rule_here` and
    `rule_place` are what these were above the first rule since the last words; -1 where there is none.
    `top` is the place above all that is shown, negative where there is none.
    """

    def __init__(self) -> None:
        self.here = self.place = 0
        self.rule_here = self.rule_place = -1
        self.top = -1
        self._shut: dict[str, int] = {}
        self._gap = False
        self._raw = ""
        self._raw_begins = 0
        self._unended = self._lost = -1
        self._body_ends = self._html_ends = -1

    def words(self, end: int, *, unended: bool = False) -> None:
        """Words are shown that reach to `end`."""
        self.here = end
        self.place = -1 if self._gap or self._shut or self._lost >= 0 else end
        self.rule_here = self.rule_place = -1
        if not unended:
            self._body_ends = self._html_ends = -1

    def rule(self) -> None:
        """A rule comes next, or what a client marks as a boundary or a quotation."""
        if self.rule_here < 0:
            self.rule_here, self.rule_place = self.here, self.place

    def pass_to(self, here: int) -> None:
        """What comes next begins here."""
        self.here = here
        self.place = -1 if self._gap or self._shut or self._lost >= 0 else here

    def blanks(self, token: Token) -> None:
        """Text without words."""
        if token.start == self.here:
            self.pass_to(token.end)  # Words reach to their end: markup goes directly above markup.

    def unended(self, token: Token) -> None:
        """Markup that never ends; its words, if it has any, have been told."""
        self._unended = token.start

    def start(self, token: Token) -> None:
        """The next tag, which opens an element."""
        if self._raw:
            return
        self._body_ends = self._html_ends = -1
        name = token.name
        if token.rest and is_loose(token.rest):
            self._lost = token.start if self._lost < 0 else self._lost
        if name in _TOLD:
            self._told(token)
        elif self.top == -1:
            self.top = self.place

    def close(self, token: Token) -> None:
        """The next tag, which ends an element."""
        name = token.name
        if self._raw:
            if self._raw != name:
                return
            self._raw = ""
        if name in _TOLD:
            self._end(token)
        else:
            self.here = token.end
            self.place = -1 if self._gap or self._shut or self._lost >= 0 else token.end
            self._body_ends = self._html_ends = -1

    def end(self, length: int) -> int:
        """Where what stands at the very end goes: before the tags that end the document, or at its end."""
        if self._lost >= 0:
            return self._lost
        if self._raw:
            return self._raw_begins
        if max(self._body_ends, self._html_ends) >= 0:
            return self._body_ends if self._body_ends >= 0 else self._html_ends
        return self._unended if self._unended >= 0 else length

    def _told(self, token: Token) -> None:
        name = token.name
        if name in _INVISIBLE:
            self.top = -1
        elif self.top == -1:
            self.top = self.place
        if name == "hr":
            self.rule()
        if name in _VOID:
            self.pass_to(token.end)
            if name not in _LIGHT:
                self.rule_here = self.rule_place = -1
                self.top = -2
        if name in _SHUT:
            self._shut[name] = self._shut.get(name, 0) + 1
        if name in _RAW:
            self._raw, self._raw_begins = name, token.start
        if name in _GAPS:
            self._gap = True
        elif name in _FILLED:
            self._gap = False
            if self.place < 0:
                self.pass_to(token.end)

    def _end(self, token: Token) -> None:
        name = token.name
        if name in self._shut:
            self._shut[name] -= 1
            if not self._shut[name]:
                del self._shut[name]
        if name in _GAPS:
            self._gap = name not in _LISTS
        elif name in _FILLED:
            self._gap = True
        self.pass_to(token.end)
        if name == "body":
            self._body_ends = token.start
        elif name == "html":
            self._html_ends = token.start
        else:
            self._body_ends = self._html_ends = -1
