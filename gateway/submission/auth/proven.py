"""Logins that were right a short while ago: a client that logs in for each message is not checked each time.

What is kept is a keyed hash in memory, whose key is made at the start and goes with the process: neither is
ever written anywhere. It holds for one password hash: a new password ends it.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b

from gateway.submission.auth.accounts import Account
from gateway.submission.auth.sasl import Credentials

_MOST = 65_536


@dataclass(frozen=True, slots=True)
class _Proof:
    digest: bytes
    until: float
    password_hash: str | None


class Proven:
    """Remembers for `seconds`. `clock` gives seconds that only go forward."""

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self._seconds = seconds
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._proofs: OrderedDict[str, _Proof] = OrderedDict()

    def has(self, login: str, credentials: Credentials) -> bool:
        """Whether these were right lately. That they still are, `still` says when the account is looked up."""
        proof = self._proofs.get(login)
        if proof is None:
            return False
        if self._clock() >= proof.until:
            del self._proofs[login]
            return False
        return secrets.compare_digest(proof.digest, self._digest(login, credentials))

    def still(self, account: Account) -> bool:
        """Whether what was right for this login is so for the account as it is now."""
        proof = self._proofs.get(account.login)
        return proof is not None and account.stands and proof.password_hash == account.password_hash

    def remember(self, account: Account, credentials: Credentials) -> None:
        """These were right just now."""
        digest = self._digest(account.login, credentials)
        self._proofs[account.login] = _Proof(digest, self._clock() + self._seconds, account.password_hash)
        self._proofs.move_to_end(account.login)
        if len(self._proofs) > _MOST:
            self._proofs.popitem(last=False)

    def _digest(self, login: str, credentials: Credentials) -> bytes:
        return blake2b(
            f"{login}\0{credentials.password}".encode("utf-8", "surrogatepass"), key=self._key
        ).digest()
