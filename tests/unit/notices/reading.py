"""Notices as their readers get them: the header, the plain text, the HTML, and the words of either."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser

from gateway.store.messages import NewMessage


@dataclass(frozen=True, slots=True)
class Letter:
    """A notice, taken apart."""

    message: EmailMessage
    text: str
    html: str

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def words(self) -> str:
        """What the plain text says, on one line."""
        return " ".join(self.text.split())


def read(notice: NewMessage) -> Letter:
    message = message_from_bytes(notice.raw, policy=default)
    assert message.get_content_type() == "multipart/alternative"
    plain, shown = message.iter_parts()
    assert (plain.get_content_type(), shown.get_content_type()) == ("text/plain", "text/html")
    texts = [part.get_content().replace("\r\n", "\n") for part in (plain, shown)]
    return Letter(message, *texts)


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._inside: list[str] = []
        self._lists: list[int | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in ("ol", "ul"):
            self._lists.append(0 if tag == "ol" else None)
        elif tag == "li" and self._lists[-1] is not None:
            self._lists[-1] += 1
            self.said.append(f" {self._lists[-1]}. ")
        if tag != "meta":
            self._inside.append(tag)
        self.said.append("" if tag in ("bdi", "strong", "a") else " ")

    def handle_endtag(self, tag: str) -> None:
        assert self._inside.pop() == tag
        if tag in ("ol", "ul"):
            self._lists.pop()

    def handle_data(self, data: str) -> None:
        if "title" not in self._inside:
            self.said.append(data)


def page(html: str) -> _Page:
    """The HTML of a notice, parsed: `said` and `tags`."""
    parsed = _Page()
    parsed.feed(html)
    parsed.close()
    return parsed


def words_of_html(html: str) -> str:
    """All that the HTML says, without blanks."""
    return "".join("".join(page(html).said).split())


def words_of_text(text: str) -> str:
    """All that the plain text says, without blanks, the marks of lists and where links lead."""
    lines = [
        re.sub(r"^\* ", "", line) for line in text.splitlines() if not re.match(r"https?://|- - -", line)
    ]
    return re.sub(r"\s+", "", "".join(lines))
