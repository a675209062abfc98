"""Messages as Outlook keeps them (.msg, MS-OXMSG)."""

from __future__ import annotations

from collections.abc import Iterator

from olefile import OleFileIO

from filters.extract import kinds
from filters.extract.room import MOST_AT_ONCE, TOO_LONG, Inside, Look, Room, Unread, Words
from signatures.message import charsets

_SUBJECT, _SENDER, _SENDER_ADDRESS, _TO, _CC, _BODY = "0037", "0C1A", "0C1F", "0E04", "0E03", "1000"
_HEADED = ((_SENDER, "From"), (_SENDER_ADDRESS, "From"), (_TO, "To"), (_CC, "Cc"), (_SUBJECT, "Subject"))
_HTML, _RICH = "10130102", "10090102"
_LONG_NAME, _SHORT_NAME, _DATA, _MESSAGE = "3707", "3704", "37010102", "3701000D"
_PART = "__attach_version1.0_"
_VALUE = "__substg1.0_"


def read_message(files: OleFileIO, room: Room) -> Look:
    """Header and text of a message, and of those within it; what is attached to any of them is inside."""
    words = Words(room)
    unread = ""
    messages: list[list[str]] = [[]]
    messages += [
        path for path in files.listdir(streams=False, storages=True) if path[-1] == _VALUE + _MESSAGE
    ]
    for at in messages:
        for number, title in _HEADED:
            if value := _text(files, at, number):
                words.add(f"{title}: {value}\n")
        body = _text(files, at, _BODY)
        words.add(f"\n{body}\n\n")
        if not body and any(files.exists([*at, _VALUE + each]) for each in (_HTML, _RICH)):
            unread = "its text is in a form that cannot be read here"
    return Look(
        kind=kinds.OUTLOOK,
        text=words.text().replace("\r\n", "\n"),
        unread=TOO_LONG if words.full else unread,
        inside=_attached(files, room),
    )


def _attached(files: OleFileIO, room: Room) -> Iterator[Inside]:
    for path in files.listdir():
        if len(path) > 1 and path[-2].startswith(_PART) and path[-1] == _VALUE + _DATA:
            name = _text(files, path[:-1], _LONG_NAME) or _text(files, path[:-1], _SHORT_NAME) or "a file"
            try:
                size = files.get_size(path)
                if size > MOST_AT_ONCE:
                    raise Unread("it is too large to be read here")
                room.unpack(size)
                yield Inside(name, files.openstream(path).read())
            except Unread as error:
                yield Inside(name, unread=str(error))


def _text(files: OleFileIO, at: list[str], number: str) -> str:
    """A property that is text, in Unicode or as it was before."""
    for kind, charset in (("001F", "utf-16-le"), ("001E", "windows-1252")):
        path = [*at, _VALUE + number + kind]
        if files.exists(path):
            content: bytes = files.openstream(path).read(MOST_AT_ONCE)
            return charsets.decode(content, charset)[0].rstrip("\0")
    return ""
