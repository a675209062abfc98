"""From credentials to an account: brake, look up, check, and one answer for everything that is wrong."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address
from typing import Protocol

from config.address import BadAddress, canonical
from gateway import logs, metrics
from gateway.submission.auth.accounts import Account, Accounts
from gateway.submission.auth.hashing import Busy, Hashing
from gateway.submission.auth.sasl import Credentials
from gateway.submission.auth.throttle import Throttle

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
        try:
            return await self._hashing.matches(
                account.password_hash if account else None, credentials.password
            )
        except Busy:
            raise Unavailable from None


class Authenticator:
    """The only way in. Failures are logged as `auth failed` with `peer` and `reason`, also for fail2ban."""

    def __init__(self, accounts: Accounts, check: PasswordCheck, throttle: Throttle) -> None:
        self._accounts = accounts
        self._check = check
        self._throttle = throttle

    async def authenticate(self, credentials: Credentials, peer: IPv4Address | IPv6Address) -> Account:
        """The account that the credentials are for. Raises Wrong, Later."""
        login = _canonical(credentials.login)
        key = login or credentials.login
        if not self._throttle.take(key, peer):
            _failed(peer, "throttled", None)
            raise Later
        try:
            account = await self._accounts.find(login) if login else None
            standing = account if account is not None and account.stands else None
            right = await self._check.matches(standing, credentials)
        except Unavailable:
            self._throttle.give_back(key, peer)
            _failed(peer, "unavailable", None)
            raise Later from None
        except Exception:
            self._throttle.give_back(key, peer)
            raise
        if right and standing is not None:
            self._throttle.succeeded(key, peer)
            return standing
        _failed(peer, _reason(account), account)
        raise Wrong


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


def _failed(peer: IPv4Address | IPv6Address, reason: str, account: Account | None) -> None:
    """One line for each failure. The login is named only where there is such an account."""
    metrics.AUTH_FAILURES.labels(reason=reason).inc()
    known = {"login": account.login} if account else {}
    _log.warning("auth failed", peer=str(peer), reason=reason, **known)
