"""Which of the Clerk's consents lets a message pass to a private address."""

from __future__ import annotations

from collections.abc import Iterable

from config.consent import Consent
from config.consumer_domains import mailbox_of
from filters.context import Context
from filters.forwarding.carried import Carried
from signatures.message.anatomy import Anatomy


class Consents:
    """The consents that are live for one message: given to its sender, or to everyone of the council."""

    def __init__(self, anatomy: Anatomy, context: Context, carried: Iterable[Carried]) -> None:
        self._threads = frozenset(_threads(anatomy, context))
        authors = frozenset(mailbox_of(box.address) for box in anatomy.authors if box.address)
        # Who wrote what is carried; where nothing is, the message itself is what somebody wrote.
        self._writers = [piece.written_by for piece in carried] or [authors]
        self._live: dict[str, list[Consent]] = {}
        for consent in context.council.consents:
            if is_live(consent, context):
                self._live.setdefault(mailbox_of(consent.address), []).append(consent)

    def covering(self, address: str) -> Consent | None:
        """The consent by which this message may go to an address; the first that there is."""
        return next((each for each in self._live.get(mailbox_of(address), ()) if self._covers(each)), None)

    def _covers(self, consent: Consent) -> bool:
        if consent.thread is not None and consent.thread not in self._threads:
            return False
        if consent.sender is not None:
            wanted = mailbox_of(consent.sender)
            return all(wanted in written_by for written_by in self._writers)
        return True


def is_live(consent: Consent, context: Context) -> bool:
    """Whether a consent stands for the sender of a message, by the day in London, and was given beforehand.

    One for the use of somebody's own declared address serves everyone who writes there. One for everyone never
    serves the officer who gave it for an address of their own: nobody consents to themselves.
    """
    if consent.person is not None and consent.person != context.person and not _is_theirs(consent, context):
        return False
    if consent.person is None and consent.granted_by == context.person and _is_own(consent.address, context):
        return False
    revoked = consent.revoked_at is not None and consent.revoked_at <= context.received_at
    return not revoked and consent.granted_at <= context.received_at and consent.holds(context.today)


def _is_theirs(consent: Consent, context: Context) -> bool:
    """Whether the address is one that the person with the consent has declared as their own."""
    person = context.council.person(consent.person) if consent.person else None
    declared = person.personal_addresses if person else ()
    wanted = mailbox_of(consent.address)
    return any(mailbox_of(each.address) == wanted and each.holds(context.today) for each in declared)


def _is_own(address: str, context: Context) -> bool:
    declared = context.sender.personal_addresses if context.sender else ()
    return mailbox_of(address) in {mailbox_of(each.address) for each in declared}


def _threads(anatomy: Anatomy, context: Context) -> Iterable[str]:
    yield from anatomy.references
    yield from anatomy.marks.forwards
    yield from (each.message_id for each in anatomy.earlier if each.message_id)
    yield from (each.message_id for each in context.answers.parents)
