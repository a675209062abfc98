"""What a message is made of, as far as checks ask: who it says it is from, and its author's own text."""

from __future__ import annotations

import re
from typing import NamedTuple

from config.base import Frozen
from signatures.message.body import Text, is_attachment, text_of
from signatures.message.carried.begins import trail_begins
from signatures.message.carried.kinds import Attachment, Earlier, Marks
from signatures.message.carried.marks import marks_of
from signatures.message.carried.prints import prints_of
from signatures.message.carried.reading import carried_by
from signatures.message.carried.said import trail_texts
from signatures.message.division import Confidence, Division, Style, Zone
from signatures.message.headers import Mailbox, count_encoded_words, mailboxes, recipients, to_text
from signatures.message.media import first_token
from signatures.message.red import red_words
from signatures.message.scanner import CAPS, Caps, Field, Part, Unscannable, scan_parts

_MESSAGE_ID = re.compile(rb"<[^<>\s]{1,900}>")
_RECEIPTS = frozenset({"multipart/report", "message/disposition-notification"})
_ADDRESSED = ("to", "cc", "bcc")
_ALL_ADDRESSED = (frozenset(_ADDRESSED), frozenset("resent-" + name for name in _ADDRESSED))
"""The fields of recipients, of a message and of a resending."""

_WITH_ADDRESSES = frozenset(
    prefix + name for prefix in ("", "resent-") for name in ("from", "sender", "reply-to", *_ADDRESSED)
)
_BETWEEN_ADDRESSES = re.compile(rb"[,;]")
_ARMOUR = re.compile(r"^-----BEGIN PGP (?:SIGNED )?MESSAGE-----", re.MULTILINE)


_LABELS = frozenset(
    {"sensitivity", "msip_labels", "x-sensitivity", "x-classification", "x-protective-marking"}
)
"""Fields that say how secret a message is: RFC 4021 §2.1.55, Microsoft's labels, the Government's and mail programs'."""

_MOST_SPANS = 200


class DividedSpan(Frozen):
    """A span of a division, as in `Span`."""

    zone: Zone
    start: int
    end: int
    attested: bool


class DividedPart(Frozen):
    """How the text part of that number, in the order of `scan_parts`, was divided, as in `Division`.

    `spans` are the first of them, and `more` how many there are besides.
    """

    number: int
    kind: str
    style: Style
    rule: str
    confidence: Confidence
    spans: tuple[DividedSpan, ...]
    more: int = 0


class Anatomy(Frozen):
    """A message taken apart. Addresses are as in `Mailbox`; times and values are never guessed.

    `from_fields` counts the From fields. `authors` are the addresses in From, or in the Resent-From of the
    newest resending (RFC 5322 §3.6.6), for which `resent` is set; `senders` and `recipients` likewise.
    `original_authors` are those in From in either case. `automatic` is set for receipts and auto-replies
    (RFC 3834, RFC 3798). `sealed`: the author's own part is signed or encrypted, so no byte of the body may
    change. `own_texts`: the author's own words in each version of the body, as these may differ. `divided`:
    how the text parts were divided, and by which rule.

    `to` and `cc` are those of `recipients` that everybody sees. `earlier` are the messages that this one
    carries, outermost first; `trail_addresses` are other people's addresses anywhere in what it quotes or
    sends on, canonical; `trail_begins` is the first line of that in its text. `encrypted`: nobody here can read the
    body. `prints` are fingerprints of the author's own words (`signatures.message.carried.prints`). `trail_texts` are
    the earlier messages as they stand in its text, `labels` the fields of its header that say how secret it is, name
    and value, and `red` the author's own words that HTML shows in red.
    """

    from_fields: int
    authors: tuple[Mailbox, ...]
    senders: tuple[Mailbox, ...]
    resent: bool
    original_authors: tuple[Mailbox, ...]
    recipients: tuple[Mailbox, ...]
    message_id: str
    references: tuple[str, ...]
    subject: str
    automatic: bool
    sealed: bool
    own_texts: tuple[str, ...]
    divided: tuple[DividedPart, ...] = ()
    defects: tuple[str, ...] = ()
    to: tuple[Mailbox, ...] = ()
    cc: tuple[Mailbox, ...] = ()
    reply_to: tuple[Mailbox, ...] = ()
    marks: Marks = Marks()
    earlier: tuple[Earlier, ...] = ()
    trail_addresses: tuple[str, ...] = ()
    trail_begins: str = ""
    attachments: tuple[Attachment, ...] = ()
    encrypted: bool = False
    prints: tuple[int, ...] = ()
    trail_texts: tuple[str, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    red: tuple[str, ...] = ()


class Apart(NamedTuple):
    """A message's anatomy, and what it was made from: its parts, and its text parts with their numbers."""

    anatomy: Anatomy
    parts: tuple[Part, ...]
    texts: tuple[tuple[int, Text], ...]


def read(raw: bytes, caps: Caps = CAPS) -> Anatomy:
    """Take a message apart. Raises Unscannable."""
    return apart(raw, caps).anatomy


def apart(raw: bytes, caps: Caps = CAPS) -> Apart:
    """The same with all that was read on the way. Raises Unscannable."""
    parts = scan_parts(raw, caps)
    top = parts[0]
    _check_counts(raw, top, caps)
    resent = any(field.name == "resent-from" for field in top.fields)
    heading = _newest_resending(top) if resent else top.fields
    prefix = "resent-" if resent else ""
    texts, defects = _texts(raw, parts, caps)
    original_authors = _mailboxes(raw, top.fields, "from")
    subject = to_text(top.first(raw, "subject"))
    references = (*_ids(raw, top, "in-reply-to"), *_ids(raw, top, "references"))
    addressed = [
        (field.name.removeprefix("resent-"), box)
        for field in heading
        if field.name in _ALL_ADDRESSED[resent]
        for box in recipients(field.text(raw))
    ]
    own_texts = tuple(dict.fromkeys(filter(None, (text.own for _, text in texts))))
    known = {box.written: box.address for box in (*original_authors, *(box for _, box in addressed))}
    own = [box.address for box in original_authors if box.address]
    carried = carried_by(raw, parts, texts, known, caps, own)
    anatomy = Anatomy(
        from_fields=sum(field.name == "from" for field in top.fields),
        authors=_mailboxes(raw, heading, "resent-from") if resent else original_authors,
        senders=_mailboxes(raw, heading, prefix + "sender"),
        resent=resent,
        original_authors=original_authors,
        recipients=tuple(box for _, box in addressed),
        message_id=next(iter(_ids(raw, top, "message-id")), ""),
        references=references,
        subject=subject,
        automatic=top.kind in _RECEIPTS or first_token(top.first(raw, "auto-submitted")) not in {"", "no"},
        sealed=any(part.sealed and not part.enclosed for part in parts)
        or any(_is_armoured(text.text) for _, text in texts),
        own_texts=own_texts,
        divided=tuple(_divided(number, parts[number].kind, text.division) for number, text in texts),
        defects=tuple(dict.fromkeys((*defects, *carried.defects))),
        to=tuple(box for name, box in addressed if name == "to"),
        cc=tuple(box for name, box in addressed if name == "cc"),
        reply_to=_mailboxes(raw, top.fields, "reply-to"),
        marks=marks_of(raw, top, subject, replies=bool(references), carries=bool(carried.earlier)),
        earlier=carried.earlier,
        trail_addresses=carried.trail_addresses,
        trail_begins=trail_begins(text for _, text in texts),
        attachments=carried.attachments,
        encrypted=carried.encrypted,
        prints=prints_of(own_texts),
        trail_texts=trail_texts(text for _, text in texts),
        labels=tuple(
            (field.name, to_text(raw[field.value : field.end]))
            for field in top.fields
            if field.name in _LABELS
        ),
        red=red_words((text for number, text in texts if parts[number].kind == "text/html"), caps.tags),
    )
    return Apart(anatomy, parts, tuple(texts))


def _check_counts(raw: bytes, top: Part, caps: Caps) -> None:
    words = addresses = 0
    for field in top.fields:
        value = raw[field.value : field.end]
        words += count_encoded_words(value)
        if words > caps.encoded_words:
            raise Unscannable(f"it has more than {caps.encoded_words} encoded words")
        if field.name in _WITH_ADDRESSES:
            addresses += value.count(b",") + value.count(b";") + 1
            if addresses > caps.addresses:
                raise Unscannable(f"it has more than {caps.addresses} addresses")
            _check_addresses(value, caps)


def _check_addresses(value: bytes, caps: Caps) -> None:
    """What one address is made of. A comma in a quoted name or a comment only makes for smaller pieces."""
    for piece in _BETWEEN_ADDRESSES.split(value):
        if len(piece) > caps.address_bytes:
            raise Unscannable(f"an address in its header is longer than {caps.address_bytes} bytes")
        if piece.count(b'"') + piece.count(b"\\") + piece.count(b"(") > caps.address_marks:
            raise Unscannable(
                f"an address in its header has more than {caps.address_marks} quotes or comments"
            )


def _newest_resending(top: Part) -> tuple[Field, ...]:
    """The topmost run of Resent- fields, up to where a name comes again: an older resending begins there."""
    newest: list[Field] = []
    for field in top.fields:
        if not field.name.startswith("resent-"):
            if newest:
                break
        elif any(field.name == other.name for other in newest):
            break
        else:
            newest.append(field)
    return tuple(newest)


def _mailboxes(raw: bytes, fields: tuple[Field, ...], *names: str) -> tuple[Mailbox, ...]:
    """The addresses of all fields with these names."""
    return tuple(box for field in fields if field.name in names for box in mailboxes(field.text(raw)))


def _ids(raw: bytes, part: Part, name: str) -> tuple[str, ...]:
    return tuple(found.decode("utf-8", "replace") for found in _MESSAGE_ID.findall(part.first(raw, name)))


def _texts(raw: bytes, parts: tuple[Part, ...], caps: Caps) -> tuple[list[tuple[int, Text]], list[str]]:
    """What the author's own text parts say, HTML included as versions of one text may differ; and defects."""
    shown = [
        (number, part)
        for number, part in enumerate(parts)
        if not part.enclosed and _is_text(part) and not is_attachment(raw, part)
    ]
    if sum(part.end - part.body for _, part in shown) > caps.text_bytes:
        raise Unscannable(f"its text is longer than {caps.text_bytes} bytes")
    texts: list[tuple[int, Text]] = []
    defects = ["a header has a line that is no field"] if any(part.malformed for part in parts) else []
    for number, part in shown:
        text = text_of(raw, part, caps)
        texts.append((number, text))
        defects += text.defects
        if part.kind.startswith("multipart/"):
            defects.append("a multipart has no parts")
    return texts, defects


def _divided(number: int, kind: str, division: Division) -> DividedPart:
    return DividedPart(
        number=number,
        kind=kind,
        style=division.style,
        rule=division.rule,
        confidence=division.confidence,
        spans=tuple(
            DividedSpan(zone=span.zone, start=span.start, end=span.end, attested=span.attested)
            for span in division.spans[:_MOST_SPANS]
        ),
        more=max(0, len(division.spans) - _MOST_SPANS),
    )


def _is_armoured(text: str) -> bool:
    return "-----BEGIN PGP" in text and _ARMOUR.search(text) is not None


def _is_text(part: Part) -> bool:
    """Whether a part is text that mail programs show. A multipart without parts is shown as it stands."""
    if part.kind.startswith("multipart/"):
        return not part.inner
    return part.kind in {"text/plain", "text/html"}
