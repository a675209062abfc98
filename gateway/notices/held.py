"""What a sender is told about a held message: at once when it is held, and again when it is decided."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row

from config.council import Council
from config.policy import Verdict
from filters.finding import Decision
from gateway.notices.letter import answered
from gateway.notices.notice import notice
from gateway.notices.render import one_line
from gateway.store.messages import Heading, NewMessage


class Told(StrEnum):
    """What became of a held message."""

    RELEASED = "released"
    REJECTED = "rejected"


def when_held(
    council: Council, sender: str, heading: Heading, message: str, decision: Decision, now: datetime
) -> NewMessage:
    """The notice that a message waits for the Clerk, with each reason and what was seen."""
    paragraphs = [
        f'Your message "{_subject(heading.subject)}" has not been sent yet. '
        "It is waiting for the Clerk to look at it.",
        "Why:",
    ]
    for finding in decision.findings:
        if finding.effect >= Verdict.ASK:
            paragraphs.append(finding.reason)
            paragraphs += [f"    {one_line(item.where)}: {one_line(item.text)}" for item in finding.evidence]
            paragraphs.append(f"This is asked for by: {finding.clause}.")
    paragraphs += [
        "You do not need to do anything. The message stays safe until the Clerk has decided, and you will be "
        "told what was decided. Please do not send it again.",
        f"Reference: {message}",
    ]
    return _notice(council, sender, heading, message, "Waiting for the Clerk", paragraphs, now)


def after_decision(council: Council, row: Row[Any], told: Told, why: str, now: datetime) -> NewMessage | None:
    """The notice of what was decided; None where the message had no sender to tell."""
    sender = row.mail_from or row.person or row.header_from
    if not sender:
        return None
    subject = _subject(row.subject)
    if told is Told.RELEASED:
        paragraphs = [f'The Clerk has looked at your message "{subject}" and it has now been sent.']
        title = "Sent"
    else:
        paragraphs = [
            f'The Clerk has looked at your message "{subject}" and decided that it will not be sent.'
        ]
        title = "Not sent"
    if why:
        paragraphs += ["The Clerk's note:", f"    {one_line(why, 2000)}"]
    paragraphs.append(f"Reference: {row.id}")
    heading = Heading(row.message_id, row.subject, row.header_from, row.from_domain)
    return _notice(council, sender, heading, row.id, title, paragraphs, now)


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
