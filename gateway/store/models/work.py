"""Jobs, and what the host keeps for itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.models.base import Base


class JobRow(Base):
    """Something to be done later for a council, and its lease while somebody does it.

    `key` tells apart what a council has to do of one kind; the same again is the same job. `attempts` counts
    runs that failed, `starts` runs that began and have not come to any end.
    """

    __tablename__ = "job"
    __table_args__ = (UniqueConstraint("council_id", "kind", "key"), Index("ix_job_due", "done_at", "run_at"))
    id: Mapped[str] = mapped_column(primary_key=True)
    council_id: Mapped[str] = mapped_column(ForeignKey("council.id"))
    kind: Mapped[str]
    key: Mapped[str]
    payload: Mapped[str]
    created_at: Mapped[datetime]
    run_at: Mapped[datetime]
    attempts: Mapped[int]
    starts: Mapped[int]
    done_at: Mapped[datetime | None]
    last_error: Mapped[str]
    lease_owner: Mapped[str | None]
    lease_token: Mapped[str | None]
    lease_until: Mapped[datetime | None]


class AuthFailureRow(Base):
    """When an account or a network will have paid off its failed logins. `key` is a hash that says who."""

    __tablename__ = "auth_failure"
    key: Mapped[str] = mapped_column(primary_key=True)
    clear_at: Mapped[datetime] = mapped_column(index=True)


class FamiliarNetworkRow(Base):
    """An account and a network that it has logged in from, as a hash."""

    __tablename__ = "familiar_network"
    key: Mapped[str] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(index=True)


class SecretRow(Base):
    """A key that every node needs, made by whichever needs it first."""

    __tablename__ = "secret"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[bytes]
