"""Every text of a council made for everyone who gets it, before the council is taken on.

A council's own validation knows what a template says; only making it shows what becomes of it with a name, a
ward, an empty field. Who gets nothing yet is stood in for by a specimen, with every field filled and with none.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from config.capacity import Capacity
from config.council import Council, Person, Role
from config.errors import Complaint, ConfigError
from config.signature import Variant, Version
from signatures.block.choice import Writer, chosen, variant_for
from signatures.block.compose import check_personal, logo_for
from signatures.block.defaults import SIGNATURES, WAIVERS
from signatures.block.earlier import days_of_change
from signatures.block.fields import fields_of
from signatures.block.refused import TemplateError
from signatures.block.template import Fields, made

_SUFFIXES = ("", "_cy", "_bilingual")


def prove(council: Council, name: str) -> None:
    """Make every text for everyone. Raises ConfigError, naming the file `name`, for what cannot be made."""
    faults = list(dict.fromkeys(faults_of(council)))
    if faults:
        raise ConfigError(name, faults)


def faults_of(council: Council) -> Iterator[Complaint]:
    """What goes wrong when every signature and waiver is made for everyone who gets it, on any day."""
    book = council.signatures
    writers = list(_writers(council))
    for key, versions, built_in in (("agreed", book.agreed, SIGNATURES), ("waivers", book.waivers, WAIVERS)):
        for number, version in enumerate(versions):
            for place, variant in enumerate(version.variants):
                where = f"signatures.{key}[{number}].variants[{place}]"
                for values in _specimens(council):
                    yield from _faults(council, variant, values, where)
            for writer, values in writers:
                found = variant_for(version, writer)
                if found is not None:
                    where = f"signatures.{key}[{number}].variants[{_place(version, found)}]"
                    yield from _faults(council, found, values, where)
        for writer, values in writers:
            version, variant = chosen((), built_in, writer, date.max)
            yield from _faults(council, variant, values, f"signatures.{key}: the built-in text")


def _place(version: Version, variant: Variant) -> int:
    return next(place for place, each in enumerate(version.variants) if each is variant)


def _writers(council: Council) -> Iterator[tuple[Writer, Fields]]:
    """Everyone as they write: from each address, with the roles of each time, in each capacity."""
    for person in council.people:
        addresses = sorted({person.login, *(identity.address for identity in person.identities)})
        held = {person.roles_on(day) for day in days_of_change(person)}
        for address in addresses:
            for roles in sorted(held, key=sorted):
                values = fields_of(council, person, address, roles)
                for capacity in Capacity:
                    yield Writer(person.login, address, roles, capacity), values


def _specimens(council: Council) -> Iterator[Fields]:
    """Every field filled, as somebody here has it where anybody has; and none but those that all have."""
    address = f"specimen@{council.domains[0]}"
    phone = "01632 960000"
    nobody = Person(login=address, name="A. Specimen")
    bare = dict(fields_of(council, nobody, address, {Role.COUNCILLOR}))
    full = {name: f"Specimen {name}" for name in bare} | {"phone": phone, "council_phone": phone}
    full["website"] = f"https://www.{council.domains[0]}"
    for values in (dict(fields_of(council, person, address, ())) for person in reversed(council.people)):
        full |= {name: value for name, value in values.items() if value}
    for known in (full, bare):
        yield tuple(sorted(known.items()))


def _faults(council: Council, variant: Variant, values: Fields, where: str) -> Iterator[Complaint]:
    personal = variant.capacity is Capacity.PERSONAL
    logo = logo_for(council, variant.capacity or Capacity.COUNCIL)
    image = logo.image if logo else ""
    for suffix in _SUFFIXES:
        text = getattr(variant, f"text{suffix}")
        try:
            piece = made(text, getattr(variant, f"html{suffix}"), values, image) if text else None
            if personal:
                check_personal(council, piece)
        except TemplateError as error:
            who = dict(values)["name"]
            yield Complaint(f"{where}.{error.part}{suffix}", f"for {who}, {error.found}", error.allowed)
