"""What the Clerk is told when the review date of the council's policy has passed."""

from __future__ import annotations

from datetime import date, datetime

from config.council import Council
from config.person import Person, Role
from gateway.notices.notice import notice
from gateway.store.messages import NewMessage


def review_due(council: Council, now: datetime, today: date, *, upstream: str) -> tuple[NewMessage, ...]:
    """A letter to every Clerk of the council; to whoever acts as one where there is no Clerk on that day."""
    paragraphs = [
        f'The e-mail policy that Vestry applies for {council.name}, "{council.policy.title}" (version '
        f"{council.policy.version}), was to be reviewed by {_written(council.policy.review or today)}. That day has "
        "passed.",
        "Mail is checked as before: nothing changes by itself.",
        "Please have the Council look at the policy, or put the review on an agenda. When it has decided, the person "
        "who looks after your mail system enters the new review date, with a new version, in the council's file (the "
        "lines review and version under [policy]) and imports the file again. This letter then stops; until then you "
        "are reminded every four weeks.",
    ]
    return tuple(
        notice(
            council,
            _address(clerk, council, today),
            None,
            "The review date of your e-mail policy has passed",
            paragraphs,
            now,
            upstream=upstream,
            in_reply_to=None,
        )
        for clerk in _clerks(council, today)
    )


def _clerks(council: Council, today: date) -> tuple[Person, ...]:
    officers = council.officers(today)
    return tuple(person for person in officers if Role.CLERK in person.roles_on(today)) or officers


def _address(person: Person, council: Council, today: date) -> str:
    """Where the council reaches somebody: the login where it is an address of theirs here, else the first that is.

    The Clerk of several councils has one login for all of them.
    """
    if person.may_send_as(person.login, today):
        return person.login
    return next((held.address for held in person.identities if held.holds(today)), person.login)


def _written(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
