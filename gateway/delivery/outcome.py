"""What replies come to: sent, failed, or to be tried again and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from gateway.delivery.schedule import Schedule
from gateway.store.kinds import RecipientState
from gateway.store.queue import Departing, DueRecipient, Outcome
from gateway.upstream.reply import UpstreamReply

EXPIRED = "4.4.7"
"""Delivery time expired (RFC 3463 §3.5)."""

_TOO_MANY_RECIPIENTS = "4.5.3"


@dataclass(frozen=True, slots=True)
class Judged:
    """One recipient, the last reply about them, and what it came to."""

    recipient: DueRecipient
    reply: UpstreamReply
    outcome: Outcome


def judge(
    departing: Departing,
    replies: Mapping[int, UpstreamReply],
    otherwise: UpstreamReply | None,
    schedule: Schedule,
    now: datetime,
) -> list[Judged]:
    """What the replies come to. Recipients without one get `otherwise`; where that is None, nothing."""
    any_sent = any(reply.accepted for reply in replies.values())
    judged = []
    for recipient in departing.recipients:
        reply = replies.get(recipient.number, otherwise)
        if reply is not None:
            judged.append(
                Judged(recipient, reply, _outcome(departing, recipient, reply, any_sent, schedule, now))
            )
    return judged


def _outcome(
    departing: Departing,
    recipient: DueRecipient,
    reply: UpstreamReply,
    any_sent: bool,
    schedule: Schedule,
    now: datetime,
) -> Outcome:
    said = str(reply)
    if reply.accepted:
        return Outcome(recipient.number, RecipientState.SENT, said, reply.status)
    if reply.permanent:
        return Outcome(recipient.number, RecipientState.FAILED, said, reply.status)
    if schedule.given_up(departing.queued_at, now):
        return Outcome(recipient.number, RecipientState.FAILED, said, EXPIRED)
    if any_sent and reply.status == _TOO_MANY_RECIPIENTS:
        # RFC 5321 §4.5.3.1.10: the others go in a transaction of their own, straight away.
        return Outcome(recipient.number, RecipientState.QUEUED, said, reply.status, now)
    again = now + schedule.wait(departing.claim.attempts + 1)
    return Outcome(recipient.number, RecipientState.QUEUED, said, reply.status, again)
