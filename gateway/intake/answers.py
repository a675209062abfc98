"""Asking the archive, and the resolver where there is one, what a message makes one ask."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import TypeVar

from sqlalchemy import Connection

from config.address import domain_of
from config.council import Council
from filters.analysis import Reading
from filters.answers import NO_ANSWERS, Answers
from filters.context import Envelope
from filters.decide import CONFIRMABLE
from filters.matter import BODY, EARLIER
from gateway.intake.resolve import Resolver
from gateway.store import answers as archive
from gateway.store import confirmations
from gateway.store.answers import Asked
from gateway.store.database import Database
from gateway.store.papers import Printed
from gateway.store.recipes import Stretch
from signatures.message.carried.prints import stored

T = TypeVar("T")


class Answerer:
    """Answers the questions of messages, each from its own council's archive alone."""

    def __init__(self, database: Database, resolver: Resolver | None = None) -> None:
        self._database = database
        self._resolver = resolver

    async def read(self, act: Callable[[Connection], T]) -> T:
        """What `act` finds on a connection to the archive. Raises Unavailable."""
        return await self._database.read(act)

    async def answer(
        self,
        reading: Reading | None,
        envelope: Envelope,
        council: Council,
        message: str,
        person: str | None = None,
        on: date | None = None,
    ) -> Answers:
        """What is known about a message of `person` on a day; nothing of one that could not be read.

        Raises Unavailable.
        """
        if reading is None:
            return NO_ANSWERS
        asked = questions(reading, envelope, council, message, person, on)
        found = await self._database.read_together(archive.answer_all, asked)
        if self._resolver is None:
            return found
        known = {*council.domains, *found.known_domains}
        new = dict.fromkeys(domain_of(address) for address in asked.recipients)
        undeliverable = await self._resolver.undeliverable([each for each in new if each not in known])
        return found.model_copy(update={"undeliverable": undeliverable})


def questions(
    reading: Reading,
    envelope: Envelope,
    council: Council,
    message: str,
    person: str | None = None,
    on: date | None = None,
) -> Asked:
    """What is asked of the archive about `message`. What stays in the council carries no earlier mail out.

    What `person` has confirmed is asked where person and day are told.
    """
    recipients = tuple(dict.fromkeys(recipient.canonical for recipient in envelope.recipients))
    leaves = not all(council.is_internal(address) for address in recipients)
    return Asked(
        council=council.id,
        message=message,
        parents=reading.questions.parents,
        recipients=recipients,
        prints=reading.questions.prints if leaves else (),
        confirmable=() if person is None or on is None else confirmable(reading, recipients, person, on),
        printed=(
            Printed(BODY, reading.questions.more or reading.questions.prints),
            Printed(EARLIER, reading.questions.carried),
        ),
    )


def confirmable(
    reading: Reading, recipients: Iterable[str], person: str, on: date
) -> tuple[tuple[str, str], ...]:
    """The checks that ask about a thread and its recipients once a day, each with the key of its question.

    None where the message does not say to which thread it belongs.
    """
    thread, addresses = _thread(reading), tuple(recipients)
    if not thread:
        return ()
    return tuple(
        (check, confirmations.key(person, thread, addresses, on, check)) for check in sorted(CONFIRMABLE)
    )


def _thread(reading: Reading) -> str:
    """The first message of the thread: the first in References, else the one answered, else the message itself."""
    named = reading.anatomy.references  # The one in In-Reply-To stands before those in References.
    return named[1] if len(named) > 1 else next(iter(named), reading.anatomy.message_id)


def shown(reading: Reading | None) -> frozenset[str] | None:
    """The addresses that everybody sees in the header of a message; None where it could not be read."""
    if reading is None:
        return None
    anatomy = reading.anatomy
    return frozenset(mailbox.address for mailbox in (*anatomy.authors, *anatomy.to, *anatomy.cc))


def kept_prints(reading: Reading | None) -> tuple[int, ...]:
    """The fingerprints that are kept of a message, for later ones to be compared with."""
    return () if reading is None else stored(reading.questions.prints)


def stretches(reading: Reading | None) -> tuple[Stretch, ...]:
    """Where what is attached to a message stands in it, for it to be kept once."""
    if reading is None:
        return ()
    return tuple(Stretch(each.start, each.end, each.base64) for each in reading.anatomy.attachments)
