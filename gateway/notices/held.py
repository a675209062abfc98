"""What a sender is told about a held message: at once when it is held, and again when it is decided."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row

from config.council import Council
from config.policy import Verdict
from filters.finding import Decision, Need
from gateway.notices.letter import answered
from gateway.notices.notice import notice
from gateway.notices.render import one_line
from gateway.store.messages import Heading, NewMessage


class Told(StrEnum):
    """What became of a held message."""

    RELEASED = "released"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


_OUTCOMES = {
    Told.RELEASED: ("Sent", 'Your message "{}" waited for a decision and has now been sent.'),
    Told.REJECTED: ("Not sent", 'Your message "{}" was looked at, and it will not be sent.'),
    Told.CANCELLED: ("Not sent", 'Your message "{}" will not be sent, as you decided.'),
}

_WAITS_FOR = {
    frozenset({Need.SENDER}): ("Waiting for you", "It is waiting for your word."),
    frozenset({Need.CLERK}): ("Waiting for the Clerk", "It is waiting for the Clerk to look at it."),
    frozenset({Need.MODERATOR}): ("Waiting to be looked at", "It is waiting for a moderator to look at it."),
}
_FOR_SEVERAL = (
    "Waiting for you and the Clerk",
    "It is waiting for your word, and for the Clerk to look at it.",
)
_FOR_OFFICE = ("Waiting for the Clerk", "It is waiting for the Clerk and a moderator to look at it.")

_NOTHING_TO_DO = (
    "You do not need to do anything. The message stays safe until the Clerk has decided, and you will be "
    "told what was decided. Please do not send it again."
)
_YOUR_WORD = (
    "If it should go as it is, or should not go at all, tell the Clerk's office and give the reference below. "
    "If you want to change it, write it anew and send that; then have this one cancelled. The message stays "
    "safe until you decide, and it is never sent without your word."
)


def when_held(
    council: Council, sender: str, heading: Heading, message: str, decision: Decision, now: datetime
) -> NewMessage:
    """The notice that a message waits, for whom, with each reason and what was seen."""
    title, waits = _waits(decision.needs)
    paragraphs = [f'Your message "{_subject(heading.subject)}" has not been sent yet. {waits}', "Why:"]
    for finding in decision.findings:
        if finding.effect >= Verdict.ASK:
            paragraphs.append(finding.reason)
            paragraphs += [f"    {one_line(item.where)}: {one_line(item.text)}" for item in finding.evidence]
            paragraphs.append(f"This is asked for by: {finding.clause}.")
    paragraphs += [_YOUR_WORD if Need.SENDER in decision.needs else _NOTHING_TO_DO, f"Reference: {message}"]
    return _notice(council, sender, heading, message, title, paragraphs, now)


def after_decision(council: Council, row: Row[Any], told: Told, why: str, now: datetime) -> NewMessage | None:
    """The notice of what was decided; None where the message had no sender to tell."""
    sender = row.mail_from or row.person or row.header_from
    if not sender:
        return None
    title, sentence = _OUTCOMES[told]
    paragraphs = [sentence.format(_subject(row.subject))]
    if why:
        paragraphs += ["Note on the decision:", f"    {one_line(why, 2000)}"]
    paragraphs.append(f"Reference: {row.id}")
    heading = Heading(row.message_id, row.subject, row.header_from, row.from_domain)
    return _notice(council, sender, heading, row.id, title, paragraphs, now)


def _waits(needs: frozenset[Need]) -> tuple[str, str]:
    """For whom a message waits: for the notice's subject, and in a sentence."""
    if needs in _WAITS_FOR:
        return _WAITS_FOR[needs]
    return _FOR_SEVERAL if Need.SENDER in needs else _FOR_OFFICE


def _subject(subject: str) -> str:
    return one_line(subject) or "(no subject)"


def _notice(
    council: Council,
    sender: str,
    heading: Heading,
    message: str,
    title: str,
    paragraphs: list[str],
    now: datetime,
) -> NewMessage:
    return notice(
        council,
        sender,
        message,
        f"{title}: {_subject(heading.subject)}",
        paragraphs,
        now,
        upstream=council.upstream,
        in_reply_to=answered(heading.message_id),
    )
