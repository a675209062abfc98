"""The job that makes a copy: into the sender's Sent folder, or in a letter to the sender."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from config.council import Council
from config.sent_copy import CopyWay, SentCopy
from config.settings import MailboxSettings, Settings
from gateway import clock, logs, metrics
from gateway.archive.versions import Altered, as_sent
from gateway.jobs.task import Done, Task
from gateway.notices.sent_copy import sent_copy
from gateway.sent.order import Order
from gateway.sent.rest import Key, Rest
from gateway.sent.whose import mailbox_of
from gateway.store import archive, councils, messages
from gateway.store.errors import NotFound
from gateway.upstream.imap import ImapFailed, ImapServer, ImapStep
from gateway.upstream.imap_folder import Filing, LoginRefused, Opening, file_once

AT_ONCE = 4
"""Most conversations with mailbox servers at the same time."""

_REST = timedelta(minutes=1)
_LONGER_REST = timedelta(minutes=10)
"""After a refused login, which may count towards locking the mailbox."""

_LONGEST_REST = timedelta(minutes=15)
_SHORTEST_WAIT, _LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=2)
_GIVE_UP = timedelta(hours=72)
"""Where the settings do not know the mailbox server, and so not its own time either."""

_log = logs.get("sent")


@dataclass(frozen=True, slots=True)
class _Trouble:
    """Why there is no copy yet. `ours` is what only the host can mend; `rested` where nobody was asked."""

    step: str
    reason: str
    ours: bool = False
    rested: datetime | None = None


@dataclass(slots=True)
class Copies:
    """Makes copies. `settings` may be replaced by newer ones at any time."""

    settings: Settings
    rest: Rest = field(default_factory=Rest)
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(AT_ONCE, "imap"))

    def reload(self, settings: Settings) -> None:
        """Go on with new settings, and ask everybody anew."""
        self.settings = settings
        self.rest = Rest()

    def close(self) -> None:
        """No copy is made any more."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def make(self, task: Task) -> datetime | Done | None:
        """Make the copy that the job asks for, or say when to try again. See `gateway.jobs.task.Handler`."""
        order = Order.of(task.job)
        try:
            council, login = await task.read(lambda c: _read(c, task.job.council, order.message))
            wish = council.sent_copy
            to = mailbox_of(council, login, clock.today_in_london(order.sent_at))
            if wish.way is CopyWay.OFF or to is None:
                self._none(task, wish, "no mailbox" if to is None else "not wanted")
                return None
            trouble = self._kept_from(task, wish, to) if wish.way is CopyWay.SENT_FOLDER else None
            if trouble is not None:
                return self._later(task, order, wish, trouble)
            sent = await task.read(lambda c: as_sent(c, council.id, order.message, order.departure))
        except (Altered, NotFound):
            # The archive's verification says more of it.
            _log.error("copy given up", council=task.job.council, message=task.job.key, reason="not as sent")
            metrics.SENT_COPIES.labels("unknown", "given up").inc()
            return None
        if wish.way is CopyWay.MAIL:
            return await self._mail(task, order, council, to, sent)
        trouble = await self._file(task, order, wish, to, sent)
        return None if trouble is None else self._later(task, order, wish, trouble)

    async def _mail(self, task: Task, order: Order, council: Council, to: str, sent: bytes) -> Done:
        upstream = self.settings.bounce_route(council.upstream)
        letter = await asyncio.to_thread(
            sent_copy, council, to, order.message, sent, order.sent_at, task.now(), upstream
        )
        done = await task.write_last(lambda c: messages.write_own(c, letter, task.now()))
        self._made(task, CopyWay.MAIL, "made")
        return done

    def _kept_from(self, task: Task, wish: SentCopy, to: str) -> _Trouble | None:
        """What keeps us from asking at all, if anything does."""
        if wish.mailboxes not in self.settings.mailboxes:
            return _Trouble("settings", "the settings name no such mailbox server", ours=True)
        keys: tuple[Key, Key] = ((wish.mailboxes,), (wish.mailboxes, to))
        until = max((end for key in keys if (end := self.rest.until(key, task.now()))), default=None)
        return None if until is None else _Trouble("rest", "left in peace", rested=until)

    async def _file(self, task: Task, order: Order, wish: SentCopy, to: str, sent: bytes) -> _Trouble | None:
        """Put the copy into the mailbox of `to`; what kept us from it, if anything did."""
        settings, rest = self.settings.mailboxes[wish.mailboxes], self.rest
        mailbox = (wish.mailboxes, to)
        filing = Filing(sent, order.sent_at, ("Received", order.message), wish.folder)
        try:
            filed = await file_once(self._pool, _server(settings), _opening(settings, to), filing)
        except LoginRefused:
            metrics.MAILBOX_LOGIN_REFUSED.labels(wish.mailboxes).set(1)
            rest.begin(mailbox, task.now(), _LONGER_REST)
            return _Trouble("login", "the login was refused", ours=True)
        except ImapFailed as failed:
            whose = mailbox if failed.step is ImapStep.COMMAND else (wish.mailboxes,)
            rest.begin(whose, task.now(), _REST)
            return _Trouble(failed.step.value, failed.reason, ours=failed.step is ImapStep.TLS)
        metrics.MAILBOX_LOGIN_REFUSED.labels(wish.mailboxes).set(0)
        self._made(task, wish.way, "made" if filed else "there already")
        return None

    def _later(self, task: Task, order: Order, wish: SentCopy, trouble: _Trouble) -> datetime | None:
        """When to try again; None where it has been tried for long enough."""
        now = task.now()
        age = now - order.sent_at
        settings = self.settings.mailboxes.get(wish.mailboxes)
        given_up = age >= (_GIVE_UP if settings is None else timedelta(hours=settings.give_up_hours))
        if trouble.rested is not None and not given_up:
            # Seldom, where many wait: each look is a transaction.
            return max(trouble.rested, now + min(age / 4, _LONGEST_REST))
        again = None if given_up else now + max(_SHORTEST_WAIT, min(age, _LONGEST_WAIT))
        metrics.SENT_COPIES.labels(wish.way.value, "given up" if given_up else "failed").inc()
        say = _log.error if given_up or trouble.ours else _log.warning
        say(
            "copy given up" if given_up else "no copy yet",
            council=task.job.council,
            message=order.message,
            mailboxes=wish.mailboxes,
            step=trouble.step,
            reason=trouble.reason,
            again=again.isoformat() if again else None,
        )
        return again

    def _made(self, task: Task, way: CopyWay, result: str) -> None:
        metrics.SENT_COPIES.labels(way.value, result).inc()
        _log.info("copy made", council=task.job.council, message=task.job.key, way=way.value, result=result)

    def _none(self, task: Task, wish: SentCopy, why: str) -> None:
        metrics.SENT_COPIES.labels(wish.way.value, why).inc()
        _log.info("no copy", council=task.job.council, message=task.job.key, why=why)


def _read(connection: Connection, council: str, message: str) -> tuple[Council, str]:
    """The council as it now stands, and the login of who sent the message. Raises NotFound."""
    login = archive.message(connection, council, message).person
    if login is None:
        raise NotFound(f"nobody sent {message}")
    return councils.load(connection, council)[1], login


def _server(settings: MailboxSettings) -> ImapServer:
    return ImapServer(
        settings.host,
        settings.port,
        settings.ca,
        settings.tls,
        settings.connect_seconds,
        settings.command_seconds,
    )


def _opening(settings: MailboxSettings, address: str) -> Opening:
    """The login that opens the mailbox of an address."""
    password = settings.password.get_secret_value()
    if "{address}" in settings.login:
        return Opening(settings.login.replace("{address}", address), password)
    return Opening(settings.login, password, address)
