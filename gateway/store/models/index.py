"""What the archive is searched by."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.models.base import Base


class ItemRow(Base):
    """A message as search knows it. `number` tells it apart within its council; that of a sealed message is negative,
    and the words of both are kept under it in the council's index.

    `state` is that of an `ItemState`. `unread` says why not all of its own text could be read, as the end of a sentence
    about "it"; empty where all could. `attempts` counts how often its attachments were begun to be read.
    """

    __tablename__ = "item"
    __table_args__ = (
        ForeignKeyConstraint(["council_id", "message_id"], ["message.council_id", "message.id"]),
        Index("ix_item_message", "council_id", "message_id", unique=True),
        Index("ix_item_at", "council_id", "at", "number"),
        Index("ix_item_person", "council_id", "person", "number"),
        Index(
            "ix_item_pending",
            "council_id",
            "number",
            sqlite_where=text("state = 'pending'"),
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "ix_item_unread",
            "council_id",
            "number",
            sqlite_where=text("unread <> ''"),
            postgresql_where=text("unread <> ''"),
        ),
    )
    council_id: Mapped[str] = mapped_column(ForeignKey("council.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    message_id: Mapped[str]
    at: Mapped[datetime]
    person: Mapped[str | None]
    kind: Mapped[str]
    verdict: Mapped[str]
    state: Mapped[str]
    unread: Mapped[str]
    attempts: Mapped[int]


class TextRow(Base):
    """The text that an item is found by, as it was read. Row 0 is the message itself, a `Said` as JSON; the others
    are what is attached, by their `ordinal`. `form` says in what form `data` holds it.
    """

    __tablename__ = "text"
    __table_args__ = (ForeignKeyConstraint(["council_id", "item"], ["item.council_id", "item.number"]),)
    council_id: Mapped[str] = mapped_column(primary_key=True)
    item: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    ordinal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    form: Mapped[str]
    data: Mapped[bytes]


class AttachmentRow(Base):
    """Something attached to an item, or a file within it. `part` is the part in the order of `scan_parts`, `name` the
    names that lead to it ("list.xlsx in papers.zip"), `kind` its media type by its content, `size` and `sha256`, in
    hex, those of its content. `unread` says why its text could not, or not all, be read; empty where it could.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        ForeignKeyConstraint(["council_id", "item"], ["item.council_id", "item.number"]),
        Index("ix_attachment_sha256", "council_id", "sha256"),
        Index(
            "ix_attachment_unread",
            "council_id",
            "item",
            sqlite_where=text("unread <> ''"),
            postgresql_where=text("unread <> ''"),
        ),
    )
    council_id: Mapped[str] = mapped_column(primary_key=True)
    item: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    ordinal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    part: Mapped[int]
    name: Mapped[str]
    kind: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    unread: Mapped[str]


class ReferenceRow(Base):
    """A Message-ID that an item has (`own`), or answers or refers to: what threads are made of."""

    __tablename__ = "reference"
    __table_args__ = (
        ForeignKeyConstraint(["council_id", "item"], ["item.council_id", "item.number"]),
        Index("ix_reference_item", "council_id", "item"),
        {"sqlite_with_rowid": False},
    )
    council_id: Mapped[str] = mapped_column(primary_key=True)
    ref: Mapped[str] = mapped_column(primary_key=True)
    item: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    own: Mapped[bool]


class FoundRow(Base):
    """That a check found something in an item, and the gravest verdict it gave."""

    __tablename__ = "found"
    __table_args__ = (
        ForeignKeyConstraint(["council_id", "item"], ["item.council_id", "item.number"]),
        {"sqlite_with_rowid": False},
    )
    council_id: Mapped[str] = mapped_column(primary_key=True)
    check: Mapped[str] = mapped_column(primary_key=True)
    item: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    verdict: Mapped[str]
