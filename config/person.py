"""A person of a council: login, roles, addresses, each with the days from and until which it stands.

Terms have a first and a last day, both inclusive, by the calendar of Europe/London: what has ended on
polling day can no longer send the day after.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from config.base import Address, Day, Frozen, Line
from config.errors import Complaint, Faults


class Role(StrEnum):
    """What a person is to a council. The host is not among them: a host reads no mail."""

    CLERK = "clerk"
    DEPUTY = "deputy"
    LOCUM = "locum"
    CHAIR = "chair"
    VICE_CHAIR = "vice_chair"
    COUNCILLOR = "councillor"
    STAFF = "staff"
    VOLUNTEER = "volunteer"
    FOI_OFFICER = "foi_officer"
    AUDITOR = "auditor"


OFFICERS = frozenset({Role.CLERK, Role.DEPUTY, Role.LOCUM})
"""Those who act as Proper Officer: the Clerk, and who stands in for the Clerk."""


class IdentityKind(StrEnum):
    """How an address came to be one that a person may send from.

    `own` and `alias` are one person's at a time. A `shared` mailbox is the same address, with this kind, on
    everyone who uses it; each writes there with a login of their own. A `delegated` address is somebody
    else's, lent.
    """

    OWN = "own"
    ALIAS = "alias"
    SHARED = "shared"
    DELEGATED = "delegated"


class Term(Frozen):
    """A span of days, both ends inclusive; an absent end is open."""

    from_: Day | None = Field(default=None, alias="from")
    until: Day | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.from_ and self.until and self.until < self.from_:
            raise Faults([Complaint("until", str(self.until), f"a day on or after `from` ({self.from_})")])
        return self

    def holds(self, on: date) -> bool:
        """Whether `on` lies within the term."""
        return (self.from_ is None or self.from_ <= on) and (self.until is None or on <= self.until)

    def overlaps(self, other: Term) -> bool:
        """Whether there is a day within both terms."""
        first, second = (self.from_ or date.min), (other.from_ or date.min)
        return max(first, second) <= min(self.until or date.max, other.until or date.max)


class RoleHeld(Term):
    """A role and when it is held."""

    role: Role


class Identity(Term):
    """An address that a person may send from."""

    address: Address
    kind: IdentityKind = IdentityKind.OWN


class PersonalAddress(Term):
    """A private address that a person has declared; what may go there is for policy and consent."""

    address: Address


class Person(Frozen):
    """Someone with a login. The same login may stand in several councils (a Clerk of three)."""

    login: Address
    name: Line = Field(min_length=1, max_length=200)
    roles: tuple[RoleHeld, ...] = ()
    identities: tuple[Identity, ...] = ()
    personal_addresses: tuple[PersonalAddress, ...] = ()

    def roles_on(self, on: date) -> frozenset[Role]:
        """The roles held on a day."""
        return frozenset(held.role for held in self.roles if held.holds(on))

    def may_send_as(self, address: str, on: date) -> bool:
        """Whether `address`, in canonical form, is one this person may send from on a day."""
        return any(identity.address == address and identity.holds(on) for identity in self.identities)
