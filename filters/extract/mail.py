"""A message that is attached: its header as people see it, its text, and what is attached to it in turn."""

from __future__ import annotations

import re
from collections.abc import Iterator

from filters.extract import kinds
from filters.extract.document import Fact
from filters.extract.room import TOO_LONG, Inside, Look, Room, Unread, Words
from signatures.message.body import decoded, is_attachment, text_of
from signatures.message.carried.attachments import attachments_of, is_encrypted
from signatures.message.carried.kinds import Attachment
from signatures.message.headers import to_text
from signatures.message.scanner import Caps, Part, Unscannable, scan_parts

_LINE_END = re.compile(rb"\r\n|\r|\n")
_HEADED = ("from", "to", "cc", "date", "subject", "sensitivity")
_SHOWN = frozenset({"text/plain", "text/html"})
_LONGEST_FIELD = 10_000


def read_mail(content: bytes, room: Room, caps: Caps) -> Look:
    """Header and text of a message. Raises Unread."""
    content = content.lstrip(b"\xef\xbb\xbf\r\n \t")
    if content.find(b"\n") != content.find(b"\r\n") + 1 or b"\r" not in content:
        content = _LINE_END.sub(b"\r\n", content)
    words = Words(room)
    try:
        parts = scan_parts(content, caps)
        for name in _HEADED:
            if value := parts[0].first(content, name)[:_LONGEST_FIELD]:
                words.add(f"{name.title()}: {to_text(value)}\n")
        texts = list(_texts(content, parts, caps))
    except Unscannable as error:
        raise Unread(str(error)) from None
    for text in texts:
        words.add(f"\n{text}\n")
    attachments = attachments_of(content, parts)
    locked = is_encrypted(content, parts, texts, attachments)
    return Look(
        kind=kinds.MAIL,
        text=words.text(),
        facts=frozenset({Fact.LOCKED}) if locked else frozenset(),
        unread=TOO_LONG if words.full else "it is encrypted" if locked else "",
        inside=_attached(content, parts, attachments),
    )


def content_of(raw: bytes, part: Part) -> bytes:
    """The content of a part that is attached; of a multipart all of it, and of a message what it encloses."""
    if part.kind.startswith("multipart/"):
        return raw[part.start : part.end]
    return raw[part.body : part.end] if part.inner else decoded(raw, part)[0]


def file_of(raw: bytes, part: Part, attachment: Attachment) -> Inside:
    """Something attached as a file."""
    declared = kinds.MAIL if part.kind.startswith("multipart/") or part.inner else attachment.kind
    return Inside(attachment.name or _nameless(attachment), content_of(raw, part), declared=declared)


def _texts(content: bytes, parts: tuple[Part, ...], caps: Caps) -> Iterator[str]:
    """What its own text parts say, each version of it."""
    left = caps.text_bytes
    for part in parts:
        if part.enclosed or part.inner or part.kind not in _SHOWN or is_attachment(content, part):
            continue
        left -= part.end - part.body
        if left < 0:
            raise Unread(f"its text is longer than {caps.text_bytes} bytes")
        text = text_of(content, part, caps).text
        if text.strip():
            yield text


def _attached(
    content: bytes, parts: tuple[Part, ...], attachments: tuple[Attachment, ...]
) -> Iterator[Inside]:
    for each in attachments:
        yield file_of(content, parts[each.number], each)


def _nameless(attachment: Attachment) -> str:
    if attachment.mail:
        return "a message without a name"
    return "a picture without a name" if attachment.kind.startswith("image/") else "a file without a name"
