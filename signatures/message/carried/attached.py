"""The messages that are attached to a message, as their own headers tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from signatures.message import charsets
from signatures.message.body import decoded
from signatures.message.carried.addresses import Addresses
from signatures.message.carried.attachments import is_message, name_of
from signatures.message.carried.kinds import Attachment, Earlier, How
from signatures.message.headers import mailboxes
from signatures.message.scanner import Caps, Part, Unscannable, scan_parts

_NAMED = frozenset({"from", "sender", "reply-to", "to", "cc", "bcc", "resent-from", "resent-to", "resent-cc"})
_MESSAGE_ID = re.compile(rb"<[^<>\s]{1,900}+>")
_LINE_END = re.compile(rb"\r\n|\r|\n")
_SHOWN = frozenset({"text/plain", "text/html"})
_OLE = b"\xd0\xcf\x11\xe0"
MOST_MESSAGES = 200
_MOST_OCTETS = 2_000_000
"""Of a message that is attached as a file; of a longer one what stands further down is not read."""


def attached_to(
    raw: bytes,
    parts: Sequence[Part],
    attachments: Sequence[Attachment],
    addresses: Addresses,
    caps: Caps,
) -> tuple[tuple[Earlier, ...], bool]:
    """All messages attached, those attached to them too; and whether there is more than is told.

    The addresses in their headers and texts are kept in `addresses`. An Outlook .msg tells nothing here.
    """
    if not any(each.mail for each in attachments):
        return (), False
    reader = _Reader(addresses, caps)
    found: list[Earlier] = []
    for each in reader.messages(raw, parts):
        if len(found) >= MOST_MESSAGES:
            reader.more = True
            break
        found.append(each)
    return tuple(found), reader.more


class _Reader:
    def __init__(self, addresses: Addresses, caps: Caps) -> None:
        self._addresses, self._caps = addresses, caps
        self._text_left, self._files_left = caps.text_bytes, _MOST_OCTETS
        self.more = False

    def messages(self, raw: bytes, parts: Sequence[Part], *, of_file: bool = False) -> Iterator[Earlier]:
        """The messages attached in these parts; in those of a file all texts are of an attached one."""
        for number, part in enumerate(parts):
            if (part.enclosed or of_file) and not part.inner and part.kind in _SHOWN:
                self._words(raw, part)
            if not part.fields and not part.media.said and part.kind in _SHOWN:
                continue
            if (number == 0 and not of_file and part.kind.startswith("multipart/")) or not is_message(
                part, name_of(raw, part)
            ):
                continue
            if part.inner:
                yield self._headed(raw, parts[number + 1])
            elif of_file:
                yield Earlier(how=How.ATTACHED)  # A file within a file is not opened.
            else:
                yield from self._file(raw, part)

    def _words(self, raw: bytes, part: Part) -> None:
        """Keep the addresses in the text of a message."""
        self._text_left -= part.end - part.body
        if self._text_left < 0:
            self.more = True
            return
        text = charsets.decode(decoded(raw, part)[0], part.media.text(b"charset") or "utf-8")[0]
        self._addresses.keep(self._addresses.written_in(text))

    def _file(self, raw: bytes, part: Part) -> Iterator[Earlier]:
        """A message that is attached as a file, or encoded where no message may be."""
        if part.end - part.body > self._files_left:
            part = replace(part, end=part.body + self._files_left)
            self.more = True
        self._files_left -= part.end - part.body
        content = decoded(raw, part)[0]
        if content.startswith(_OLE):
            yield Earlier(how=How.ATTACHED)
            return
        content = _LINE_END.sub(b"\r\n", content.lstrip(b"\xef\xbb\xbf\r\n \t"))
        try:
            parts = scan_parts(content, self._caps)
        except Unscannable:
            yield Earlier(how=How.ATTACHED)
            return
        yield self._headed(content, parts[0])
        yield from self.messages(content, parts, of_file=True)

    def _headed(self, raw: bytes, top: Part) -> Earlier:
        """A message with this header."""
        people: dict[str, None] = {}
        names: dict[str, None] = {}
        author = ""
        for field in top.fields:
            if field.name not in _NAMED:
                continue
            for box in mailboxes(field.text(raw)):
                if box.address:
                    people[box.address] = None
                    author = author or (box.address if field.name == "from" else "")
                elif box.name or box.written:
                    names[box.name or box.written] = None
        self._addresses.keep(tuple(people))
        found = _MESSAGE_ID.search(top.first(raw, "message-id"))
        return Earlier(
            how=How.ATTACHED,
            author=author,
            people=tuple(people),
            names=tuple(names),
            message_id=found[0].decode("utf-8", "replace") if found else "",
        )
