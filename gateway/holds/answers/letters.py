"""The letter that asks the sender of a waiting message, with the address that it is answered to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from config.council import Council
from gateway.holds.acknowledged import asked_before
from gateway.holds.answers import tokens
from gateway.holds.answers.options import Purpose, offered, purpose_of
from gateway.notices import held, personal
from gateway.notices.parts import Answering, Waiting
from gateway.store.entry import Entry
from gateway.store.messages import NewMessage


def first_letter(
    council: Council,
    to: str,
    entry: Entry,
    key: bytes,
    days: float,
    on: date,
    upstream: str,
    base_url: str | None = None,
) -> NewMessage:
    """The letter that tells the sender of `entry` that it waits, and asks what is to be asked.

    It goes to the address `to`, with a link where there are pages under `base_url`.
    Where nobody is known to have sent it nobody can be asked, and it is not answered.
    """
    purpose, recipients = purpose_of(entry.decision), entry.envelope.recipients
    waiting = Waiting(
        reference=entry.id,
        heading=entry.heading,
        person=entry.person,
        decision=entry.decision,
        recipients=tuple(each.address for each in recipients),
        received_at=entry.received_at,
    )
    if entry.person is None:
        return asking(council, to, waiting, purpose, Answering(), entry.received_at, upstream)
    made = tokens.make(key, council, entry.id, entry.person, purpose, entry.received_at, days)
    options = offered(
        council,
        entry.decision,
        [each.canonical for each in recipients],
        sender=entry.person,
        on=on,
        purpose=purpose,
    )
    how = Answering(made.address, options, made.row.expires_at, tokens.link(base_url, made.address))
    letter = asking(council, to, waiting, purpose, how, entry.received_at, upstream)
    return replace(letter, answer=made.row)


def asking(
    council: Council,
    to: str,
    waiting: Waiting,
    purpose: Purpose,
    how: Answering,
    now: datetime,
    upstream: str,
) -> NewMessage:
    """The letter for this purpose: the monitoring notice, once, or why the message waits and what can be chosen."""
    notice = council.monitoring_notice
    shown = asked_before(waiting.decision)
    if purpose is Purpose.NOTICE and notice is not None and waiting.person is not None and not shown:
        return personal.monitoring(
            council,
            to,
            waiting.person,
            notice.version,
            notice.text,
            now,
            text_cy=notice.text_cy,
            waiting=waiting,
            answering=how,
            upstream=upstream,
        )
    return held.when_held(
        council,
        to,
        waiting.heading,
        waiting.reference,
        waiting.decision,
        now,
        recipients=waiting.recipients,
        person=waiting.person,
        answer_to=how.to,
        answer_until=how.until,
        options=how.options,
        link=how.link,
        upstream=upstream,
    )
