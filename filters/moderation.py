"""The check `moderation`, off by default: official outward mail waits for a moderator.

Clause: 002, "If it is official Council business it will be moderated by either the Chair/Vice Chair of the
Council or the Clerk to the Council".
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from config.council import OFFICERS, Council, Role
from config.policy import CheckPolicy
from filters.context import Context
from filters.finding import MODERATION, Finding, finding_of
from filters.official import outside
from signatures.message.anatomy import Anatomy

DECIDERS = (Role.CHAIR, Role.VICE_CHAIR)
"""Who moderates besides the officers where the policy names nobody."""

_TITLES = {
    Role.CHAIR: "Chair",
    Role.VICE_CHAIR: "Vice-Chair",
    Role.CLERK: "Clerk",
    Role.DEPUTY: "Deputy Clerk",
    Role.LOCUM: "Locum Clerk",
    Role.STAFF: "staff",
    Role.FOI_OFFICER: "FOI Officer",
}


def check(anatomy: Anatomy, context: Context, policy: CheckPolicy) -> Iterable[Finding]:
    """Hold official outward mail of whoever is no moderator. (`filters.spared` lets pass what nobody is to read.)"""
    about = outside(anatomy, context)
    if not about:
        return
    roles = moderating(policy)
    if context.sender is not None and context.sender.roles_on(context.today) & roles:
        return
    names = moderators(context.council, roles, context.today)
    who = " or ".join(names) if names else "a moderator, and at present there is none"
    reason = (
        "Official mail to people outside the Council is read by somebody else before it goes. "
        f"This message waits for {who}."
    )
    yield finding_of(MODERATION, policy, reason, about=about)


def moderating(policy: CheckPolicy) -> frozenset[Role]:
    """The roles whose holders may let pass what this check holds."""
    return frozenset(policy.deciders or DECIDERS) | OFFICERS


def moderators(council: Council, roles: frozenset[Role], on: date) -> list[str]:
    """Who holds one of these roles on a day, each with the role, such as "Eleanor Whitfield (Chair)"."""
    found = []
    for person in council.people:
        held = person.roles_on(on) & roles
        if held:
            role = next((each for each in _TITLES if each in held), min(held))
            found.append(f"{person.name} ({_TITLES.get(role, role.value)})")
    return found
