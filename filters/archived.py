"""A message read for the archive: all that it says and all that is attached, with far more room than checks have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from config.base import Frozen
from filters.extract.document import Document, Documents
from filters.extract.kinds import UNKNOWN
from filters.extract.read import documents_of
from filters.extract.room import Room
from filters.indexed import Indexed, heading_alone, indexed
from signatures.message.anatomy import Apart, apart
from signatures.message.carried.kinds import Attachment
from signatures.message.scanner import Caps, Unscannable

_TIMES = 10
_HEADER = 4_194_304


class Archived(Frozen):
    """What a message is found by. `documents` say of each thing attached why it is not, or not all, here."""

    indexed: Indexed
    documents: Documents = Documents()


def archived(raw: bytes, caps: Caps) -> Archived:
    """Read a message that may be larger and stranger than one that is decided on. One that cannot be taken apart even
    so is known by its header alone.
    """
    caps = _wider(caps)
    try:
        message = apart(raw, caps)
    except Unscannable as error:
        return Archived(indexed=heading_alone(raw, str(error)))
    found = documents_of(raw, message.parts, message.anatomy, caps, Room.of_archive())
    return Archived(indexed=indexed(raw, message), documents=_all_of(message, found))


def _wider(caps: Caps) -> Caps:
    """Limits for whoever has time. How deep parts may be nested stays as it is: beyond that nothing of it is mail."""
    return replace(
        caps,
        header_bytes=max(caps.header_bytes, _HEADER),
        fields=caps.fields * _TIMES,
        all_fields=caps.all_fields * _TIMES,
        parts=caps.parts * _TIMES,
        addresses=caps.addresses * _TIMES,
        address_bytes=caps.address_bytes * _TIMES,
        address_marks=caps.address_marks * _TIMES,
        encoded_words=caps.encoded_words * _TIMES,
        boundary_like=caps.boundary_like * _TIMES,
        text_bytes=caps.text_bytes * _TIMES,
        tags=caps.tags * _TIMES,
    )


def attachments_unread(attachments: Iterable[Attachment], why: str) -> tuple[Document, ...]:
    """Documents for what is attached and was not looked into."""
    return tuple(
        Document(
            number=each.number,
            path=(" ".join(each.name.split()) or "a file without a name",),
            kind=each.kind or UNKNOWN,
            size=each.size,
            unread=why,
        )
        for each in attachments
    )


def _all_of(message: Apart, documents: Documents) -> Documents:
    """The same where not everything was got at: what was begun last says so, and what was never begun is listed."""
    if not documents.trouble:
        return documents
    found = list(documents.found)
    if found:
        last = found[-1]
        found[-1] = last.model_copy(update={"unread": last.unread or documents.trouble})
    begun = {each.number for each in found}
    rest = (each for each in message.anatomy.attachments if each.number not in begun)
    found += attachments_unread(rest, documents.trouble)
    return Documents(found=tuple(found), trouble=documents.trouble)
