"""Who writes, and to whom, as far as it matters to whether words bind the Council."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from config.address import domain_of
from config.capacity import Capacity
from config.consumer_domains import is_consumer
from config.council import OFFICERS, Council, IdentityKind, Person, Role
from filters.capacity import capacity_in
from filters.context import Context
from filters.names import words
from filters.official import members_of
from signatures.message.anatomy import Anatomy

_MEMBERS = frozenset({Role.CHAIR, Role.VICE_CHAIR, Role.COUNCILLOR}) | OFFICERS
_PUBLIC = re.compile(
    r"(?:^|[.-])(?:[a-z]*(?:gov|police|nhs|parliament|environment|county|district|borough|unitary|highways|council)|mod|ac|sch)(?:[.-]|$)"
)

_PUBLIC_DESKS = frozenset(
    words("highways streetlighting planning enforcement flood elections electoral licensing mp police")
)
"""Local parts of addresses that public bodies have, and firms have not."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a message reaches.

    `another`: somebody whom the Council may be bound to, so neither members nor officers alone. `organisation`: one
    outside the council, and no private person's address. `firm`: one that is no public body either, to which a
    request is an order; others one only asks to do what is their work.
    """

    another: bool
    organisation: bool
    firm: bool


def audience(context: Context) -> Audience:
    """Whom a message reaches, lists opened."""
    council = context.council
    reached = members_of(council, (each.canonical for each in context.envelope.recipients))
    lists = {each.address for each in council.lists}
    outside = [each for each in reached if each not in lists and not council.is_internal(each)]
    organisations = [each for each in outside if not is_consumer(each)]
    public = _public_domains(council)
    return Audience(
        another=bool(outside or lists & reached) or _only_staff(context, reached),
        organisation=bool(organisations),
        firm=any(not _is_public(each, public) for each in organisations),
    )


def acts_as_officer(anatomy: Anatomy, context: Context) -> bool:
    """Whether the Clerk writes, or who stands in for the Clerk, or somebody from the Clerk's address lent to them."""
    sender = context.sender
    if sender is None:
        return False
    if sender.roles_on(context.today) & OFFICERS:
        return True
    address = anatomy.authors[0].address if len(anatomy.authors) == 1 else ""
    held = sender.identity(address, context.today)
    if held is None or held.kind is not IdentityKind.DELEGATED:
        return False
    return any(_owns(officer, address, context) for officer in context.council.officers(context.today))


def is_personal(anatomy: Anatomy, context: Context) -> bool:
    """Whether somebody writes for themselves alone."""
    return capacity_in(anatomy, context) is Capacity.PERSONAL


def _owns(officer: Person, address: str, context: Context) -> bool:
    held = officer.identity(address, context.today)
    return held is not None and held.kind in {IdentityKind.OWN, IdentityKind.ALIAS}


def _only_staff(context: Context, reached: frozenset[str]) -> bool:
    """Whether what stays in the house goes to staff or volunteers, and to no officer: what binds, binds to them too."""
    people = [
        (person.roles_on(context.today), any(map(reached.__contains__, _own_addresses(person))))
        for person in context.council.people
        if context.sender is None or person.login != context.sender.login
    ]
    if any(roles & OFFICERS for roles, gets_it in people if gets_it):
        return False
    return any(roles & {Role.STAFF} and not roles & _MEMBERS for roles, gets_it in people if gets_it)


def _own_addresses(person: Person) -> list[str]:
    return [held.address for held in person.identities if held.kind is not IdentityKind.DELEGATED]


def _public_domains(council: Council) -> frozenset[str]:
    """Domains of bodies that the council's own file knows for public ones."""
    return _domains_of(
        tuple(each.address for each in council.elsewhere),
        tuple((each.address or "", each.domain or "") for each in (*council.protected, *council.emergency)),
    )


@lru_cache(maxsize=64)
def _domains_of(elsewhere: tuple[str, ...], known: tuple[tuple[str, str], ...]) -> frozenset[str]:
    return frozenset(
        (*map(domain_of, elsewhere), *(domain or domain_of(address) for address, domain in known))
    )


def _is_public(address: str, known: frozenset[str]) -> bool:
    domain = domain_of(address)
    return domain in known or address.partition("@")[0] in _PUBLIC_DESKS or _PUBLIC.search(domain) is not None
