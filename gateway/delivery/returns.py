"""Telling an author what could not be delivered: whom to tell at all, and what is put into the bounce."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from config.council import Council
from gateway import logs, metrics
from gateway.delivery.outcome import EXPIRED, Judged
from gateway.delivery.port import Clock, Queue
from gateway.notices.bounce import Failure, Undelivered, bounce, subject
from gateway.notices.delivery_status import Action, Reported
from gateway.notices.progress import Progress, notice
from gateway.notices.progress import subject as progress_subject
from gateway.store.kinds import MessageKind, RecipientState
from gateway.store.messages import Heading, NewMessage, new_id
from gateway.store.queue import Departing

_log = logs.get("delivery")


@dataclass(frozen=True, slots=True)
class Returns:
    """Writes bounces, and the word that mail was handed on.

    `hostname` is what they call this host; `route` says which upstream takes the null sender for another.
    """

    queue: Queue
    clock: Clock
    hostname: str
    route: Callable[[str], str]

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
        message_id = f"<{new_id(now)}@{council.notice_sender.rpartition('@')[2]}>"
        raw = bounce(undelivered, message_id)
        return self._letter(departing, council, MessageKind.BOUNCE, raw, message_id, subject(undelivered))

    async def relayed(
        self, departing: Departing, judged: Sequence[Judged], original: bytes, host: str
    ) -> NewMessage | None:
        """The word that an upstream which reports nothing took it for those whose sender asked to be told.

        None where there is nobody to tell, or nothing. Raises StoreError.
        """
        if departing.kind is not MessageKind.SUBMITTED or not departing.mail_from:
            return None
        sent = [one for one in judged if one.outcome.state is RecipientState.SENT and _asked_for(one)]
        if not sent:
            return None
        council = await self.queue.council(departing.claim.council)
        now = self.clock()
        progress = Progress(
            council=council.name,
            sender=council.notice_sender,
            author=departing.mail_from,
            recipients=tuple(_relayed(one, host, now) for one in sent),
            original=original,
            envid=departing.envid,
            received_at=departing.received_at,
            written_at=now,
            hostname=self.hostname,
            reference=departing.claim.message,
        )
        message_id = f"<{new_id(now)}@{council.notice_sender.rpartition('@')[2]}>"
        raw = notice(progress, message_id)
        about = progress_subject(progress)
        return self._letter(departing, council, MessageKind.NOTICE, raw, message_id, about)

    def _letter(
        self,
        departing: Departing,
        council: Council,
        kind: MessageKind,
        raw: bytes,
        message_id: str,
        about: str,
    ) -> NewMessage:
        domain = council.notice_sender.rpartition("@")[2]
        return NewMessage(
            council=council.id,
            kind=kind,
            raw=raw,
            mail_from="",
            recipients=(departing.mail_from,),
            heading=Heading(message_id, about, council.notice_sender, domain),
            upstream=self.route(council.upstream),
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


def _asked_for(one: Judged) -> bool:
    """Whether the sender wants to hear of this recipient's success (NOTIFY, RFC 3461 §4.1)."""
    return one.recipient.notify is not None and "SUCCESS" in one.recipient.notify.upper().split(",")


def _relayed(one: Judged, host: str, now: datetime) -> Reported:
    return Reported(
        address=one.recipient.address,
        orcpt=one.recipient.orcpt,
        action=Action.RELAYED,
        status=one.outcome.status,
        reply=str(one.reply),
        remote=host,
        attempted_at=now,
    )


def _failure(one: Judged, host: str) -> Failure:
    return Failure(
        address=one.recipient.address,
        orcpt=one.recipient.orcpt,
        status=one.outcome.status,
        reply=str(one.reply),
        remote="" if one.reply.local else host,
        expired=one.outcome.status == EXPIRED,
    )
