"""Whose mailbox a copy goes to."""

from __future__ import annotations

from datetime import date

from config.address import domain_of
from config.council import Council
from config.person import IdentityKind


def mailbox_of(council: Council, login: str, on: date) -> str | None:
    """The address of a sender's own mailbox in the council's domains; None where there is none.

    That is the login, where it is an address of the council's; else the first address of the person's own on
    that day. A shared or lent address is others' mailbox too, and an alias is no mailbox.
    """
    if domain_of(login) in council.domains:
        return login
    person = council.person(login)
    own = [] if person is None else [one for one in person.identities if one.kind is IdentityKind.OWN]
    return next((one.address for one in own if one.holds(on)), None)
