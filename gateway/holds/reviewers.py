"""Who is to look at a held message: the Clerk, or an alternate, and who stands in when they are away.

The Clerk's own mail, and mail whose sender asks for it, goes to the alternate reviewer first: the deputy or locum.
What is held for the Clerk is never given to a single councillor, the Chair included (Local Government Act 1972 s.101):
where there is no officer it waits, and is listed as waiting for nobody at present.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from config.council import OFFICERS, Council
from config.person import Person, Role
from filters.finding import Need
from gateway.holds.words import words_of


@dataclass(frozen=True, slots=True)
class Reviewers:
    """Who is asked `first`, and who after them. Both may be empty."""

    first: tuple[Person, ...]
    then: tuple[Person, ...]

    def at_hand(self, council: Council, on: date) -> tuple[Person, ...]:
        """Who is asked on a day: the first who are not away, else those after them; all first ones where all are."""
        for group in (self.first, self.then):
            there = tuple(each for each in group if not council.away(each.login, on))
            if there:
                return there
        return self.first or self.then


def reviewers(
    council: Council, needs: Collection[Need], sender: str | None, on: date, *, alternate: bool = False
) -> Reviewers:
    """Who is to look at a message of `sender` that needs these words. `alternate`: its sender asked for another.

    Nobody looks at their own.
    """
    others = [each for each in council.people if each.login != sender]
    clerks = [each for each in others if Role.CLERK in each.roles_on(on)]
    stand_ins = [each for each in others if each.roles_on(on) & OFFICERS and each not in clerks]
    if Need.CLERK not in needs and Need.MODERATOR in needs:
        moderating = [each for each in others if Need.MODERATOR in words_of(council, each.login, None, on)]
        clerks = [*clerks, *(each for each in moderating if each not in clerks and each not in stand_ins)]
    groups = [group for group in ((stand_ins, clerks) if alternate else (clerks, stand_ins)) if group]
    return Reviewers(
        first=tuple(groups[0]) if groups else (), then=tuple(groups[1]) if len(groups) > 1 else ()
    )


def chairing(council: Council, on: date) -> tuple[Person, ...]:
    """Who chairs the council on a day; the Vice-Chair where nobody else does, or they are away."""
    for role in (Role.CHAIR, Role.VICE_CHAIR):
        there = tuple(
            each for each in council.people if role in each.roles_on(on) and not council.away(each.login, on)
        )
        if there:
            return there
    return ()
