"""Which version and which variant of a council's texts are for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from config.capacity import Capacity
from config.council import Role
from config.signature import Variant, Version, in_force
from signatures.block.words import rank

_LAST = 99


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes: login, the address they write from, their roles on the day, in what capacity."""

    login: str
    address: str
    roles: frozenset[Role]
    capacity: Capacity


def chosen(
    versions: tuple[Version, ...], built_in: Version, writer: Writer, on: date
) -> tuple[Version, Variant]:
    """The variant for a writer in the version in force; in the built-in one where there is none for them."""
    version = in_force(versions, on)
    variant = None if version is None else variant_for(version, writer)
    if version is None or variant is None:
        version = built_in
        variant = variant_for(built_in, writer)
    if variant is None:
        raise ValueError("the built-in texts are for everybody")
    return version, variant


def variant_for(version: Version, writer: Writer) -> Variant | None:
    """The most specific of the variants whose every condition holds, if any.

    One for the very capacity goes before one for several; then one for the address before one for the person,
    for the role, for everyone. Of two for different roles that one person has, the more senior role's is taken,
    else the first in the file.
    """
    fitting = [variant for variant in version.variants if _fits(variant, writer)]
    return min(fitting, key=lambda variant: _order(variant, writer), default=None)


def _fits(variant: Variant, writer: Writer) -> bool:
    return (
        variant.applies(writer.capacity)
        and (not variant.addresses or writer.address in variant.addresses)
        and (not variant.people or writer.login in variant.people)
        and (not variant.roles or not writer.roles.isdisjoint(variant.roles))
    )


def _order(variant: Variant, writer: Writer) -> tuple[bool, bool, bool, bool, int]:
    shared = [rank(role) for role in variant.roles if role in writer.roles]
    return (
        variant.capacity is None,
        not variant.addresses,
        not variant.people,
        not variant.roles,
        min(shared, default=_LAST),
    )
