"""What a link is to, and whether it is good still.

A link has the token of an address that notices are answered to (`gateway.holds.answers.tokens`), and is worth as much:
whoever has it can act for the person whom it was made for. It went to that person's own mailbox and nowhere else, so
having it shows what a password reset link shows, that one can read that mailbox. That is less than a login, and so it
is bounded: a link is about one message, good for days and for one answer, of what its letter offered; whoever lost
their login, their role or their leave to act since can do nothing with it; and what comes of it is told to the
sender by mail. Nothing is kept of it but a digest. Looking at it changes nothing, as link scanners of mail
servers look at every link, and more than once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Connection

from config.capacity import Capacity
from config.council import Council
from filters.finding import Need
from gateway import clock
from gateway.holds.answers import tokens
from gateway.holds.answers.options import Option, Purpose
from gateway.holds.answers.question import Question, question
from gateway.holds.words import words_of
from gateway.store import acknowledgements, answer_addresses, councils, people, secrets
from gateway.store.answer_addresses import AnswerAddress
from gateway.store.errors import NotFound
from gateway.store.kinds import MessageState


class Standing(StrEnum):
    """Whether anything can be chosen by a link, or why not."""

    OPEN = "open"
    USED = "used"
    EXPIRED = "expired"
    DECIDED = "decided"
    """The message does not wait any more, or not for this person's word."""

    NOT_YOURS = "not_yours"
    """The person whom it was made for has no say in it today."""


@dataclass(frozen=True, slots=True)
class Linked:
    """What a link is to, as it stands at the moment `now`.

    `asked` is the message, None where it is about no message but the monitoring notice. `options` are a sender's;
    an officer releases or rejects.
    """

    token: str
    address: AnswerAddress
    council: Council
    purpose: Purpose
    standing: Standing
    asked: Question | None
    options: tuple[Option, ...]
    now: datetime
    today: date

    @property
    def state(self) -> str:
        """The state of the message, empty where there is none."""
        return "" if self.asked is None else str(self.asked.message.state)


def linked(connection: Connection, token: str, now: datetime) -> Linked | None:
    """What a token links to; None where it is forged, or there is nothing any more. Nothing is written."""
    if not tokens.genuine(secrets.find(connection, tokens.KEY), token):
        return None
    address = answer_addresses.find(connection, tokens.digest(token))
    if address is None:
        return None
    today, purpose = clock.today_in_london(now), tokens.purpose_of(address)
    try:
        _, council = councils.load(connection, address.council)
        asked = None if address.message is None else question(connection, council, address.message, today)
    except NotFound:
        return None
    if asked is not None and purpose is Purpose.DECIDE and _is_private(asked, address.login):
        return None
    options = (Option.READ,) if asked is None else asked.options(purpose)
    standing = _standing(connection, address, purpose, council, asked, now)
    return Linked(token, address, council, purpose, standing, asked, options, now, today)


def may_act(connection: Connection, address: AnswerAddress) -> bool:
    """Whether the login that a link was made for may act in its council still."""
    login = people.find(connection, address.login)
    return login is not None and not login.disabled and address.council in login.councils


def _is_private(asked: Question, login: str) -> bool:
    """Whether a message is for nobody but its sender to look at, or is not to be looked at without a reason."""
    row = asked.message
    return row.person != login and bool(row.sealed or row.capacity == Capacity.CASEWORK.value)


def _standing(
    connection: Connection,
    address: AnswerAddress,
    purpose: Purpose,
    council: Council,
    asked: Question | None,
    now: datetime,
) -> Standing:
    if not may_act(connection, address):
        return Standing.NOT_YOURS
    if asked is not None and asked.message.state != MessageState.HELD.value:
        return Standing.DECIDED
    if address.used_at is not None:
        return Standing.USED
    if purpose is Purpose.DECIDE and asked is not None:
        words = words_of(council, address.login, asked.message.person, clock.today_in_london(now))
        if Need.CLERK not in words and not words & asked.needs:
            return Standing.NOT_YOURS
        if not words & asked.needs:
            return Standing.DECIDED
    elif asked is not None:
        if not asked.options(purpose):
            return Standing.DECIDED
    elif acknowledgements.acknowledged(connection, council, address.login):
        return Standing.DECIDED
    return Standing.EXPIRED if now >= address.expires_at else Standing.OPEN
