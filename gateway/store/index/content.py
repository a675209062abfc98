"""What an item is found by, as it was read, and what is kept of it for that."""

from __future__ import annotations

from enum import StrEnum

from config.base import Frozen


class ItemState(StrEnum):
    """Whether all of an item that can be read has been read."""

    INDEXED = "indexed"
    PENDING = "pending"
    """What is attached, or the message itself, is still to be read."""


class Said(Frozen):
    """A message's own words as text, as far as they could be read. Each field is one of `Column`, the columns of what is
    attached excepted. People are as header fields have them: names and addresses.
    """

    subject: str = ""
    author: str = ""
    recipients: str = ""
    copied: str = ""
    hidden: str = ""
    own: str = ""
    trail: str = ""


class Piece(Frozen):
    """Something attached, or a file within it: see `AttachmentRow`. Its `ordinal` is its place in the message, from 1."""

    part: int
    name: str
    kind: str
    size: int
    sha256: str
    unread: str = ""
    text: str = ""


class Content(Frozen):
    """All that an item is found by. `unread` as in `ItemRow`; `references` are Message-IDs that it answers or refers to.

    `pending`: what is attached is still to be read, so that `pieces` are not all there is.
    """

    said: Said = Said()
    pieces: tuple[Piece, ...] = ()
    unread: str = ""
    message_id: str = ""
    references: tuple[str, ...] = ()
    pending: bool = False
