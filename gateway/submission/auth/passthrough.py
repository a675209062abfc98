"""Passwords that are checked by the council's own mail server, so that people keep the one they have.

Only logins known here are passed on. One that was right is remembered for some minutes as an argon2id hash,
so that a client which logs in for each message does not become a flood of logins at the server; a password
changed there meanwhile is found out by asking, the old one keeps working until the memory ends.

An unknown login is answered after as long as a check usually takes, without asking anybody.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from config.settings import AuthSettings, UpstreamSettings
from gateway import logs
from gateway.submission.auth.accounts import Account
from gateway.submission.auth.authenticator import Unavailable
from gateway.submission.auth.hashing import Busy, Hashing
from gateway.submission.auth.sasl import Credentials
from gateway.upstream.imap_login import imap_login
from gateway.upstream.smtp_login import NoAnswer, smtp_login

_log = logs.get("submission")
_MOST_REMEMBERED = 65_536
_AT_ONCE = 8

Ask = Callable[[Account, str], Awaitable[bool]]
"""Asks a mail server whether a password is right. Raises NoAnswer."""


class PassThrough:
    """Passwords checked elsewhere. `clock` gives seconds that only go forward."""

    def __init__(self, ask: Ask, hashing: Hashing, cache_seconds: float, clock: Callable[[], float]) -> None:
        self._ask = ask
        self._hashing = hashing
        self._cache_seconds = cache_seconds
        self._clock = clock
        self._remembered: OrderedDict[str, tuple[str, float]] = OrderedDict()
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._usual_seconds = 0.2

    async def matches(self, account: Account | None, credentials: Credentials) -> bool:
        """See PasswordCheck."""
        try:
            if account is None:
                await self._hashing.matches(None, credentials.password)
                await asyncio.sleep(self._usual_seconds)
                return False
            remembered = self._recall(account.login)
            if await self._hashing.matches(remembered, credentials.password):
                return True
            right = await self._asked(account, credentials.password)
            if right:
                await self._remember(account.login, credentials.password)
        except Busy:
            raise Unavailable from None
        return right

    async def _asked(self, account: Account, password: str) -> bool:
        async with self._slots:
            begun = self._clock()
            try:
                right = await self._ask(account, password)
            except NoAnswer as error:
                _log.error("password check unavailable", upstream=account.upstream, reason=error.reason)
                raise Unavailable from None
            if not right:
                self._usual_seconds += (self._clock() - begun - self._usual_seconds) / 4
            return right

    def _recall(self, login: str) -> str | None:
        password_hash, until = self._remembered.get(login, (None, 0.0))
        if password_hash is not None and self._clock() >= until:
            del self._remembered[login]
            return None
        return password_hash

    async def _remember(self, login: str, password: str) -> None:
        password_hash = await self._hashing.hash(password)
        self._remembered[login] = (password_hash, self._clock() + self._cache_seconds)
        self._remembered.move_to_end(login)
        if len(self._remembered) > _MOST_REMEMBERED:
            self._remembered.popitem(last=False)


def ask_upstream(upstreams: dict[str, UpstreamSettings], hostname: str) -> Ask:
    """Ask the mail server of the account's council by SMTP AUTH."""

    async def ask(account: Account, password: str) -> bool:
        upstream = upstreams.get(account.upstream or "default")
        if upstream is None:
            raise NoAnswer("no such upstream")
        return await smtp_login(upstream, hostname, account.login, password)

    return ask


def ask_imap(auth: AuthSettings) -> Ask:
    """Ask the mailbox server of the installation by an IMAP login."""

    async def ask(account: Account, password: str) -> bool:
        if auth.imap_host is None:
            raise NoAnswer("no IMAP server is set")
        return await imap_login(auth.imap_host, auth.imap_port, auth.imap_ca, account.login, password)

    return ask
