"""Messages: their envelopes, their bodies, and what was decided."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.models.base import Base

_OCTETS = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
"""Text in the order of its octets on every database, so that what begins alike stands together."""


class MessageRow(Base):
    """An archive entry: a message with its envelope. Only `state` ever changes, and at its release what could
    not be worked out before: `written` (a `Record` as JSON) and `without_waiver` (why it goes without one).
    `prints` are fingerprints of its author's own words, eight octets each. `capacity` is the one in which it is
    written. `sealed`: no officer sees it, or that there is one.
    """

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_council_received", "council_id", "received_at"),
        Index("ix_message_council_key", "council_id", "submission_key"),
        Index("ix_message_council_state", "council_id", "state"),
        Index("ix_message_council_message_id", "council_id", "message_id"),
        Index("ix_message_person_received", "person", "received_at"),
        Index(
            "ix_message_about",
            "council_id",
            "about",
            sqlite_where=text("about IS NOT NULL AND kind = 'submitted'"),
            postgresql_where=text("about IS NOT NULL AND kind = 'submitted'"),
        ),
        Index(
            "ix_message_waiting",
            "council_id",
            "person",
            sqlite_where=text("state IN ('held', 'returned')"),
            postgresql_where=text("state IN ('held', 'returned')"),
        ),
        Index(
            "ix_message_without_waiver",
            "council_id",
            "received_at",
            sqlite_where=text("without_waiver IS NOT NULL"),
            postgresql_where=text("without_waiver IS NOT NULL"),
        ),
    )
    council_id: Mapped[str] = mapped_column(ForeignKey("council.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True, unique=True)
    kind: Mapped[str]
    state: Mapped[str]
    received_at: Mapped[datetime]
    person: Mapped[str | None]
    authenticated: Mapped[bool]
    profile: Mapped[str]
    peer: Mapped[str]
    helo: Mapped[str]
    protocol: Mapped[str]
    tls: Mapped[str]
    mail_from: Mapped[str]
    ret: Mapped[str | None]
    envid: Mapped[str | None]
    smtputf8: Mapped[bool]
    body: Mapped[str]
    message_id: Mapped[str]
    subject: Mapped[str]
    header_from: Mapped[str]
    from_domain: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    splices: Mapped[str | None]
    about: Mapped[str | None]
    submission_key: Mapped[str | None]
    written: Mapped[str | None]
    without_waiver: Mapped[str | None]
    prints: Mapped[bytes | None]
    capacity: Mapped[str | None]
    sealed: Mapped[bool | None]


class MessageBody(Base):
    """The bytes of a message as received. A refused message has none.

    `form` says in what form `raw` holds them (`gateway.store.bodies`); None where `raw` is the very bytes.
    """

    __tablename__ = "message_body"
    __table_args__ = (
        ForeignKeyConstraint(["council_id", "message_id"], ["message.council_id", "message.id"]),
    )
    council_id: Mapped[str] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(primary_key=True)
    raw: Mapped[bytes]
    form: Mapped[str | None]


class BlobRow(Base):
    """Something attached to a council's mail, kept once however often it was sent. `sha256`, in hex, and `size` are of
    its content; `form` says in what form `data` holds it.
    """

    __tablename__ = "blob"
    council_id: Mapped[str] = mapped_column(ForeignKey("council.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int]
    form: Mapped[str]
    data: Mapped[bytes]


class BlobUse(Base):
    """That the body of a message is made up with a blob, which goes when the last of these does."""

    __tablename__ = "blob_use"
    __table_args__ = (
        ForeignKeyConstraint(["council_id", "message_id"], ["message.council_id", "message.id"]),
        ForeignKeyConstraint(["council_id", "sha256"], ["blob.council_id", "blob.sha256"]),
        Index("ix_blob_use_message", "council_id", "message_id"),
    )
    council_id: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(primary_key=True)


class RecipientRow(Base):
    """An envelope recipient, Bcc ones among them; read by nobody but reviewers and archive readers.

    `hidden`: it does not stand in the header, where that could be read. `added_by` names the check that added
    one whom the client did not name.
    """

    __tablename__ = "recipient"
    __table_args__ = (
        ForeignKeyConstraint(["council_id", "message_id"], ["message.council_id", "message.id"]),
    )
    council_id: Mapped[str] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    address: Mapped[str]
    canonical: Mapped[str]
    notify: Mapped[str | None]
    orcpt: Mapped[str | None]
    hidden: Mapped[bool | None]
    added_by: Mapped[str | None]


class CorrespondentRow(Base):
    """An address that this council's mail has left for. It is found again by the beginning or the end of `local`."""

    __tablename__ = "correspondent"
    __table_args__ = (
        Index("ix_correspondent_beginning", "council_id", "domain", "local"),
        Index("ix_correspondent_end", "council_id", "domain", "local_backwards"),
        Index("ix_correspondent_local", "council_id", "local"),
    )
    council_id: Mapped[str] = mapped_column(ForeignKey("council.id"), primary_key=True)
    address: Mapped[str] = mapped_column(primary_key=True)
    domain: Mapped[str]
    local: Mapped[str] = mapped_column(_OCTETS)
    local_backwards: Mapped[str] = mapped_column(_OCTETS)
    first_written_at: Mapped[datetime]


class CorrespondentDomain(Base):
    """A domain that this council's mail has left for, found again by its beginning or its end."""

    __tablename__ = "correspondent_domain"
    __table_args__ = (Index("ix_correspondent_domain_end", "council_id", "backwards"),)
    council_id: Mapped[str] = mapped_column(ForeignKey("council.id"), primary_key=True)
    domain: Mapped[str] = mapped_column(_OCTETS, primary_key=True)
    backwards: Mapped[str] = mapped_column(_OCTETS)


class PrintRow(Base):
    """A fingerprint that a message is looked up by. There are many, so nothing is checked of a row."""

    __tablename__ = "print"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012  # SQLAlchemy's form.
    council_id: Mapped[str] = mapped_column(primary_key=True)
    hash: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    message_id: Mapped[str] = mapped_column(primary_key=True)


class DecisionRow(Base):
    """A decision on a message: number 0 is the policy's, the others are people's."""

    __tablename__ = "decision"
    __table_args__ = (
        ForeignKeyConstraint(["council_id", "message_id"], ["message.council_id", "message.id"]),
    )
    council_id: Mapped[str] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    by: Mapped[str]
    act: Mapped[str]
    verdict: Mapped[str]
    why: Mapped[str]
    findings: Mapped[str]
    policy_version: Mapped[str]
    council_version: Mapped[int]
    detail: Mapped[str | None]
