"""A council: its domains, its people with their roles and addresses, its policy.

Terms have a first and a last day, both inclusive, by the calendar of Europe/London: what has ended on
polling day can no longer send the day after. An official address hosted elsewhere (a county councillor's
own council, say) is neither personal nor sendable here.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from config.address import canonical, canonical_domain, domain_of
from config.base import Frozen
from config.policy import BUILT_IN, Policy

Address = Annotated[str, AfterValidator(canonical)]
Domain = Annotated[str, AfterValidator(canonical_domain)]


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
    """How an address came to be one that a person may send from."""

    OWN = "own"
    ALIAS = "alias"
    SHARED = "shared"
    DELEGATED = "delegated"


class Term(Frozen):
    """A span of days, both ends inclusive; an absent end is open."""

    from_: date | None = Field(default=None, alias="from")
    until: date | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.from_ and self.until and self.until < self.from_:
            raise ValueError("a day on or after `from`")
        return self

    def holds(self, on: date) -> bool:
        """Whether `on` lies within the term."""
        return (self.from_ is None or self.from_ <= on) and (self.until is None or on <= self.until)


class RoleHeld(Term):
    """A role and when it is held."""

    role: Role


class Identity(Term):
    """An address that a person may send from. A shared mailbox is one such address on several people."""

    address: Address
    kind: IdentityKind = IdentityKind.OWN


class PersonalAddress(Term):
    """A private address that a person has declared; what may go there is for policy and consent."""

    address: Address


class Person(Frozen):
    """Someone with a login. The same login may stand in several councils (a Clerk of three)."""

    login: Address
    name: str = Field(min_length=1, max_length=200)
    roles: tuple[RoleHeld, ...] = ()
    identities: tuple[Identity, ...] = ()
    personal_addresses: tuple[PersonalAddress, ...] = ()

    def roles_on(self, on: date) -> frozenset[Role]:
        """The roles held on a day."""
        return frozenset(held.role for held in self.roles if held.holds(on))

    def may_send_as(self, address: str, on: date) -> bool:
        """Whether `address`, in canonical form, is one this person may send from on a day."""
        return any(identity.address == address and identity.holds(on) for identity in self.identities)


class ElsewhereAddress(Frozen):
    """An official address of somebody here that another body hosts."""

    address: Address
    person: Address | None = None
    body: str = ""


class Council(Frozen):
    """One parish, town or community council, whole, as its file describes it."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")
    name: str = Field(min_length=1, max_length=200)
    domains: tuple[Domain, ...] = Field(min_length=1)
    upstream: str = "default"
    notices_from: Address | None = None
    people: tuple[Person, ...] = ()
    elsewhere: tuple[ElsewhereAddress, ...] = ()
    policy: Policy = BUILT_IN

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        logins = [person.login for person in self.people]
        for login in logins:
            if logins.count(login) > 1:
                raise ValueError(f"each login once ({login} stands more than once)")
        if len(set(self.domains)) != len(self.domains):
            raise ValueError("each domain once")
        elsewhere = {entry.address for entry in self.elsewhere}
        for person in self.people:
            for identity in person.identities:
                if identity.address in elsewhere:
                    raise ValueError(
                        f"{identity.address} is hosted elsewhere, so nobody can send from it here"
                    )
                if domain_of(identity.address) not in self.domains:
                    raise ValueError(f"addresses in the council's own domains ({identity.address} is not)")
        if self.notices_from is not None and domain_of(self.notices_from) not in self.domains:
            raise ValueError("notices_from in one of the council's own domains")
        return self

    @property
    def notice_sender(self) -> str:
        """The address that notices and bounces to this council's people are written from."""
        return self.notices_from or f"postroom@{self.domains[0]}"

    def person(self, login: str) -> Person | None:
        """The person with this login, if any."""
        return next((person for person in self.people if person.login == login), None)

    def holders_of(self, address: str, on: date) -> tuple[Person, ...]:
        """Everyone who may send from `address` on a day."""
        return tuple(person for person in self.people if person.may_send_as(address, on))

    def officers(self, on: date) -> tuple[Person, ...]:
        """Those who act as Proper Officer on a day."""
        return tuple(person for person in self.people if person.roles_on(on) & OFFICERS)
