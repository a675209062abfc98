"""The brake on guessing: buckets of attempts, for each account and each network, filling up with time.

An attempt is taken before any work is done for it and given back when it succeeds, so that many guesses at
once are no way round. A network that an account has logged in from has a bucket of its own for that
account: whoever guesses from elsewhere empties the account's bucket and locks nobody out.

The buckets are this process's own and are never asked for in vain; what all nodes have counted together is in
`gateway.submission.auth.shared`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from gateway.submission.auth.turns import Standing
from gateway.submission.doors import Peer, neighbourhood_of, network_of

SUSPECT_SECONDS = 300.0
"""How long a failure keeps account and network behind others."""

_MOST_BUCKETS = 65_536


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class Throttle:
    """Attempts left. `clock` gives seconds that only go forward."""

    def __init__(self, attempts_per_minute: int, clock: Callable[[], float]) -> None:
        self._capacity = float(attempts_per_minute)
        self._clock = clock
        self._buckets: OrderedDict[bytes, _Bucket] = OrderedDict()
        self._familiar: OrderedDict[bytes, None] = OrderedDict()
        self._failed: OrderedDict[bytes, float] = OrderedDict()

    def spent(self, peer: Peer) -> bool:
        """Whether the peer's network has no attempt left, whatever the account."""
        return self._bucket(_key("network", network_of(peer))).tokens < 1

    def take(self, login: str, peer: Peer) -> bool:
        """Take an attempt at `login` from `peer`; False, and none taken, where there is none left."""
        keys = self._keys(login, peer)
        buckets = [self._bucket(key) for key in keys]
        if any(bucket.tokens < 1 for bucket in buckets):
            return False
        for bucket in buckets:
            bucket.tokens -= 1
        return True

    def give_back(self, login: str, peer: Peer) -> None:
        """The attempt could not be judged: it was not the client's fault."""
        for key in self._keys(login, peer):
            bucket = self._bucket(key)
            bucket.tokens = min(self._capacity, bucket.tokens + 1)

    def succeeded(self, login: str, peer: Peer) -> None:
        """The attempt was right: it is given back, the account is half forgiven, the network is familiar."""
        self.give_back(login, peer)
        self.met(login, peer)
        for key in (_pair(login, peer), _key("account", login)):
            bucket = self._bucket(key)
            bucket.tokens = max(bucket.tokens, self._capacity / 2)

    def met(self, login: str, peer: Peer) -> None:
        """The account has logged in from this network, here or at another node."""
        pair = _pair(login, peer)
        self._familiar[pair] = None
        _trim(self._familiar, pair)

    def is_familiar(self, login: str, peer: Peer) -> bool:
        """Whether the account has logged in from this network."""
        return _pair(login, peer) in self._familiar

    def failed(self, login: str, peer: Peer) -> None:
        """The attempt was wrong: account, network and, for IPv6, those who own the networks beside it."""
        for key in _marked(login, peer):
            self._failed[key] = self._clock()
            _trim(self._failed, key)

    def standing(self, login: str, peer: Peer) -> Standing:
        """Who is to be checked first, where not all can be at once."""
        if self.is_familiar(login, peer):
            return Standing.FAMILIAR
        long_ago = self._clock() - SUSPECT_SECONDS
        suspect = any(self._failed.get(key, long_ago) > long_ago for key in _marked(login, peer))
        return Standing.SUSPECT if suspect else Standing.CLEAN

    def _keys(self, login: str, peer: Peer) -> tuple[bytes, bytes]:
        pair = _pair(login, peer)
        return (
            pair if pair in self._familiar else _key("account", login),
            _key("network", network_of(peer)),
        )

    def _bucket(self, key: bytes) -> _Bucket:
        now = self._clock()
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = _Bucket(self._capacity, now)
        else:
            bucket.tokens = min(self._capacity, bucket.tokens + (now - bucket.at) * self._capacity / 60)
            bucket.at = now
        _trim(self._buckets, key)
        return bucket


def _trim(entries: OrderedDict[bytes, Any], newest: bytes) -> None:
    """Make `newest` the last, and let the first go where there are too many."""
    entries.move_to_end(newest)
    if len(entries) > _MOST_BUCKETS:
        entries.popitem(last=False)


def _pair(login: str, peer: Peer) -> bytes:
    return _key("pair", login, network_of(peer))


def _marked(login: str, peer: Peer) -> tuple[bytes, ...]:
    """Whom a failure is held against."""
    return (
        _key("account", login),
        _key("network", network_of(peer)),
        _key("neighbourhood", neighbourhood_of(peer)),
    )


def _key(*parts: str) -> bytes:
    """A bucket's name. Hashed, because what stands in the login field may be somebody's password."""
    return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).digest()
