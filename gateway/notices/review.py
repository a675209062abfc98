"""What the Clerk is told when the review date of the council's policy has passed."""

from __future__ import annotations

from datetime import date, datetime

from config.council import Council
from config.person import Person, Role
from gateway.notices import people
from gateway.notices.page import Heading, Page, Paragraph, Taken, Tone
from gateway.notices.parts import council_name, reference
from gateway.notices.wording import Words
from gateway.notices.writing import Outside, write
from gateway.store.messages import NewMessage


def review_due(council: Council, now: datetime, today: date, *, upstream: str) -> tuple[NewMessage, ...]:
    """A letter to every Clerk of the council; to whoever acts as one where there is no Clerk on that day."""

    def page(words: Words) -> Page:
        name, policy = council_name(council, words), council.policy
        opening = words(
            "review.opening",
            council=Taken(name),
            title=Taken(policy.title),
            version=Taken(policy.version),
            day=words.day(policy.review or today),
        )
        blocks = (
            Paragraph(opening),
            Heading(words("common.what_to_do")),
            Paragraph(words("review.to_do")),
            Heading(words("common.do_nothing")),
            Paragraph(words("review.if_nothing")),
        )
        return Page(
            words.lang, Tone.TOLD, words("title.review"), name, blocks, reference(words, council, None)
        )

    return tuple(
        write(
            council,
            Outside(
                to=people.address_of(clerk, council, today), subject="review", now=now, upstream=upstream
            ),
            page,
        )
        for clerk in _clerks(council, today)
    )


def _clerks(council: Council, today: date) -> tuple[Person, ...]:
    officers = council.officers(today)
    return tuple(person for person in officers if Role.CLERK in person.roles_on(today)) or officers
