"""The text of a message's parts: transfer encodings undone, HTML as the words that it shows."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from html.parser import HTMLParser

from signatures.message.headers import decode_text
from signatures.message.scanner import Part

_CHARSET = re.compile(rb';\s*charset\s*=\s*"?([A-Za-z0-9_.:+-]{1,60})', re.IGNORECASE)
_BLOCKS = frozenset({"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "table", "hr"})
_QUOTES = frozenset(
    {"gmail_quote", "gmail_quote_container", "moz-cite-prefix", "yahoo_quoted", "protonmail_quote"}
)
_QUOTE_IDS = frozenset({"divrplyfwdmsg", "appendonsend", "mail-editor-reference-message-container"})
_SILENT = frozenset({"script", "style", "head", "title", "template"})
_OUTLOOK_RULE = re.compile(r"border:\s*none;\s*border-top:\s*solid", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Text:
    """What a text part says: in the clear, and above the HTML markers of a trail. `defects` in words."""

    text: str
    defects: tuple[str, ...] = ()


def is_attachment(raw: bytes, part: Part) -> bool:
    """Whether a part is marked as an attachment (RFC 2183)."""
    return part.first(raw, "content-disposition").lower().startswith(b"attachment")


def text_of(raw: bytes, part: Part) -> Text:
    """The text of a text part; for HTML, what it shows above the first marker of a quoted trail."""
    content, defects = _decoded(raw, part)
    matched = _CHARSET.search(part.first(raw, "content-type"))
    text = decode_text(content, matched[1].decode("ascii") if matched else "utf-8")
    if part.content_type(raw) == "text/html":
        reader = _Reader()
        reader.feed(text)
        reader.close()
        text = reader.shown()
    return Text(text.replace("\r\n", "\n"), defects)


def _decoded(raw: bytes, part: Part) -> tuple[bytes, tuple[str, ...]]:
    content = raw[part.body : part.end]
    encoding = part.first(raw, "content-transfer-encoding").lower()
    if encoding == b"quoted-printable":
        return binascii.a2b_qp(content), ()
    if encoding == b"base64":
        letters = re.sub(rb"[^A-Za-z0-9+/]", b"", content)
        try:
            return base64.b64decode(letters + b"=" * (-len(letters) % 4)), ()
        except binascii.Error:
            return content, ("a part says base64 and is not",)
    if encoding in {b"", b"7bit", b"8bit", b"binary"}:
        return content, ()
    return content, ("a part has an unknown transfer encoding",)


class _Reader(HTMLParser):
    """HTML as lines of words, up to where a mail client marks the quoted trail. Never recursive."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._pieces: list[str] = []
        self._silent = 0
        self._trail = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """See HTMLParser."""
        if tag in _SILENT:
            self._silent += 1
        elif _opens_trail(tag, {name: value or "" for name, value in attrs}):
            self._trail = True
        elif tag in _BLOCKS:
            self._pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """See HTMLParser."""
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _BLOCKS:
            self._pieces.append("\n")

    def handle_data(self, data: str) -> None:
        """See HTMLParser."""
        if not self._silent and not self._trail:
            self._pieces.append(re.sub(r"\s+", " ", data))

    def shown(self) -> str:
        """The lines read so far, blank ones folded."""
        lines = (line.strip() for line in "".join(self._pieces).split("\n"))
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _opens_trail(tag: str, attributes: dict[str, str]) -> bool:
    """The marks that clients leave; OWA puts `x_` before names that it did not make itself."""
    if tag == "blockquote":
        return True
    names = {name.removeprefix("x_") for name in attributes.get("class", "").lower().split()}
    mark = attributes.get("id", "").lower().removeprefix("x_")
    return (
        bool(names & _QUOTES) or mark in _QUOTE_IDS or bool(_OUTLOOK_RULE.search(attributes.get("style", "")))
    )
