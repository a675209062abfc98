"""Everything a check may know beyond the message itself. Immutable, and serialisable for a worker."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from config.base import Frozen
from config.council import Council, Person
from filters.answers import NO_ANSWERS, Answers
from filters.extract.document import Documents


class Recipient(Frozen):
    """One RCPT TO: address as given, canonical form, and its DSN parameters as given (RFC 3461 §4)."""

    address: str
    canonical: str
    notify: str | None = None
    orcpt: str | None = None


class Added(Frozen):
    """A recipient whom policy adds: the canonical address, a name to be shown, and the check that asks for it."""

    address: str
    name: str
    by: str


class Envelope(Frozen):
    """The SMTP envelope. The null reverse-path is the empty string (RFC 5321 §4.5.5)."""

    mail_from: str
    recipients: tuple[Recipient, ...]
    ret: str | None = None
    envid: str | None = None
    smtputf8: bool = False
    body: str = "7BIT"


class Profile(StrEnum):
    """How a message came in: from a person who logged in, from a network that vouches for its people, or from
    anywhere, as an answer to a notice and nothing else.
    """

    SUBMISSION = "submission"
    TRUSTED = "trusted"
    REPLIES = "replies"


class Context(Frozen):
    """The council, the person, the envelope and the time, as they stand when a message is decided on.

    `person` is a login. On a trusted listener nobody logged in: `authenticated` is false and the person is
    the one whose identity the From is, or None. `today` is the day in Europe/London. `answers` are the archive's.
    `originator` is the login of whoever wrote what `person` sends, where somebody else did. `documents` is what was
    read of what is attached, None where nobody has tried to.
    """

    council: Council
    person: str | None
    authenticated: bool
    profile: Profile
    envelope: Envelope
    received_at: datetime
    today: date
    answers: Answers = NO_ANSWERS
    originator: str | None = None
    documents: Documents | None = None

    @property
    def sender(self) -> Person | None:
        """The person who sends, as this council knows them."""
        return self.council.person(self.person) if self.person else None
