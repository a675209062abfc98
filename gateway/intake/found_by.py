"""What a message is found by in the archive, of what was read of it and of what is attached."""

from __future__ import annotations

from collections.abc import Iterable

from filters.analysis import Reading
from filters.extract import kinds
from filters.extract.document import Document, Documents
from filters.extract.room import wants_room
from filters.indexed import Indexed
from gateway.store.index.content import Content, Piece, Said

PICTURE = "it is a picture, and the words in pictures cannot be read here"
RECORDING = "it is a recording, and what is said in recordings cannot be read here"
PICTURE_FROM = 20_000
"""Octets from which a picture may be of a page or a notice. Logos, and the signs of social networks, have fewer."""


def found_by(reading: Reading | None, documents: Documents | None) -> Content:
    """What is known of a message as it comes in. It is pending where anything attached is still to be read: nobody
    wanted to know, or there was no time or no room: whoever reads for the archive has more of both.
    """
    if reading is None:
        return Content(pending=True)
    attached = bool(reading.anatomy.attachments)
    whole = not attached or (documents is not None and is_whole(documents))
    return content_of(reading.indexed, documents if whole else None, pending=not whole)


def is_whole(documents: Documents) -> bool:
    """Whether all that is attached was read, as far as it ever can be."""
    wanting = any(wants_room(each.unread) for each in documents.found)
    return not (documents.pending or documents.trouble or wanting)


def content_of(said: Indexed, documents: Documents | None, *, pending: bool = False) -> Content:
    """All that a message is found by; its envelope's recipients are not yet among them."""
    return Content(
        said=Said(
            subject=said.subject,
            author=said.author,
            recipients=said.recipients,
            copied=said.copied,
            hidden=said.hidden,
            own=said.own,
            trail=said.trail,
        ),
        pieces=() if documents is None else pieces_of(documents.found),
        unread=said.unread,
        message_id=said.message_id,
        references=tuple(dict.fromkeys(said.references)),
        pending=pending,
    )


def pieces_of(documents: Iterable[Document]) -> tuple[Piece, ...]:
    """What is attached, as the archive keeps it."""
    return tuple(
        Piece(
            part=each.number,
            name=each.name,
            kind=each.kind,
            size=each.size,
            sha256=each.digest,
            unread=each.unread or _unseen(each),
            text=each.text,
        )
        for each in documents
    )


def _unseen(document: Document) -> str:
    """Why a document without text may say something all the same."""
    if document.text:
        return ""
    if document.kind.startswith(("audio/", "video/")):
        return RECORDING
    if document.kind.startswith("image/") and document.kind != kinds.SVG and document.size > PICTURE_FROM:
        return PICTURE
    return ""
