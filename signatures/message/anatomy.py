"""What a message is made of, as far as checks ask: who it says it is from, and its author's own text."""

from __future__ import annotations

import re

from config.base import Frozen
from signatures.message.body import is_attachment, text_of
from signatures.message.headers import Mailbox, count_encoded_words, mailboxes, to_text
from signatures.message.own_text import own_text
from signatures.message.scanner import CAPS, Caps, Field, Part, Unscannable, scan_parts

_MESSAGE_ID = re.compile(rb"<[^<>\s]{1,900}>")
_RECEIPTS = frozenset({"multipart/report", "message/disposition-notification"})
_SEALED = frozenset(
    {
        "multipart/signed",
        "multipart/encrypted",
        "application/pkcs7-mime",
        "application/x-pkcs7-mime",
        "application/pgp-encrypted",
    }
)


class Anatomy(Frozen):
    """A message taken apart. Addresses are as in `Mailbox`; times and values are never guessed.

    `from_fields` counts the From fields. `authors` are the addresses in From, or in the newest Resent-From
    where the message is sent on (RFC 5322 §3.6.6); `senders` likewise of Sender. `automatic` is set for
    receipts and auto-replies (RFC 3834, RFC 3798). `sealed`: signed or encrypted, so no byte of the body may
    change.
    """

    from_fields: int
    authors: tuple[Mailbox, ...]
    senders: tuple[Mailbox, ...]
    resent: bool
    recipients: tuple[Mailbox, ...]
    message_id: str
    references: tuple[str, ...]
    subject: str
    has_date: bool
    automatic: bool
    sealed: bool
    own_text: str
    defects: tuple[str, ...] = ()


def read(raw: bytes, caps: Caps = CAPS) -> Anatomy:
    """Take a message apart. Raises Unscannable."""
    parts = scan_parts(raw, caps)
    top = parts[0]
    _check_counts(raw, top.fields, caps)
    resent = any(field.name == "resent-from" for field in top.fields)
    prefix = "resent-" if resent else ""
    kinds = {part.content_type(raw) for part in parts}
    text, defects = _own_text(raw, parts)
    if any(not field.name for field in top.fields):
        defects = (*defects, "the header has a line that is no field")
    return Anatomy(
        from_fields=sum(field.name == "from" for field in top.fields),
        authors=_mailboxes(raw, top, prefix + "from"),
        senders=_mailboxes(raw, top, prefix + "sender"),
        resent=resent,
        recipients=tuple(
            mailbox
            for field in top.fields
            if field.name in {"to", "cc", "bcc"}
            for mailbox in mailboxes(field.text(raw))
        ),
        message_id=_ids(raw, top, "message-id")[0] if _ids(raw, top, "message-id") else "",
        references=(*_ids(raw, top, "in-reply-to"), *_ids(raw, top, "references")),
        subject=to_text(top.first(raw, "subject")),
        has_date=bool(top.first(raw, "date")),
        automatic=top.content_type(raw) in _RECEIPTS or _says_automatic(raw, top),
        sealed=bool(kinds & _SEALED) or b"\r\n-----BEGIN PGP " in raw,
        own_text=text,
        defects=defects,
    )


def _check_counts(raw: bytes, fields: tuple[Field, ...], caps: Caps) -> None:
    words = addresses = 0
    for field in fields:
        value = field.text(raw)
        words += count_encoded_words(value)
        addresses += value.count(b",") + 1 if field.name in {"from", "sender", "to", "cc", "bcc"} else 0
    if words > caps.encoded_words:
        raise Unscannable(f"it has more than {caps.encoded_words} encoded words")
    if addresses > caps.addresses:
        raise Unscannable(f"it has more than {caps.addresses} addresses")


def _mailboxes(raw: bytes, part: Part, name: str) -> tuple[Mailbox, ...]:
    """The addresses of the topmost field with this name: of Resent- fields that is the newest."""
    return mailboxes(part.first(raw, name))


def _ids(raw: bytes, part: Part, name: str) -> tuple[str, ...]:
    return tuple(found.decode("utf-8", "replace") for found in _MESSAGE_ID.findall(part.first(raw, name)))


def _says_automatic(raw: bytes, part: Part) -> bool:
    value = part.first(raw, "auto-submitted").partition(b";")[0].strip().lower()
    return value not in {b"", b"no"}


def _own_text(raw: bytes, parts: tuple[Part, ...]) -> tuple[str, tuple[str, ...]]:
    """Own text from every text part in the body, HTML included: the versions of one text may differ."""
    texts: list[str] = []
    defects: tuple[str, ...] = ()
    nested_from = next((p.start for p in parts[1:] if _inside_message(raw, parts, p)), len(raw))
    for part in parts:
        if part.start >= nested_from and part.depth:
            continue
        if part.content_type(raw) in {"text/plain", "text/html"} and not is_attachment(raw, part):
            text = text_of(raw, part)
            defects = (*defects, *text.defects)
            own = own_text(text.text)
            if own and own not in texts:
                texts.append(own)
    return "\n\n".join(texts), defects


def _inside_message(raw: bytes, parts: tuple[Part, ...], part: Part) -> bool:
    """Whether a part stands in a message that is enclosed whole, and so is not the author's."""
    return any(
        other.content_type(raw) == "message/rfc822" and other.body <= part.start and part.end <= other.end
        for other in parts
        if other is not part
    )
