"""Departures and deliveries."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.models.base import Base


class DepartureRow(Base):
    """One delivery of a message towards an upstream, and its lease while somebody works on it."""

    __tablename__ = "departure"
    __table_args__ = (
        ForeignKeyConstraint(["council_id", "message_id"], ["message.council_id", "message.id"]),
        Index("ix_departure_due", "done", "next_attempt"),
        Index("ix_departure_message", "council_id", "message_id"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    council_id: Mapped[str]
    message_id: Mapped[str]
    created_at: Mapped[datetime]
    from_domain: Mapped[str]
    upstream: Mapped[str]
    trace: Mapped[bytes]
    splices: Mapped[str]
    prepended: Mapped[bytes | None]
    sent_sha256: Mapped[str | None]
    prepared_at: Mapped[datetime | None]
    attempts: Mapped[int]
    starts: Mapped[int]
    next_attempt: Mapped[datetime]
    done: Mapped[bool]
    data_sent: Mapped[bool]
    outcome_unknown: Mapped[bool]
    delay_told: Mapped[bool]
    lease_owner: Mapped[str | None]
    lease_token: Mapped[str | None]
    lease_until: Mapped[datetime | None]


class DeliveryRow(Base):
    """What has become of a departure for one recipient."""

    __tablename__ = "delivery"
    council_id: Mapped[str] = mapped_column(primary_key=True)
    departure_id: Mapped[str] = mapped_column(ForeignKey("departure.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[str]
    reply: Mapped[str]
    status: Mapped[str]
    changed_at: Mapped[datetime]
    next_attempt: Mapped[datetime]
