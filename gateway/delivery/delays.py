"""Telling authors, once, that their mail still waits.

The table is asked, not the attempts: mail for an upstream that is left in peace is never attempted. That the
author is told is marked in the transaction that writes the notice, so neither a crash nor another node that
looks at the same time has it written twice.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from config.council import Council
from config.settings import Settings
from gateway import logs, metrics
from gateway.delivery.port import Clock
from gateway.notices.delivery_status import Action, Reported
from gateway.notices.progress import Progress, notice, subject
from gateway.store import councils, delays, messages
from gateway.store.database import Database
from gateway.store.delays import Delayed, Waiting
from gateway.store.errors import StoreError
from gateway.store.kinds import MessageKind
from gateway.store.messages import Heading, NewMessage, new_id

_EVERY = 30.0
_AT_ONCE = 100
_TEMPORARY = re.compile(r"\d{3} (4\.\d{1,3}\.\d{1,3})(?=\s|$)")
_NOT_TRIED = "4.4.0"

_log = logs.get("delivery")


@dataclass(slots=True)
class Delays:
    """Looks for mail that has waited for longer than the settings say, and writes the notices."""

    database: Database
    clock: Clock
    settings: Settings

    async def watch(self) -> None:
        """Tell whoever is to be told, until cancelled."""
        while True:
            try:
                while await self.tell() == _AT_ONCE:
                    pass
            except StoreError as error:
                _log.warning("delays not looked for", error=type(error).__name__)
            except Exception:
                _log.exception("delays not looked for")
            await asyncio.sleep(_EVERY)

    async def tell(self) -> int:
        """Tell the authors of some of what waits. Returns how many departures that settled.

        One that defeats us is left for the next time, and hinders no other. Raises StoreError.
        """
        now = self.clock()
        before = now - timedelta(hours=self.settings.delivery.delay_notice_hours)
        found = await self.database.read(lambda c: delays.due(c, before, now, _AT_ONCE))
        settled = 0
        for council, departure in found:
            try:
                told = await self.database.write(lambda c, d=departure: self._tell(c, d), council=council)  # type: ignore[misc]  # mypy cannot infer a lambda with a default.
            except StoreError:
                raise
            except Exception:
                _log.exception("delay notice not written", council=council, departure=departure)
                continue
            settled += 1
            if told:
                metrics.DELAY_NOTICES.labels(council).inc()
        return settled

    def _tell(self, connection: Connection, departure: str) -> bool:
        """Mark it, and write the notice where the author wants one."""
        delayed = delays.take(connection, departure)
        if delayed is None:
            return False
        waiting = [one for one in delayed.recipients if _wanted(one)]
        if not waiting:
            return False
        _, council = councils.load(connection, delayed.council)
        now = self.clock()
        messages.write_own(connection, self._notice(council, delayed, waiting, now), now)
        return True

    def _notice(
        self, council: Council, delayed: Delayed, waiting: list[Waiting], now: datetime
    ) -> NewMessage:
        until = delayed.queued_at + timedelta(hours=self.settings.delivery.give_up_hours)
        progress = Progress(
            council=council.name,
            sender=council.notice_sender,
            author=delayed.author,
            recipients=tuple(_reported(one, until) for one in waiting),
            original=delayed.beginning,
            envid=delayed.envid,
            received_at=delayed.received_at,
            written_at=now,
            hostname=self.settings.hostname,
            reference=delayed.message,
        )
        domain = council.notice_sender.rpartition("@")[2]
        message_id = f"<{new_id(now)}@{domain}>"
        try:
            raw = notice(progress, message_id)
        except Exception:
            _log.exception("delay notice not rendered", message=delayed.message)
            progress = replace(progress, original=b"")
            raw = notice(progress, message_id)
        return NewMessage(
            council=council.id,
            kind=MessageKind.NOTICE,
            raw=raw,
            mail_from="",
            recipients=(delayed.author,),
            heading=Heading(message_id, subject(progress), council.notice_sender, domain),
            upstream=self.settings.bounce_route(council.upstream),
            about=delayed.message,
        )


def _wanted(one: Waiting) -> bool:
    """Whether the sender wants to hear of delays; who said nothing does (RFC 3461 §4.1 leaves it to us)."""
    return one.notify is None or "DELAY" in one.notify.upper().split(",")


def _reported(one: Waiting, until: datetime) -> Reported:
    said = _TEMPORARY.match(one.reply)
    return Reported(
        address=one.address,
        orcpt=one.orcpt,
        action=Action.DELAYED,
        status=said[1] if said is not None else _NOT_TRIED,
        reply=one.reply,
        attempted_at=one.said_at if one.reply else None,
        retry_until=until,
    )
