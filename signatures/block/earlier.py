"""The agreed signatures that a mail program may have put in by itself: everything ever agreed for a person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from config.capacity import Capacity
from config.council import Council, Person, Role
from config.signature import Language, Variant
from signatures.block.choice import Writer, variant_for
from signatures.block.compose import composed, logo_for
from signatures.block.defaults import SIGNATURES
from signatures.block.fields import fields_of
from signatures.block.refused import TemplateError
from signatures.block.template import Fields, Piece


@dataclass(frozen=True, slots=True, eq=False)
class _Whole:
    """A council and somebody in it, as a key: the very same objects, as comparing councils takes long."""

    council: Council
    person: Person

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Whole) and self.council is other.council and self.person is other.person

    def __hash__(self) -> int:
        return hash((id(self.council), id(self.person)))


def earlier(council: Council, person: Person, address: str, today: date) -> tuple[Piece, ...]:
    """Each signature that has been agreed for a person up to today, in any version, capacity, language, role
    and address, the built-in ones included. What cannot be made has been put in by nobody.
    """
    return _earlier(_Whole(council, person), address, today)


@lru_cache(maxsize=256)
def _earlier(whole: _Whole, address: str, today: date) -> tuple[Piece, ...]:
    return tuple(dict.fromkeys(_all(whole.council, whole.person, address, today)))


def days_of_change(person: Person) -> frozenset[date]:
    """The days on which a person's roles change, and the first day of all."""
    days = {date.min}
    for held in person.roles:
        if held.from_ is not None:
            days.add(held.from_)
        if held.until is not None and held.until < date.max:
            days.add(held.until + timedelta(days=1))
    return frozenset(days)


def _all(council: Council, person: Person, address: str, today: date) -> Iterator[Piece]:
    begun = [version for version in council.signatures.agreed if version.begun(today)]
    addresses = {address, *(identity.address for identity in person.identities)}
    days = {today, *(day for day in days_of_change(person) if day <= today)}
    roles: set[frozenset[Role]] = {person.roles_on(day) for day in days}
    done: set[tuple[int, Fields]] = set()
    for each in sorted(addresses):
        for held in sorted(roles, key=sorted):
            values = fields_of(council, person, each, held)
            for capacity in Capacity:
                writer = Writer(person.login, each, held, capacity)
                for version in (*begun, SIGNATURES):
                    variant = variant_for(version, writer)
                    if variant is not None and (id(variant), values) not in done:
                        done.add((id(variant), values))
                        yield from _in_every_language(council, variant, capacity, values)


def _in_every_language(
    council: Council, variant: Variant, capacity: Capacity, values: Fields
) -> Iterator[Piece]:
    logo = logo_for(council, capacity)
    for language in Language:
        try:
            piece = composed(variant, language, values, logo.image if logo else "")
        except TemplateError:
            continue
        if piece is not None:
            yield piece
