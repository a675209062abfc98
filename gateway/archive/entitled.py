"""Who may search a council's archive, and read in it."""

from __future__ import annotations

from datetime import date

from config.council import Council
from config.person import OFFICERS, Person, Role
from gateway.store.errors import Conflict

MAY_SEARCH = OFFICERS | {Role.FOI_OFFICER}
"""Those who answer requests for information, and who stands in for the Clerk. The host is not among them, nor are
members: what their fellow members wrote is not theirs to look through.
"""


def entitled(council: Council, login: str, on: date) -> Person:
    """The person with this login, who may search the council's archive on a day.

    Raises Conflict where there is none, or it is not for them.
    """
    person = council.person(login)
    if person is not None and person.roles_on(on) & MAY_SEARCH:
        return person
    may = [each.login for each in council.people if each.roles_on(on) & MAY_SEARCH]
    raise Conflict(
        "only the Clerk, who stands in for the Clerk, or the FOI officer may look through the archive "
        f"({', '.join(may) or 'nobody at present'}), not {login}"
    )
