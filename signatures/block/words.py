"""A person's role in words, English and Welsh, and which of several roles stands in a signature."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

from config.council import Role

IN_WORDS: Mapping[Role, tuple[str, str]] = MappingProxyType(
    {
        Role.CLERK: ("Clerk and Proper Officer", "Clerc a Swyddog Priodol"),
        Role.LOCUM: ("Locum Clerk", "Clerc Dros Dro"),
        Role.DEPUTY: ("Deputy Clerk", "Dirprwy Glerc"),
        Role.CHAIR: ("Chair of the Council", "Cadeirydd y Cyngor"),
        Role.VICE_CHAIR: ("Vice-Chair of the Council", "Is-gadeirydd y Cyngor"),
        Role.COUNCILLOR: ("Councillor", "Cynghorydd"),
        Role.FOI_OFFICER: ("Freedom of Information Officer", "Swyddog Rhyddid Gwybodaeth"),
        Role.STAFF: ("Council staff", "Staff y Cyngor"),
        Role.AUDITOR: ("Auditor", "Archwilydd"),
        Role.VOLUNTEER: ("Volunteer", "Gwirfoddolwr"),
    }
)
"""English and Welsh, the most senior first."""

_RANKS = {role: rank for rank, role in enumerate(IN_WORDS)}


def rank(role: Role) -> int:
    """How senior a role is; 0 is the most senior."""
    return _RANKS[role]


def senior(roles: Collection[Role]) -> Role | None:
    """The most senior of some roles."""
    return min(roles, key=rank, default=None)
