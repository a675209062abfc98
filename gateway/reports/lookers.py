"""Who looks at a report: the Clerk, or an alternate where it is not for the Clerk to look at."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from config.council import Council
from config.person import Person, Role
from filters.finding import Need
from gateway.holds.reviewers import reviewers
from gateway.store.errors import Conflict


class Alternate(StrEnum):
    """Why the Clerk does not look at a report."""

    NO = ""
    ASKED = "asked"
    OWN = "own"
    """It is about the Clerk's own mail."""


def alternate_for(council: Council, author: str | None, not_the_clerk: bool, on: date) -> Alternate:
    """Whether an alternate looks at a report about mail of `author` (a login), and why."""
    person = council.person(author) if author is not None else None
    if person is not None and Role.CLERK in person.roles_on(on):
        return Alternate.OWN
    return Alternate.ASKED if not_the_clerk else Alternate.NO


def author_of(council: Council, address: str, on: date) -> str | None:
    """The login of whose mail a message is that says it is from an address; None where that is nobody's here."""
    if not address:
        return None
    held = council.holders_of(address, on)
    if held:
        return held[0].login
    private = (each for each in council.people if any(a.address == address for a in each.personal_addresses))
    return next((each.login for each in private), None)


def lookers(council: Council, author: str | None, alternate: Alternate, on: date) -> tuple[Person, ...]:
    """Who is told of a report; nobody where only the Clerk acts, and is not to look at it."""
    if alternate is Alternate.NO:
        return reviewers(council, {Need.CLERK}, author, on).at_hand(council, on)
    others = _others(council, author, on)
    return tuple(each for each in others if not council.away(each.login, on)) or others


def require_looker(council: Council, login: str, author: str | None, alternate: Alternate, on: date) -> None:
    """See that somebody may look at a report. Raises Conflict."""
    officers = council.officers(on)
    may = officers if alternate is Alternate.NO else _others(council, author, on)
    if login not in {each.login for each in may if each.login != author}:
        named = ", ".join(each.login for each in may if each.login != author) or "nobody at present"
        raise Conflict(f"this report is for others to look at ({named}), not for {login}")


def _others(council: Council, author: str | None, on: date) -> tuple[Person, ...]:
    return tuple(
        each for each in council.officers(on) if Role.CLERK not in each.roles_on(on) and each.login != author
    )
