"""A person of a council: login, roles, addresses, each with the days from and until which it stands.

Terms have a first and a last day, both inclusive, by the calendar of Europe/London: what has ended on
polling day can no longer send the day after.
"""

from __future__ import annotations

import keyword
import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from config.base import Address, Day, Frozen, Line
from config.capacity import Capacity
from config.errors import Complaint, Faults
from config.template import FIELDS


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
    """An address that a person may send from, and in what capacity one writes from it."""

    address: Address
    kind: IdentityKind = IdentityKind.OWN
    capacity: Capacity | None = None


class PersonalAddress(Term):
    """A private address that a person has declared; what may go there is for policy and consent."""

    address: Address


_OF_TEMPLATES = frozenset({"true", "false", "none", "self", "loop", "super", "caller", "varargs", "kwargs"})
"""Names that mean something else in a template."""


def _detail_name(text: str) -> str:
    taken = text in FIELDS or text in _OF_TEMPLATES or keyword.iskeyword(text)
    if taken or not re.fullmatch(r"[a-z][a-z0-9_]{0,29}", text):
        raise ValueError(
            "a new name of 1 to 30 small letters, digits and underscores, a letter first, that is no field yet"
        )
    return text


ShortLine = Annotated[Line, Field(max_length=200)]
DetailName = Annotated[str, AfterValidator(_detail_name)]


class Person(Frozen):
    """Someone with a login. The same login may stand in several councils (a Clerk of three).

    What follows the addresses is for signatures: `_cy` is what a Welsh text has instead, where it differs;
    `details` are fields of the council's own, by name.
    """

    login: Address
    name: Line = Field(min_length=1, max_length=200)
    roles: tuple[RoleHeld, ...] = ()
    identities: tuple[Identity, ...] = ()
    personal_addresses: tuple[PersonalAddress, ...] = ()
    default_capacity: Capacity | None = None
    title: ShortLine = ""
    title_cy: ShortLine = ""
    ward: ShortLine = ""
    ward_cy: ShortLine = ""
    phone: ShortLine = ""
    hours: ShortLine = ""
    hours_cy: ShortLine = ""
    pronouns: ShortLine = ""
    details: dict[DetailName, ShortLine] = Field(default={}, max_length=30)

    def roles_on(self, on: date) -> frozenset[Role]:
        """The roles held on a day."""
        return frozenset(held.role for held in self.roles if held.holds(on))

    def may_send_as(self, address: str, on: date) -> bool:
        """Whether `address`, in canonical form, is one this person may send from on a day."""
        return self.identity(address, on) is not None

    def identity(self, address: str, on: date) -> Identity | None:
        """The holding of `address`, in canonical form, on a day, if any."""
        return next((held for held in self.identities if held.address == address and held.holds(on)), None)
