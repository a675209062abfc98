"""What a reader sees of a message: the standard library's parsers as independent witnesses.

Nothing here is shared with the product, on purpose: where both are wrong in one way, no test would tell.
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from html.parser import HTMLParser

_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
    ]
)
_VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)
_UNSEEN = frozenset(["head", "style", "script", "title", "template"])
_HIDDEN = re.compile(
    r"display:none|visibility:hidden|mso-hide:all|color:(?:#f{3}(?:f{3})?|white)(?![-\w])", re.IGNORECASE
)
_BACKGROUND = re.compile(r"background(?:-color)?:[^;]*", re.IGNORECASE)


class _Page(HTMLParser):
    """The text that a browser shows, more or less: a line for each block and each <br>."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines = [""]
        self.unseen: list[str] = []
        self.open: list[str] = []
        self.preformatted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS or tag == "br":
            self.lines.append("")
        if tag in {"td", "th"}:
            self.lines[-1] += " "
        if tag == "pre":
            self.preformatted += 1
        style = re.sub(r"\s", "", _BACKGROUND.sub("", dict(attrs).get("style") or ""))
        hidden = tag in _UNSEEN or "hidden" in dict(attrs) or _HIDDEN.search(style)
        if tag not in _VOID and (self.unseen or hidden):
            self.unseen.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS or tag == "br":
            self.lines.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in self.unseen:
            while self.unseen and self.unseen.pop() != tag:
                pass
        if tag == "pre":
            self.preformatted -= 1
        if tag in _BLOCKS:
            self.lines.append("")

    def handle_data(self, data: str) -> None:
        if self.unseen:
            return
        if self.preformatted > 0:
            first, *others = data.split("\n")
            self.lines[-1] += first
            self.lines += others
        else:
            self.lines[-1] += re.sub(r"[ \t\r\n]+", " ", data)


class _Around(HTMLParser):
    """The elements that are open where some words stand."""

    def __init__(self, words: str) -> None:
        super().__init__(convert_charrefs=True)
        self.words = words
        self.open: list[str] = []
        self.found: list[list[str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            self.open.append(" ".join([tag, *(f"{name}={value}" for name, value in attrs)]))

    def handle_endtag(self, tag: str) -> None:
        for number in range(len(self.open) - 1, -1, -1):
            if self.open[number].split()[0] == tag:
                del self.open[number:]
                break

    def handle_data(self, data: str) -> None:
        if self.words in data:
            self.found.append(list(self.open))


def around(source: str, words: str) -> list[list[str]]:
    """For each place of `words` in HTML the tags that are open there, attributes and all."""
    page = _Around(words)
    page.feed(source)
    page.close()
    return page.found


def page_lines(source: str) -> list[str]:
    """The lines that an HTML text shows, without the empty ones."""
    page = _Page()
    if source.rfind("<!--") > source.rfind("-->"):
        source = source[: source.rfind("<!--")]  # To a browser, a comment without an end goes to the end.
    page.feed(source)
    page.close()
    return _shown(page.lines)


def plain_lines(text: str, *, flowed: bool = False, delsp: bool = False) -> list[str]:
    """The lines that a plain text shows, without the empty ones; paragraphs of format=flowed joined (RFC 3676)."""
    lines = text.replace("\r\n", "\n").split("\n")
    return _shown(_unflowed(lines, delsp) if flowed else lines)


def _shown(lines: list[str]) -> list[str]:
    tidy = (re.sub(r"[\s\u200b\u200c\ufeff]+", " ", line).strip() for line in lines)
    return [line for line in tidy if line]


def _unflowed(lines: list[str], delsp: bool) -> list[str]:
    shown: list[str] = []
    before: int | None = None  # the quote depth of a line that flows on
    for line in lines:
        depth = len(line) - len(line.lstrip(">"))
        content = line[depth:].removeprefix(" ")
        flows = content.endswith(" ") and content != "-- "
        said = content[:-1] if flows and delsp else content
        if before == depth and content != "-- ":
            shown[-1] += said
        else:
            shown.append((">" * depth + " " if depth else "") + said)
        before = depth if flows else None
    return shown


@dataclass(frozen=True)
class Text:
    """A text part as decoded, and what it shows."""

    kind: str
    charset: str
    encoding: str
    source: str
    lines: list[str]
    part: Message


def parsed(raw: bytes) -> Message:
    """A message as the standard library reads it."""
    return email.message_from_bytes(raw)


def leaves(message: Message) -> Iterator[tuple[str, Message]]:
    """Each part that is no multipart, with its place in the tree; enclosed messages are leaves."""
    waiting = [("", message)]
    while waiting:
        place, part = waiting.pop(0)
        if part.get_content_type() != "message/rfc822" and part.is_multipart():
            inner = [(f"{place}.{number}", each) for number, each in enumerate(part.get_payload(), 1)]
            waiting = inner + waiting
        else:
            yield place, part


def is_body(part: Message) -> bool:
    """Whether a part is text that is shown as the message's own."""
    return (
        part.get_content_type() in {"text/plain", "text/html"}
        and part.get_content_disposition() != "attachment"
        and not part.get_filename()
    )


def decoded(part: Message) -> str:
    """A text part's text, strictly: what its header says must be true."""
    return part.get_payload(decode=True).decode(part.get_content_charset() or "us-ascii")


def texts(raw: bytes, *, tolerant: bool = False) -> list[Text]:
    """The body's texts in order; `tolerant` reads mislabelled originals as mail programs do, as Windows-1252."""
    found = []
    for _, part in leaves(parsed(raw)):
        if not is_body(part):
            continue
        try:
            source = decoded(part)
            if tolerant and (part.get_content_charset() or "") == "iso-8859-1":
                source = part.get_payload(decode=True).decode("cp1252")
        except (UnicodeDecodeError, LookupError):
            if not tolerant:
                raise
            source = part.get_payload(decode=True).decode("cp1252")
        parameters = {name.lower(): value.lower() for name, value in part.get_params([], unquote=True)}
        if part.get_content_type() == "text/html":
            lines = page_lines(source)
        else:
            flowed = parameters.get("format") == "flowed"
            lines = plain_lines(source, flowed=flowed, delsp=parameters.get("delsp") == "yes")
        found.append(
            Text(
                kind=part.get_content_type(),
                charset=(part.get_content_charset() or "us-ascii").lower(),
                encoding=(part.get("Content-Transfer-Encoding") or "7bit").strip().lower(),
                source=source,
                lines=lines,
                part=part,
            )
        )
    return found
