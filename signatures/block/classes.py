"""What makes a message one that is not simply written into: `config.message_class` lists the classes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from config.message_class import MessageClass
from signatures.block.bodies import Bodies
from signatures.message.headers import to_text
from signatures.message.media import first_token
from signatures.message.scanner import CAPS, Caps, Part

_RECEIPTS = frozenset({"disposition-notification", "x-read-receipt"})
_RECEIPT_PARTS = frozenset({"message/disposition-notification", "message/global-disposition-notification"})
_SMIME = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_TNEF = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_CALENDAR = frozenset({"text/calendar", "application/ics"})
_LIST_FIELDS = frozenset({"list-id", "list-post"})
_AUTOREPLY_FIELDS = frozenset({"x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply"})
_AUTOREPLY_PRECEDENCE = frozenset({"auto_reply", "auto-reply", "autoreply"})
_AWAY = re.compile(
    r"(?:automatic reply|auto(?:matic)?[- ]?reply|out of (?:the )?office|ateb awtomatig|allan o'r swyddfa)\b",
    re.IGNORECASE,
)

ARMOUR = re.compile(r"^-----BEGIN PGP (?P<what>SIGNED MESSAGE|MESSAGE)-----[ \t]*+\r?$", re.MULTILINE)
"""The first line of inline PGP (RFC 9580 §6.2)."""

ARMOUR_ENDS = re.compile(r"^-----END PGP (?:SIGNATURE|MESSAGE)-----[ \t]*+\r?$", re.MULTILINE)


REASONS: Mapping[MessageClass, str] = MappingProxyType(
    {
        MessageClass.SMIME_SIGNED: "it is signed (S/MIME), and a signed text may not be changed",
        MessageClass.SMIME_ENCRYPTED: "it is encrypted (S/MIME)",
        MessageClass.PGP_SIGNED: "it is signed (PGP), and a signed text may not be changed",
        MessageClass.PGP_ENCRYPTED: "it is encrypted (PGP)",
        MessageClass.PGP_INLINE: "its text is signed (PGP)",
        MessageClass.CALENDAR: "it is a calendar invitation or an answer to one",
        MessageClass.TNEF: "its text is in Outlook's own format (winmail.dat)",
        MessageClass.DELIVERY_REPORT: "it is a delivery report",
        MessageClass.READ_RECEIPT: "it is a read receipt",
        MessageClass.OUT_OF_OFFICE: "it is an automatic reply",
        MessageClass.LIST_POST: "it comes from a mailing list",
        MessageClass.OVERSIZE: "it is too large",
        MessageClass.UNKNOWN_CHARSET: "its text cannot be read without doubt",
    }
)
"""Why a message of each class goes without, as a clause about it."""


def class_of(
    raw: bytes, parts: tuple[Part, ...], found: Bodies, *, null_sender: bool, caps: Caps = CAPS
) -> MessageClass | None:
    """The class by header and parts, or None; what only a text tells (inline PGP, its charset) is not seen here.

    The first that fits: what is written by a machine, then what is too large, then what is inside. A message
    with a signed part beside plain text of its author's is not of a sealed class: the text is written into.
    """
    return (
        _automatic(raw, parts, null_sender)
        or (MessageClass.OVERSIZE if len(raw) > caps.written_bytes else None)
        or _sealed(raw, parts, found)
        or _beside(raw, parts)
        or (MessageClass.LIST_POST if _from_a_list(raw, parts[0]) else None)
    )


def inline_pgp(text: str, start: int, end: int) -> MessageClass | None:
    """The class of a text that is signed or encrypted between two offsets, where the author's words stand."""
    armour = ARMOUR.search(text, start, end) if "-----BEGIN PGP " in text else None
    if armour is None:
        return None
    return MessageClass.PGP_INLINE if armour["what"] == "SIGNED MESSAGE" else MessageClass.PGP_ENCRYPTED


def _automatic(raw: bytes, parts: tuple[Part, ...], null_sender: bool) -> MessageClass | None:
    """What a machine sends of itself (RFC 3464, RFC 8098, RFC 3834)."""
    top = parts[0]
    if top.kind == "multipart/report":
        report = top.media.text(b"report-type").lower()
        return MessageClass.READ_RECEIPT if report in _RECEIPTS else MessageClass.DELIVERY_REPORT
    if any(part.kind in _RECEIPT_PARTS and not part.enclosed for part in parts):
        return MessageClass.READ_RECEIPT
    if _is_auto_reply(raw, top):
        return MessageClass.OUT_OF_OFFICE
    return MessageClass.DELIVERY_REPORT if null_sender else None


def _is_auto_reply(raw: bytes, top: Part) -> bool:
    names = {field.name for field in top.fields}
    if first_token(top.first(raw, "auto-submitted")) == "auto-replied" or names & _AUTOREPLY_FIELDS:
        return True
    if first_token(top.first(raw, "precedence")) in _AUTOREPLY_PRECEDENCE:
        return True
    # Exchange says so to other machines alone, and in its mail of other kinds too; the subject tells.
    return "x-auto-response-suppress" in names and bool(_AWAY.match(to_text(top.first(raw, "subject"))))


def _sealed(raw: bytes, parts: tuple[Part, ...], found: Bodies) -> MessageClass | None:
    if found.texts:
        return None
    return next((_seal(raw, part) for part in _own(parts) if part.sealed), None)


def _seal(raw: bytes, part: Part) -> MessageClass:
    """The class of the outermost part that is sealed (RFC 1847, RFC 8551, RFC 3156)."""
    if part.kind in _SMIME:
        kind = part.media.text(b"smime-type").lower()
        return MessageClass.SMIME_SIGNED if kind == "signed-data" else MessageClass.SMIME_ENCRYPTED
    protocol = part.media.text(b"protocol").lower()
    if part.kind == "multipart/signed":
        return MessageClass.PGP_SIGNED if "pgp" in protocol else MessageClass.SMIME_SIGNED
    return MessageClass.PGP_ENCRYPTED if "pkcs7" not in protocol else MessageClass.SMIME_ENCRYPTED


def _beside(raw: bytes, parts: tuple[Part, ...]) -> MessageClass | None:
    """Parts that some programs show instead of the text (RFC 6047; winmail.dat)."""
    kinds = {part.kind for part in _own(parts)}
    if kinds & _TNEF:
        return MessageClass.TNEF
    if any(
        part.kind in _CALENDAR
        and ("method" in _parameters(part) or part.depth == 0 or not _is_file(raw, part))
        for part in _own(parts)
    ):
        return MessageClass.CALENDAR
    return None


def _is_file(raw: bytes, part: Part) -> bool:
    return first_token(part.first(raw, "content-disposition")) == "attachment"


def _parameters(part: Part) -> frozenset[str]:
    return frozenset(name.decode("ascii", "replace") for name in part.media.parameters)


def _own(parts: tuple[Part, ...]) -> Iterator[Part]:
    """The parts that are not in a message enclosed whole."""
    return (part for part in parts if not part.enclosed)


def _from_a_list(raw: bytes, top: Part) -> bool:
    named = any(field.name in _LIST_FIELDS for field in top.fields)
    return named or first_token(top.first(raw, "precedence")) == "list"
