"""What a submission says of itself, as far as lists show it and as far as it tells whose it is."""

from __future__ import annotations

from datetime import date

from config.address import domain_of
from config.council import Council
from filters.analysis import Reading
from filters.context import Profile
from gateway.intake.submission import Submission
from gateway.store.entry import Heading


def sender_of(submission: Submission, council: Council, heading: Heading, today: date) -> str | None:
    """Whose message it is: who logged in or, on a trusted listener, the one whose address the From is.

    An address that several people share stands for none of them: who uses it must log in.
    """
    if submission.origin.profile is not Profile.TRUSTED:
        return submission.origin.login
    holders = council.holders_of(heading.from_address, today)
    return holders[0].login if len(holders) == 1 else None


def heading_of(reading: Reading | None) -> Heading:
    """What lists show of a message. An unread one has nothing to show."""
    if reading is None:
        return Heading("", "", "", "")
    anatomy = reading.anatomy
    from_address = anatomy.authors[0].address if anatomy.authors else ""
    return Heading(anatomy.message_id, anatomy.subject, from_address, domain_of(from_address))
