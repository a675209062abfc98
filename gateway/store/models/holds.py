"""Held messages: answers, claims, reminders, and what is said of them afterwards."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.models.base import Base


class AnswerAddressRow(Base):
    """An address that one person may answer to, once, until it expires. `digest` is a hash of its token.

    `message_id` is the queue id of what it is about, `used_by` that of the message that used it.
    """

    __tablename__ = "answer_address"
    __table_args__ = (Index("ix_answer_address_message", "council_id", "message_id"),)
    digest: Mapped[str] = mapped_column(primary_key=True)
    council_id: Mapped[str] = mapped_column(ForeignKey("council.id"))
    message_id: Mapped[str | None]
    login: Mapped[str]
    purpose: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_by: Mapped[str | None]


class ClaimRow(Base):
    """Who is looking at a held message, and since when."""

    __tablename__ = "claim"
    council_id: Mapped[str] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(primary_key=True)
    by: Mapped[str]
    at: Mapped[datetime]


class AcknowledgementRow(Base):
    """That a person has read a version of their council's monitoring notice."""

    __tablename__ = "acknowledgement"
    council_id: Mapped[str] = mapped_column(ForeignKey("council.id"), primary_key=True)
    login: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    message_id: Mapped[str | None]


class ConfirmationRow(Base):
    """That somebody confirmed a question about a thread and its recipients, so as not to be asked again that day.

    `key` is a hash of person, thread and recipients.
    """

    __tablename__ = "confirmation"
    council_id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class OpeningRow(Base):
    """That somebody opened the body of a member's casework, and why."""

    __tablename__ = "opening"
    __table_args__ = (Index("ix_opening_message", "council_id", "message_id"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    council_id: Mapped[str]
    message_id: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
    why: Mapped[str]


class ReminderRow(Base):
    """That somebody was told, once, that a message waits. `step` says who of, and in what way.

    Where it is about all that a council has waiting, `message_id` is empty.
    """

    __tablename__ = "reminder"
    council_id: Mapped[str] = mapped_column(ForeignKey("council.id"), primary_key=True)
    message_id: Mapped[str] = mapped_column(primary_key=True)
    step: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class FeedbackRow(Base):
    """What an officer says of a check on one message: that it held it wrongly, or should have held it."""

    __tablename__ = "feedback"
    council_id: Mapped[str] = mapped_column(ForeignKey("council.id"), primary_key=True)
    message_id: Mapped[str] = mapped_column(primary_key=True)
    check: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
    why: Mapped[str]


class ReportRow(Base):
    """A message that somebody of the council reported. `message_id` is the queue id of the report itself, which the
    archive has with what was reported.

    `original` is how it came (attached, or forwarded in the text), `author`, `subject` and `original_id` what it says
    of itself, and `known_as` its queue id where it went out from here. `alternate` says why the Clerk does not look at
    it, where that is so.
    """

    __tablename__ = "report"
    council_id: Mapped[str] = mapped_column(ForeignKey("council.id"), primary_key=True)
    message_id: Mapped[str] = mapped_column(primary_key=True)
    by: Mapped[str]
    at: Mapped[datetime]
    original: Mapped[str]
    author: Mapped[str]
    subject: Mapped[str]
    original_id: Mapped[str]
    known_as: Mapped[str | None]
    alternate: Mapped[str]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    outcome: Mapped[str]


class PaperRow(Base):
    """A confidential paper that the Clerk has watched, in mail and in what is attached. `count` of its fingerprints are
    kept while it is watched, and no text; `digest` is the SHA-256 of them all.
    """

    __tablename__ = "paper"
    council_id: Mapped[str] = mapped_column(ForeignKey("council.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    count: Mapped[int]
    digest: Mapped[str]
    added_at: Mapped[datetime]
    added_by: Mapped[str]
    why: Mapped[str]
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[str | None]
    removed_why: Mapped[str | None]


class PaperPrint(Base):
    """A fingerprint of a watched paper. `place` is the number of the word in it at which the run of words begins."""

    __tablename__ = "paper_print"
    __table_args__ = (
        Index("ix_paper_print_paper", "council_id", "paper_id"),
        {"sqlite_with_rowid": False},
    )
    council_id: Mapped[str] = mapped_column(primary_key=True)
    hash: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    paper_id: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[int]
