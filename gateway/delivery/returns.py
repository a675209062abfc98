"""Telling an author what could not be delivered: whom to tell at all, and what is put into the bounce."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gateway import logs, metrics
from gateway.delivery.outcome import EXPIRED, Judged
from gateway.delivery.port import Clock, Queue
from gateway.notices.bounce import Failure, Undelivered, bounce, subject
from gateway.store.kinds import MessageKind, RecipientState
from gateway.store.messages import Heading, NewMessage, new_id
from gateway.store.queue import Departing

_log = logs.get("delivery")


@dataclass(frozen=True, slots=True)
class Returns:
    """Writes bounces. `hostname` is what they call this host."""

    queue: Queue
    clock: Clock
    hostname: str

    async def bounce(
        self, departing: Departing, judged: Sequence[Judged], original: bytes, host: str
    ) -> NewMessage | None:
        """The bounce for those of `judged` who failed, or None where there is nobody to tell, or nothing.

        `original` is the message as it was to be sent, `host` the upstream's name. Raises StoreError.
        """
        failed = [one for one in judged if one.outcome.state is RecipientState.FAILED]
        if not failed:
            return None
        told = _told(departing, failed)
        metrics.BOUNCES.labels(told).inc()
        if told != "yes":
            _log.info(
                "no bounce",
                departure=departing.claim.departure,
                message=departing.claim.message,
                because=told,
                failed=len(failed),
            )
            return None
        return await self._written(departing, [one for one in failed if _wanted(one)], original, host)

    async def _written(
        self, departing: Departing, failed: Sequence[Judged], original: bytes, host: str
    ) -> NewMessage:
        council = await self.queue.council(departing.claim.council)
        now = self.clock()
        undelivered = Undelivered(
            council=council.name,
            sender=council.notice_sender,
            author=departing.mail_from,
            failures=tuple(_failure(one, host) for one in failed),
            original=original,
            ret=departing.ret,
            envid=departing.envid,
            received_at=departing.received_at,
            attempted_at=now,
            hostname=self.hostname,
            reference=departing.claim.message,
        )
        domain = council.notice_sender.rpartition("@")[2]
        message_id = f"<{new_id(now)}@{domain}>"
        return NewMessage(
            council=council.id,
            kind=MessageKind.BOUNCE,
            raw=bounce(undelivered, message_id),
            mail_from="",
            recipients=(departing.mail_from,),
            heading=Heading(message_id, subject(undelivered), council.notice_sender, domain),
            upstream=council.upstream,
            about=departing.claim.message,
        )


def _told(departing: Departing, failed: Sequence[Judged]) -> str:
    """Whether the author is told, in a word: `yes`, or why not."""
    if departing.kind is not MessageKind.SUBMITTED:
        return "our own message"
    if not departing.mail_from:
        return "null sender"
    return "yes" if any(_wanted(one) for one in failed) else "not wanted"


def _wanted(one: Judged) -> bool:
    """Whether the sender wants to hear of this recipient's failure (NOTIFY, RFC 3461 §4.1)."""
    notify = one.recipient.notify
    return notify is None or "FAILURE" in notify.upper().split(",")


def _failure(one: Judged, host: str) -> Failure:
    return Failure(
        address=one.recipient.address,
        orcpt=one.recipient.orcpt,
        status=one.outcome.status,
        reply=str(one.reply),
        remote="" if one.reply.local else host,
        expired=one.outcome.status == EXPIRED,
    )
