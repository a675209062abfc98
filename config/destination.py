"""Whom mail is never kept waiting for: people one may write to in confidence, and who must know at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from config.address import domain_of
from config.base import Address, Domain, Frozen, Line
from config.errors import Complaint, Faults


class Confidant(StrEnum):
    """Why a member may write to somebody without the Clerk knowing."""

    MONITORING_OFFICER = "monitoring_officer"
    ICO = "ico"
    AUDITOR = "auditor"
    POLICE = "police"
    UNION = "union"
    CONFIDENTIAL_LINE = "confidential_line"
    OTHER = "other"


class Responder(StrEnum):
    """Why mail to somebody does not wait."""

    POLICE = "police"
    HIGHWAYS = "highways"
    UTILITY = "utility"
    SAFEGUARDING = "safeguarding"
    OTHER = "other"


class Destination(Frozen):
    """An address, or a domain with everybody in it (not its subdomains). `name` is shown to people."""

    address: Address | None = None
    domain: Domain | None = None
    name: Line = Field(default="", max_length=100)

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.address is None) == (self.domain is None):
            raise Faults([Complaint("address", "", "either an address or a domain, not both")])
        return self

    def covers(self, address: str) -> bool:
        """Whether an address, in canonical form, is meant."""
        return address == self.address if self.domain is None else domain_of(address) == self.domain

    @property
    def said(self) -> str:
        """The address or domain, as people read it."""
        return self.address or f"anybody at {self.domain}"


class Protected(Destination):
    """Somebody to whom mail goes unseen by the Clerk."""

    kind: Confidant = Confidant.OTHER


class Emergency(Destination):
    """Somebody to whom mail goes at once."""

    kind: Responder = Responder.OTHER


def _written_short(value: object) -> object:
    """An address or a domain alone stands for an entry with nothing else."""
    if not isinstance(value, str):
        return value
    return {"address": value} if "@" in value else {"domain": value}


ProtectedEntry = Annotated[Protected, BeforeValidator(_written_short)]
EmergencyEntry = Annotated[Emergency, BeforeValidator(_written_short)]


def covered(entries: Iterable[Destination], address: str) -> bool:
    """Whether an address, in canonical form, is among those meant."""
    return any(entry.covers(address) for entry in entries)


def faults_of_destinations(
    key: str, entries: tuple[Destination, ...], domains: tuple[str, ...]
) -> Iterator[Complaint]:
    """Each stands once; a whole domain is none of the council's own, where everybody's mail would go unseen."""
    for number, entry in enumerate(entries):
        said = entry.said
        if any(said == earlier.said for earlier in entries[:number]):
            yield Complaint(f"{key}[{number}]", said, "each once")
        if entry.domain in domains:
            yield Complaint(f"{key}[{number}].domain", said, "a domain that is not the council's own")
