"""`vestry check`: what would become of a message, by the very code that intake uses, without storing."""

from __future__ import annotations

from config.address import BadAddress, canonical
from config.council import Council
from filters.analysis import Situation, could_not_be_checked, decide_step, read_step
from filters.context import Envelope, Profile, Recipient
from filters.finding import Decision
from gateway import clock
from signatures.message.scanner import Unscannable


class CannotCheck(Exception):
    """The message cannot be checked at all; the text says why."""


def dry_run(
    raw: bytes, council: Council, mail_from: str | None, to: tuple[str, ...]
) -> tuple[Decision, bool]:
    """What the council's policy makes of a message, and whether every check could complete.

    The sender is whoever may send as the address in From. Raises CannotCheck for addresses that are none.
    """
    now = clock.now()
    today = clock.today_in_london(now)
    try:
        reading = read_step(raw)
    except Unscannable as error:
        return could_not_be_checked(council, now, str(error)), False
    anatomy = reading.anatomy
    author = anatomy.authors[0].address if anatomy.authors else ""
    holders = council.holders_of(author, today)
    situation = Situation(
        person=holders[0].login if holders else None,
        authenticated=True,
        profile=Profile.SUBMISSION,
        envelope=Envelope(
            mail_from=author if mail_from is None else mail_from,
            recipients=_recipients(to or tuple(mailbox.address for mailbox in anatomy.recipients)),
        ),
        received_at=now,
        today=today,
        message="dry-run",
        hostname="localhost",
    )
    return decide_step(raw, reading, situation, council).decision, True


def _recipients(addresses: tuple[str, ...]) -> tuple[Recipient, ...]:
    try:
        return tuple(Recipient(address=a, canonical=canonical(a)) for a in addresses)
    except BadAddress as error:
        raise CannotCheck(f"a recipient is no address; expected {error}") from None
