"""Councils, each version as it stood, and people."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from gateway.store.models.base import Base


class CouncilRow(Base):
    """A council and the number of its latest version. `number` names the tables of its index (`gateway.store.index`)."""

    __tablename__ = "council"
    __table_args__ = (Index("ix_council_number", "number", unique=True),)
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    version: Mapped[int]
    created_at: Mapped[datetime]
    number: Mapped[int | None]


class CouncilVersion(Base):
    """A council as it stood: people, identities, policy. Never changed, so a decision can be explained."""

    __tablename__ = "council_version"
    council_id: Mapped[str] = mapped_column(ForeignKey("council.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    document: Mapped[str]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]


class CouncilDomain(Base):
    """Which council a domain belongs to."""

    __tablename__ = "council_domain"
    domain: Mapped[str] = mapped_column(primary_key=True)
    council_id: Mapped[str] = mapped_column(ForeignKey("council.id"), index=True)


class PersonRow(Base):
    """A login of this installation, in one council or several."""

    __tablename__ = "person"
    login: Mapped[str] = mapped_column(primary_key=True)
    password_hash: Mapped[str | None]
    disabled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class Membership(Base):
    """Which councils a login stands in; follows from the councils' latest versions."""

    __tablename__ = "membership"
    council_id: Mapped[str] = mapped_column(ForeignKey("council.id"), primary_key=True)
    login: Mapped[str] = mapped_column(ForeignKey("person.login"), primary_key=True, index=True)
