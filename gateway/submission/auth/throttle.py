"""The brake on guessing: buckets of attempts, for each account and each network, filling up with time.

An attempt is taken before any work is done for it and given back when it succeeds, so that many guesses at
once are no way round. A network that an account has logged in from has a bucket of its own for that
account: whoever guesses from elsewhere empties the account's bucket and locks nobody out.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from ipaddress import IPv4Address, IPv6Address

from gateway.submission.doors import network_of

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

    def take(self, login: str, peer: IPv4Address | IPv6Address) -> bool:
        """Take an attempt at `login` from `peer`; False, and none taken, where there is none left."""
        keys = self._keys(login, peer)
        buckets = [self._bucket(key) for key in keys]
        if any(bucket.tokens < 1 for bucket in buckets):
            return False
        for bucket in buckets:
            bucket.tokens -= 1
        return True

    def give_back(self, login: str, peer: IPv4Address | IPv6Address) -> None:
        """The attempt could not be judged: it was not the client's fault."""
        for key in self._keys(login, peer):
            bucket = self._bucket(key)
            bucket.tokens = min(self._capacity, bucket.tokens + 1)

    def succeeded(self, login: str, peer: IPv4Address | IPv6Address) -> None:
        """The attempt was right: it is given back, the account is half forgiven, the network is familiar."""
        self.give_back(login, peer)
        pair = _key("pair", login, network_of(peer))
        self._familiar[pair] = None
        self._familiar.move_to_end(pair)
        if len(self._familiar) > _MOST_BUCKETS:
            self._familiar.popitem(last=False)
        for key in (pair, _key("account", login)):
            bucket = self._bucket(key)
            bucket.tokens = max(bucket.tokens, self._capacity / 2)

    def _keys(self, login: str, peer: IPv4Address | IPv6Address) -> tuple[bytes, bytes]:
        network = network_of(peer)
        pair = _key("pair", login, network)
        return (pair if pair in self._familiar else _key("account", login), _key("network", network))

    def _bucket(self, key: bytes) -> _Bucket:
        now = self._clock()
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = _Bucket(self._capacity, now)
            if len(self._buckets) > _MOST_BUCKETS:
                self._buckets.popitem(last=False)
        else:
            bucket.tokens = min(self._capacity, bucket.tokens + (now - bucket.at) * self._capacity / 60)
            bucket.at = now
            self._buckets.move_to_end(key)
        return bucket


def _key(*parts: str) -> bytes:
    """A bucket's name. Hashed, because what stands in the login field may be somebody's password."""
    return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).digest()
