"""What of a sender's may stand in a text before we write: every version agreed so far, and what is known of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from config.capacity import Capacity
from config.council import Council, Person, Role
from config.signature import Language
from signatures.block.choice import Writer, variant_for
from signatures.block.compose import composed
from signatures.block.contact import Facts, facts
from signatures.block.defaults import WAIVERS
from signatures.block.fields import fields_of
from signatures.block.once import Known
from signatures.block.refused import TemplateError
from signatures.block.template import Piece
from signatures.block.words import IN_WORDS

_SAID_OF_ROLES = {
    Role.CLERK: ("Clerk", "Parish Clerk", "Town Clerk", "Clerk to the Council", "Proper Officer", "Clerc"),
    Role.LOCUM: ("Locum", "Locum Clerk"),
    Role.DEPUTY: ("Deputy Clerk", "Assistant Clerk", "Deputy"),
    Role.CHAIR: ("Chair", "Chairman", "Chairwoman", "Chairperson", "Cadeirydd"),
    Role.VICE_CHAIR: ("Vice Chair", "Vice-Chairman", "Deputy Chair"),
    Role.COUNCILLOR: ("Councillor", "Cllr", "Parish Councillor", "Town Councillor", "Community Councillor"),
    Role.STAFF: ("Council staff", "Council officer"),
}


def known_of(council: Council, person: Person | None, address: str, today: date) -> Known:
    """All waivers that the council has had in force for a sender, and the facts of both.

    The agreed signatures come with the block (`Block.earlier`).
    """
    waivers = tuple(dict.fromkeys(_waivers(council, person, address, today)))
    return Known((), waivers, _facts(council, person, address, today))


def _waivers(council: Council, person: Person | None, address: str, today: date) -> Iterator[Piece]:
    roles = person.roles_on(today) if person else frozenset()
    values = fields_of(council, person, address, roles)
    begun = [version for version in council.signatures.waivers if version.begun(today)]
    for capacity in Capacity:
        writer = Writer(person.login if person else "", address, roles, capacity)
        for version in (*begun, WAIVERS):
            variant = variant_for(version, writer)
            for language in Language:
                try:
                    piece = composed(variant, language, values, "") if variant else None
                except TemplateError:
                    continue  # What cannot be made was never written.
                if piece is not None:
                    yield piece


def _facts(council: Council, person: Person | None, address: str, today: date) -> Facts:
    roles = person.roles_on(today) if person else frozenset()
    said = [value for _, value in fields_of(council, person, address, roles)]
    said += [council.name, *council.domains]
    if person is not None:
        said += [person.login, person.name, *(identity.address for identity in person.identities)]
    for role in sorted(roles):
        for title in (*IN_WORDS[role], *_SAID_OF_ROLES.get(role, ())):
            said += [title, f"{title}, {council.name}", f"{title} of {council.name}"]
    return _once(tuple(said))


@lru_cache(maxsize=1024)
def _once(said: tuple[str, ...]) -> Facts:
    return facts(said)
