"""What is attached to a message, and whether its body can be read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from signatures.message import charsets
from signatures.message.carried.ends import ends_of
from signatures.message.carried.kinds import Attachment
from signatures.message.carried.locked import MAGIC, is_enveloped, is_locked
from signatures.message.headers import to_text
from signatures.message.media import first_token, media
from signatures.message.scanner import IDENTITY, Part

_MESSAGES = frozenset({"message/rfc822", "message/global"})
_OUTLOOK_MESSAGES = frozenset({"application/vnd.ms-outlook", "application/x-msg", "application/msoutlook"})
_SHOWN = frozenset({"text/plain", "text/html"})
_SEALS = frozenset(
    {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"}
)
_CONTROL = frozenset({"application/pgp-encrypted"})
_CMS = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_OPEN_CMS = frozenset({"signed-data", "certs-only"})
_RIGHTS_MANAGED = "application/x-microsoft-rpmsg-message"
_LOCKABLE = re.compile(
    r"\.(?:zip|zipx|7z|rar|pdf|docx?|docm|dotx?|xlsx?|xlsm|xlsb|pptx?|pptm|ppsx?|od[tsp]|pgp|gpg|asc|p7m|p7z|rpmsg|msg)\Z"
)
_LOCKABLE_KINDS = re.compile(
    r"application/(?:(?:x-)?(?:zip|7z|rar|pdf|pgp|pkcs7|gzip)|octet-stream|msword|vnd\.|x-microsoft|encrypted|download)"
)
_PICTURE_NAME = re.compile(r"\.(?:png|jpe?g|gif|bmp|svg|webp|heic|tiff?)\Z")
_ARMOUR = re.compile(r"^-----BEGIN PGP MESSAGE-----", re.MULTILINE)
_PROBE = 4096
_LONGEST_NAME = 500


def attachments_of(raw: bytes, parts: Sequence[Part]) -> tuple[Attachment, ...]:
    """All that is attached to the message itself, in the order of its parts.

    Not among them are the parts that mail programs show as the body, and the seal of a signed message. What is
    attached to a message that is attached makes that one `locked` where it is.
    """
    return tuple(_attachments(raw, parts))


def is_encrypted(
    raw: bytes, parts: Sequence[Part], texts: Iterable[str], attachments: Iterable[Attachment]
) -> bool:
    """Whether the body is for its recipients only: S/MIME, PGP/MIME or PGP in the text, or rights-managed."""
    if any("-----BEGIN PGP MESSAGE" in text and _ARMOUR.search(text) for text in texts):
        return True
    if any(each.kind == _RIGHTS_MANAGED for each in attachments):
        return True
    return any(part.sealed and not part.enclosed and _encrypts(raw, part) for part in parts)


def is_message(part: Part, name: str) -> bool:
    """Whether a part is a message itself, by what it says or by its name."""
    return part.kind in _MESSAGES or part.kind in _OUTLOOK_MESSAGES or name.lower().endswith((".eml", ".msg"))


def name_of(raw: bytes, part: Part) -> str:
    """The file name of a part (RFC 2183 §2.3, RFC 2231), encoded words in it decoded though they may not be."""
    if not part.fields:
        return ""
    disposition = part.first(raw, "content-disposition")
    written = b""
    if b"name" in disposition.lower():
        written = media(b"x/" + disposition).parameters.get(b"filename", b"")
    written = written or part.media.parameters.get(b"name", b"")
    if not written:
        return ""
    text = charsets.decode(written, "utf-8")[0]
    if "=?" in text:
        text = to_text(text.encode())
    return " ".join(text.split())[:_LONGEST_NAME]


def _attachments(raw: bytes, parts: Sequence[Part]) -> Iterator[Attachment]:
    around: list[
        tuple[Part, int]
    ] = []  # The parts around the present one, with how many stand in each so far.
    for number, part in enumerate(parts):
        while around and around[-1][0].depth >= part.depth:
            around.pop()
        outer, place = around[-1] if around else (None, 0)
        if outer:
            around[-1] = (outer, place + 1)
        around.append((part, 0))
        if part.enclosed or (part.kind.startswith("multipart/") and (part.inner or not number)):
            continue
        disposition = first_token(part.first(raw, "content-disposition")) if part.fields else ""
        name = name_of(raw, part)
        if (part.kind in _SHOWN and disposition != "attachment" and not name) or _is_seal(part, outer):
            continue
        if part.kind.startswith("multipart/") and disposition != "attachment":
            continue
        yield Attachment(
            number=number,
            name=name,
            kind=part.kind,
            size=part.end - part.body,
            mail=is_message(part, name),
            locked=_is_locked(raw, part, name) or _encloses_locked(raw, parts, number),
            inline=_is_inline(raw, part, name, disposition, outer, place),
            start=part.body,
            end=part.end,
            base64=part.encoding == "base64",
        )


def _is_seal(part: Part, outer: Part | None) -> bool:
    if outer is None:
        return False
    return (outer.kind == "multipart/signed" and part.kind in _SEALS) or (
        outer.kind == "multipart/encrypted" and part.kind in _CONTROL
    )


def _is_inline(raw: bytes, part: Part, name: str, disposition: str, outer: Part | None, place: int) -> bool:
    """Whether it is shown in the text: a picture in it, or the text itself in another form, as a calendar is."""
    if disposition == "attachment":
        return False
    within = outer.kind if outer else ""
    if within == "multipart/alternative" and part.kind.startswith("text/"):
        return True
    picture = part.kind.startswith("image/") or _PICTURE_NAME.search(name.lower()) is not None
    named = disposition == "inline" and bool(part.first(raw, "content-id"))
    return picture and (named or (within == "multipart/related" and place > 0))


def _encloses_locked(raw: bytes, parts: Sequence[Part], number: int) -> bool:
    """Whether what is attached to an attached message is encrypted, or that message is."""
    if not parts[number].inner:
        return False
    for part in parts[number + 1 :]:
        if part.depth <= parts[number].depth:
            return False
        if _encrypts(raw, part) or (not part.inner and _is_locked(raw, part, name_of(raw, part))):
            return True
    return False


def _encrypts(raw: bytes, part: Part) -> bool:
    """Whether a part is the encrypted body of a message."""
    if part.kind in _CMS:
        said = part.media.text(b"smime-type").lower()
        head = ends_of(raw, part, _PROBE).head
        return is_enveloped(head) if head else said not in _OPEN_CMS
    return part.kind in {"multipart/encrypted", _RIGHTS_MANAGED}


def _is_locked(raw: bytes, part: Part, name: str) -> bool:
    """Whether what is attached is encrypted. Most need no look, others one at how they begin."""
    name = name.lower()
    if part.kind in _CMS:
        return _encrypts(raw, part)
    if part.inner or part.end <= part.body or part.kind in _MESSAGES:
        return False
    if not (_LOCKABLE.search(name) or _LOCKABLE_KINDS.match(part.kind) or _looks_lockable(raw, part)):
        return False
    return is_locked(ends_of(raw, part), part.kind, name)


def _looks_lockable(raw: bytes, part: Part) -> bool:
    """Whether something else by name and kind begins as one of these."""
    if part.encoding not in IDENTITY and part.encoding not in {"base64", "quoted-printable"}:
        return False
    head = ends_of(raw, part, _PROBE).head
    return head.startswith(MAGIC) or b"-----BEGIN PGP MESSAGE" in head[:_PROBE]
