"""Who is named in a notice: who decided, who can look again, and how they are reached."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from enum import StrEnum

from config.council import Council
from config.person import Person, Role
from gateway.notices.page import Said, Taken
from gateway.notices.wording import Words

_ORDER = (Role.CLERK, Role.LOCUM, Role.DEPUTY, Role.CHAIR, Role.VICE_CHAIR)
"""By which role somebody is called in a notice, where they have several; other roles are not named."""


class Standing(StrEnum):
    """As what somebody is named: an officer, who decides, or somebody who knows who does."""

    OFFICER = "officer"
    KNOWS = "knows"


def in_order(council: Council, on: date, without: Collection[str] = ()) -> tuple[Person, ...]:
    """Those who act as Proper Officer on a day, without some logins: the Clerk first, who is away last."""
    officers = [person for person in council.officers(on) if person.login not in without]
    return tuple(sorted(officers, key=lambda person: (council.away(person.login, on), _place(person, on))))


def to_ask(
    council: Council, on: date, sender: str | None, reviewer: str | None = None
) -> tuple[Person, Standing] | None:
    """The human who can look again at the mail of `sender`: `reviewer` where one is named, else an officer.

    Nobody looks at their own. Where nobody else acts as an officer, it is whoever chairs the Council, who knows who
    will; None where there is nobody at all.
    """
    named = council.person(reviewer) if reviewer else None
    if named is not None and named.login != sender:
        return named, Standing.OFFICER
    officers = in_order(council, on, () if sender is None else (sender,))
    if officers:
        return officers[0], Standing.OFFICER
    chairing = [each for each in council.people if each.roles_on(on) & {Role.CHAIR, Role.VICE_CHAIR}]
    others = sorted((each for each in chairing if each.login != sender), key=lambda each: _place(each, on))
    return (others[0], Standing.KNOWS) if others else None


def called(words: Words, council: Council, login: str | None, on: date) -> Said:
    """Somebody by name and role, as in "Margaret Hale, the Clerk"; a login that is nobody's, as it is."""
    person = council.person(login) if login else None
    if person is None:
        return (Taken(login),) if login else words("people.nobody")
    role = next((role for role in _ORDER if role in person.roles_on(on)), None)
    if role is None:
        return (Taken(person.name),)
    return words("people.with_role", name=Taken(person.name), role=words(f"role.{role.value}"))


def phone_of(person: Person, council: Council) -> str:
    """Where somebody is telephoned: their own number, or the office's; empty where there is neither."""
    return person.phone or council.signatures.phone


def address_of(person: Person, council: Council, on: date) -> str:
    """Where the council reaches somebody: the login where it is an address of theirs here, else the first that is.

    The Clerk of several councils has one login for all of them.
    """
    if person.may_send_as(person.login, on):
        return person.login
    return next((held.address for held in person.identities if held.holds(on)), person.login)


def _place(person: Person, on: date) -> int:
    return min((_ORDER.index(role) for role in person.roles_on(on) if role in _ORDER), default=len(_ORDER))
