"""Plain text, CSV, HTML and other XML as text."""

from __future__ import annotations

import codecs
import re

from filters.extract.kinds import order_of
from filters.extract.room import TOO_LONG, Look, Room, Unread, Words
from filters.extract.xml import read_xml
from signatures.message import charsets
from signatures.message.division.page import shown
from signatures.message.html_charset import charsets_inside
from signatures.message.scanner import Caps, Unscannable

_LINE_END = re.compile(r"\r\n?")


def plain(content: bytes, room: Room, charset: str = "") -> Look:
    """A text or a CSV file, as it stands."""
    return _cut(_LINE_END.sub("\n", text_in(content, charset)), room)


def page(content: bytes, room: Room, caps: Caps, charset: str = "") -> Look:
    """The words that HTML shows. Raises Unread."""
    if len(content) > caps.text_bytes:
        raise Unread(f"it is longer than {caps.text_bytes} bytes")
    inside = charsets_inside(content[:65_536].decode("latin-1"))
    try:
        return _cut(shown(text_in(content, charset or (inside[0][2] if inside else "")), caps.tags), room)
    except Unscannable as error:
        raise Unread(str(error)) from None


def tree(content: bytes, room: Room) -> Look:
    """All text in XML, a drawing for one. Raises Unread."""
    words = Words(room)

    def apart(*_: object) -> None:
        words.add("\n")

    read_xml(content, room, lambda name, _: None, apart, words.add)
    lines = (" ".join(line.split()) for line in words.text().split("\n"))
    return _cut("\n".join(filter(None, lines)), room, full=words.full)


def text_in(content: bytes, charset: str = "") -> str:
    """Octets as text, in the charset that is told, or in which text files mostly are."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return charsets.decode(content, "utf-16")[0].lstrip("\ufeff")
    if b"\0" in content[:_SAMPLE] and (order := order_of(content[:_SAMPLE])):
        return charsets.decode(content, order)[0]
    try:
        return content.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except ValueError:
        return charsets.decode(content, charset or "windows-1252")[0]


_SAMPLE = 4096


def _cut(text: str, room: Room, *, full: bool = False) -> Look:
    if len(text) > room.characters or full:
        return Look(text=text[: room.characters], unread=TOO_LONG)
    return Look(text=text)
