"""From credentials to an account: brake, wait, look up, check, and one answer for everything that is wrong."""

from __future__ import annotations

import asyncio
from typing import Protocol

from config.address import BadAddress, canonical
from gateway import logs, metrics
from gateway.submission.auth.accounts import Account, Accounts
from gateway.submission.auth.hashing import Hashing
from gateway.submission.auth.proven import Proven
from gateway.submission.auth.sasl import Credentials
from gateway.submission.auth.shared import Shared
from gateway.submission.auth.throttle import Throttle
from gateway.submission.auth.turns import Crowded, Place, Standing, Turns
from gateway.submission.doors import Peer, network_of

_log = logs.get("submission")


class Wrong(Exception):
    """The login is unknown, ended or disabled, or the password is wrong. Nobody is told which."""


class Later(Exception):
    """The login cannot be checked just now."""


class Unavailable(Exception):
    """Whoever checks passwords cannot be asked."""


class PasswordCheck(Protocol):
    """Where passwords are checked."""

    async def matches(self, account: Account | None, credentials: Credentials) -> bool:
        """Whether the password is the account's; with no account the same work for nothing.

        Raises Unavailable.
        """


class Local:
    """Accounts whose argon2id hashes are kept here."""

    def __init__(self, hashing: Hashing) -> None:
        self._hashing = hashing

    async def matches(self, account: Account | None, credentials: Credentials) -> bool:
        """See PasswordCheck."""
        return await self._hashing.matches(account.password_hash if account else None, credentials.password)


class Authenticator:
    """The only way in. Failures are logged as `auth failed` with `peer` and `reason`, also for fail2ban."""

    def __init__(
        self,
        accounts: Accounts,
        check: PasswordCheck,
        throttle: Throttle,
        turns: Turns,
        proven: Proven,
        shared: Shared,
    ) -> None:
        self._accounts = accounts
        self._check = check
        self._throttle = throttle
        self._turns = turns
        self._proven = proven
        self._shared = shared
        self._checking: set[asyncio.Task[Account]] = set()

    async def authenticate(self, credentials: Credentials, peer: Peer) -> Account:
        """The account that the credentials are for. Raises Wrong, Later.

        Once its turn has come a login is checked to its end and counted, whether or not the client waits for
        it: nobody guesses for nothing by going away.
        """
        login = _canonical(credentials.login)
        key = login or credentials.login
        standing = await self._standing(login, key, peer)
        try:
            if login is not None and (account := await self._proven_account(login, credentials)) is not None:
                self._throttle.succeeded(key, peer)
                self._shared.succeeded(login, peer)
                return account
            place = await self._turns.enter(network_of(peer), standing)
        except BaseException as error:
            self._throttle.give_back(key, peer)
            if isinstance(error, Crowded):
                _failed(peer, "crowded", None)
                raise Later from None
            raise
        task = asyncio.get_running_loop().create_task(self._checked(login, credentials, peer))
        self._checking.add(task)
        task.add_done_callback(lambda done: self._end(done, place))
        return await asyncio.shield(task)

    async def close(self) -> None:
        """Let what others are to know of failures here be written."""
        await self._shared.close()

    async def _standing(self, login: str | None, key: str, peer: Peer) -> Standing:
        """Take an attempt, and say who goes first. Raises Later where there is none left."""
        if self._throttle.spent(peer):
            _failed(peer, "throttled", None)
            raise Later
        seen = await self._shared.look(login, peer, self._throttle.is_familiar(key, peer))
        if seen.familiar:
            self._throttle.met(key, peer)
        if seen.blocked or not self._throttle.take(key, peer):
            _failed(peer, "throttled", None)
            raise Later
        standing = self._throttle.standing(key, peer)
        return Standing.SUSPECT if seen.failed and standing is Standing.CLEAN else standing

    async def _proven_account(self, login: str, credentials: Credentials) -> Account | None:
        """The account, where these credentials were right a short while ago and still are."""
        if not self._proven.has(login, credentials):
            return None
        account = await self._accounts.find(login)
        return account if account is not None and self._proven.still(account) else None

    async def _checked(self, login: str | None, credentials: Credentials, peer: Peer) -> Account:
        """The account, looked up and checked. Raises Wrong, Later, and whatever keeps us from telling."""
        key = login or credentials.login
        try:
            account = await self._accounts.find(login) if login else None
            standing = account if account is not None and account.stands else None
            right = await self._check.matches(standing, credentials)
        except Unavailable:
            self._throttle.give_back(key, peer)
            _failed(peer, "unavailable", None)
            raise Later from None
        except BaseException:
            self._throttle.give_back(key, peer)
            raise
        if right and standing is not None:
            self._throttle.succeeded(key, peer)
            self._shared.succeeded(standing.login, peer)
            self._proven.remember(standing, credentials)
            return standing
        self._throttle.failed(key, peer)
        self._turns.suspect(network_of(peer))
        self._shared.failed(login, peer, self._throttle.is_familiar(key, peer))
        _failed(peer, _reason(account), account)
        raise Wrong

    def _end(self, task: asyncio.Task[Account], place: Place) -> None:
        self._turns.leave(place)
        self._checking.discard(task)
        if not task.cancelled():
            task.exception()  # Seen, also where nobody waits for it any more.


def _canonical(login: str) -> str | None:
    try:
        return canonical(login)
    except BadAddress:
        return None


def _reason(account: Account | None) -> str:
    if account is None:
        return "unknown"
    if account.disabled:
        return "disabled"
    return "credentials" if account.stands else "ended"


def _failed(peer: Peer, reason: str, account: Account | None) -> None:
    """One line for each failure. The login is named only where there is such an account."""
    metrics.AUTH_FAILURES.labels(reason=reason).inc()
    known = {"login": account.login} if account else {}
    _log.warning("auth failed", peer=str(peer), reason=reason, **known)
