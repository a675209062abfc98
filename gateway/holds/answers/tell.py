"""What somebody is told about an answer that they gave: what it came to, or what was not understood."""

from __future__ import annotations

from datetime import datetime

from config.council import Council
from filters.finding import Decision
from gateway.holds.answers import tokens
from gateway.holds.answers.letters import asking
from gateway.holds.answers.options import Purpose
from gateway.holds.answers.parsing import Misread
from gateway.holds.answers.question import Question
from gateway.holds.words import Act
from gateway.notices import held, outcomes, personal
from gateway.notices.outcomes import Told
from gateway.notices.parts import Answering, Waiting
from gateway.store.kinds import MessageState
from gateway.store.messages import Heading, NewMessage

_TOLD = {
    MessageState.RELEASED.value: Told.RELEASED,
    MessageState.REJECTED.value: Told.REJECTED,
    MessageState.RETURNED.value: Told.RETURNED,
}


def address_of(asked: Question) -> str | None:
    """Where the sender of a message is told of it, if there is such a place."""
    row = asked.message
    return row.mail_from or row.person or row.header_from or None


def waiting(asked: Question) -> Waiting:
    """A message as notices show it, with the findings that still wait for somebody's word."""
    row = asked.message
    return Waiting(
        reference=row.id,
        heading=Heading(row.message_id, row.subject, row.header_from, row.from_domain),
        person=row.person,
        decision=Decision(
            findings=tuple(each for each in asked.decision.findings if each.need in asked.needs)
        ),
        recipients=asked.written,
        received_at=row.received_at,
    )


def answering(
    asked: Question, purpose: Purpose, to: str, until: datetime | None, base_url: str | None = None
) -> Answering:
    """How a notice is answered, until `until`: by mail, and by link where there are pages under `base_url`."""
    return Answering(to, asked.options(purpose), until, tokens.link(base_url, to))


def asked_again(
    asked: Question, to: str, wrong: Misread, how: Answering, now: datetime, upstream: str
) -> NewMessage:
    """Their answer was not understood; the question once more."""
    said = held.NotUnderstood(wrong.value)
    return held.asked_again(asked.council, to, waiting(asked), said, now, answering=how, upstream=upstream)


def expired(asked: Question, to: str, how: Answering, now: datetime, upstream: str) -> NewMessage:
    """Their answer came too late; the question afresh."""
    return held.expired(asked.council, to, waiting(asked), now, answering=how, upstream=upstream)


def stands(asked: Question, to: str, how: Answering, now: datetime, upstream: str) -> NewMessage:
    """It still waits: for whom, and what can be chosen."""
    return asking(asked.council, to, waiting(asked), asked.purpose, how, now, upstream)


def decided(asked: Question, to: str, now: datetime, upstream: str) -> NewMessage | None:
    """It has been decided on, and how; None where that is for another message to tell."""
    told = _TOLD.get(asked.message.state)
    if told is None:
        return None
    if told is Told.REJECTED and asked.acts[-1:] == (Act.CANCELLED.value,):
        told = Told.CANCELLED
    if told is Told.RETURNED and asked.acts[-1:] == (Act.SENT_AS_CLERK.value,):
        told = Told.SENT_AS_CLERK
    return outcomes.already_decided(asked.council, to, waiting(asked), told, now, upstream=upstream)


def could_not(asked: Question, to: str, why: str, how: Answering, now: datetime, upstream: str) -> NewMessage:
    """What they chose cannot be done, and why; the question once more."""
    return held.could_not(asked.council, to, waiting(asked), why, now, answering=how, upstream=upstream)


def not_theirs(council: Council, to: str, now: datetime, upstream: str) -> NewMessage:
    """What they wrote was no answer to anything that they were asked. Nothing is told of what was asked of whom."""
    return personal.not_counted(council, to, now, upstream=upstream)


def acknowledged(
    council: Council, to: str, version: str, goes: int, now: datetime, upstream: str
) -> NewMessage:
    """They have read the monitoring notice, and how many messages of theirs go now that they have."""
    return personal.acknowledged(council, to, version, now, sent=goes, upstream=upstream)
