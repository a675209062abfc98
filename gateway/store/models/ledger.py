"""The ledger, who did what with the archive, and the signed heads."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.models.base import Base


class LedgerRow(Base):
    """A link of a council's chain. `content` is a salted hash; the salt goes when the content does."""

    __tablename__ = "ledger"
    council_id: Mapped[str] = mapped_column(ForeignKey("council.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    event: Mapped[str]
    message_id: Mapped[str] = mapped_column(index=True)
    part: Mapped[str]
    salt: Mapped[bytes | None]
    content: Mapped[str]
    previous: Mapped[str]
    hash: Mapped[str]


class LedgerHead(Base):
    """The end of a council's chain."""

    __tablename__ = "ledger_head"
    council_id: Mapped[str] = mapped_column(ForeignKey("council.id"), primary_key=True)
    sequence: Mapped[int]
    hash: Mapped[str]


class AuditRow(Base):
    """Something that somebody did with the archive. Rows are only ever added, and each is chained to the ledger.

    `by` is a login, or `host:NAME` where somebody at the machine named no login. `why` is what they gave as the reason,
    `detail` what they did it with and what came of it, as JSON: never words out of a message.
    """

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_at", "council_id", "at"),)
    council_id: Mapped[str] = mapped_column(ForeignKey("council.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    by: Mapped[str]
    act: Mapped[str]
    why: Mapped[str]
    message_id: Mapped[str | None]
    detail: Mapped[str]


class AnchorRow(Base):
    """The head of a council's ledger as it stood at a moment, signed. `public_key` and `signature` in base64."""

    __tablename__ = "anchor"
    council_id: Mapped[str] = mapped_column(ForeignKey("council.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[str]
    at: Mapped[datetime]
    messages: Mapped[int]
    public_key: Mapped[str]
    signature: Mapped[str]
