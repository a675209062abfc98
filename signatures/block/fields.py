"""What the fields of a template hold for one person and one address."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection

from config.council import Council, Person, Role
from signatures.block.template import Fields
from signatures.block.words import IN_WORDS, senior

_UNSEEN = frozenset({"Cc", "Cs", "Zl", "Zp"})
_TURNING = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that turn the direction of writing, and could make the text after a name read backwards."""


def fields_of(council: Council, person: Person | None, address: str, roles: Collection[Role]) -> Fields:
    """Every field by name, empty where there is nothing to say; Welsh ones are the others where not given."""
    book = council.signatures
    role = senior(roles)
    english, welsh = IN_WORDS[role] if role is not None else ("", "")
    details = {name: "" for each in council.people for name in each.details}
    values = {
        **details,
        "council": council.name,
        "council_cy": book.council_cy or council.name,
        "council_phone": book.phone,
        "address": book.address,
        "address_cy": book.address_cy or book.address,
        "website": book.website,
        "email": address,
        "role": english,
        "role_cy": welsh,
    }
    if person is None:
        values |= dict.fromkeys(("name", "pronouns", "phone", *_WELSH, *(f"{key}_cy" for key in _WELSH)), "")
    else:
        values |= {"name": person.name, "pronouns": person.pronouns, "phone": person.phone}
        for key in _WELSH:
            own = getattr(person, key)
            values |= {key: own, f"{key}_cy": getattr(person, f"{key}_cy") or own}
        values |= person.details
    return tuple(sorted((name, _harmless(value)) for name, value in values.items()))


_WELSH = ("title", "ward", "hours")


def _harmless(value: str) -> str:
    """The value on one line, without what is not seen and moves what is."""
    if value.isprintable():
        return value
    return "".join(
        character
        for character in value
        if unicodedata.category(character) not in _UNSEEN and character not in _TURNING
    )
