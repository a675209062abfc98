"""Passwords that are checked by the council's own mail server, so that people keep the one they have.

Only logins known here are passed on. One that was right is remembered for some minutes (`proven`), so that a
client which logs in for each message does not become a flood of logins at the server; a password changed
there meanwhile is found out by asking, the old one keeps working until the memory ends.

An unknown login is answered after as long as a wrong password usually takes, without asking anybody.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from config.settings import AuthSettings, UpstreamSettings
from gateway import logs
from gateway.submission.auth.accounts import Account
from gateway.submission.auth.authenticator import Unavailable
from gateway.submission.auth.sasl import Credentials
from gateway.upstream.imap_login import imap_login
from gateway.upstream.smtp_login import NoAnswer, smtp_login

AT_ONCE = 8
"""Logins that mail servers are asked about at the same time."""

_log = logs.get("submission")

Ask = Callable[[Account, str], Awaitable[bool]]
"""Asks a mail server whether a password is right. Raises NoAnswer."""


class PassThrough:
    """Passwords checked elsewhere. `clock` gives seconds that only go forward."""

    def __init__(self, ask: Ask, clock: Callable[[], float]) -> None:
        self._ask = ask
        self._clock = clock
        self._usual_seconds = 0.2

    async def matches(self, account: Account | None, credentials: Credentials) -> bool:
        """See PasswordCheck."""
        if account is None:
            await asyncio.sleep(self._usual_seconds)
            return False
        begun = self._clock()
        try:
            right = await self._ask(account, credentials.password)
        except NoAnswer as error:
            _log.error("password check unavailable", upstream=account.upstream, reason=error.reason)
            raise Unavailable from None
        if not right:
            self._usual_seconds += (self._clock() - begun - self._usual_seconds) / 4
        return right


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
