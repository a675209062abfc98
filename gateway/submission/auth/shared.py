"""What all nodes know of failed logins: the same brake as `throttle`, kept in the database.

A block that one node finds holds at all of them, within seconds, and outlives a restart; and so do the networks
that an account has logged in from, or a restart would lock people out whose account is being guessed at.

No reply waits for anything to be written: failures are put together and written every half second, and where
that fails they are forgotten, for the process's own brake has counted them too. Where nothing can be read,
nothing is known. What is kept is bounded: an attacker with ever new names and networks pushes out rows that
say as little as his own.
"""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from typing import Any, Protocol

from gateway import clock, logs
from gateway.store import auth_failures
from gateway.store.auth_failures import Asked, Change, Known
from gateway.store.database import Database
from gateway.submission.doors import Peer, network_of

_log = logs.get("submission")
_BELIEVED_SECONDS = 2.0
_MOST_BELIEVED = 4096
_WRITE_EVERY = 0.5
_MOST_UNWRITTEN = 512
_PRUNE_EVERY = 60.0
_LONGEST_READ = 2.0
_SEEN_EVERY = 86_400.0
_NOTHING = Known({}, familiar=False)


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of an account and a network."""

    blocked: bool = False
    failed: bool = False
    familiar: bool = False


class Shared(Protocol):
    """The memory that all nodes have in common. `login` is canonical, or None where it is no address."""

    async def look(self, login: str | None, peer: Peer, familiar: bool = False) -> Seen:
        """What is known. Never fails. `familiar` where that is known here already."""

    def failed(self, login: str | None, peer: Peer, familiar: bool) -> None:
        """Count a failure."""

    def succeeded(self, login: str, peer: Peer) -> None:
        """Half forgive the account, and remember the network."""

    async def close(self) -> None:
        """Let what is not written yet be written, if that can be done now."""


class Stored:
    """See Shared. `monotonic` gives seconds that only go forward."""

    def __init__(self, database: Database, attempts_per_minute: int, monotonic: Callable[[], float]) -> None:
        self._database = database
        self._seconds = 60 / attempts_per_minute
        self._monotonic = monotonic
        self._believed: OrderedDict[tuple[str, str], tuple[Known, float]] = OrderedDict()
        self._failures: Counter[str] = Counter()
        self._forgiven: set[str] = set()
        self._met: set[str] = set()
        self._met_at: OrderedDict[str, float] = OrderedDict()
        self._writing: asyncio.Task[None] | None = None
        self._pruned_at = monotonic()

    async def look(self, login: str | None, peer: Peer, familiar: bool = False) -> Seen:
        """See Shared."""
        account, network, pair = _keys(login, peer)
        known = await self._known(account, network, pair)
        # An account that is guessed at from elsewhere is not kept from where it has been before.
        familiar = familiar or known.familiar
        counts = {network, pair} if familiar else {network, account}
        debt = max((known.debts.get(key, 0.0) for key in counts), default=0.0)
        return Seen(blocked=debt > 60 - self._seconds, failed=debt > 0, familiar=familiar)

    def failed(self, login: str | None, peer: Peer, familiar: bool) -> None:
        """See Shared."""
        account, network, pair = _keys(login, peer)
        for key in filter(None, (network, pair if familiar else account)):
            if key in self._failures or len(self._failures) < _MOST_UNWRITTEN:
                self._failures[key] += 1
        self._write_soon()

    def succeeded(self, login: str, peer: Peer) -> None:
        """See Shared."""
        account, network, pair = _keys(login, peer)
        known, _ = self._believed.get((account, network), (_NOTHING, 0.0))
        self._forgiven |= {key for key in (account, pair) if key in known.debts or key in self._failures}
        now = self._monotonic()
        if now - self._met_at.get(pair, -_SEEN_EVERY) >= _SEEN_EVERY:
            self._met.add(pair)
            self._met_at[pair] = now
            _trim(self._met_at)
        if self._forgiven or self._met:
            self._write_soon()

    async def close(self) -> None:
        """See Shared."""
        if self._writing is not None:
            await asyncio.wait({self._writing}, timeout=_LONGEST_READ)
            self._writing.cancel()

    async def _known(self, account: str, network: str, pair: str) -> Known:
        """What the database says, or said a moment ago."""
        now = self._monotonic()
        known, read_at = self._believed.get((account, network), (_NOTHING, now - _BELIEVED_SECONDS))
        if now - read_at < _BELIEVED_SECONDS:
            return known
        asked = Asked(tuple(filter(None, (account, network, pair))), pair, clock.now())
        try:
            async with asyncio.timeout(_LONGEST_READ):
                known = await self._database.read_together(auth_failures.look_up, asked)
        except Exception as error:
            _log.warning("login failures not read", **logs.where(error))
            known = _NOTHING
        self._believed[account, network] = (known, now)
        self._believed.move_to_end((account, network))
        _trim(self._believed)
        return known

    def _write_soon(self) -> None:
        if self._writing is None or self._writing.done():
            self._writing = asyncio.get_running_loop().create_task(self._write())

    async def _write(self) -> None:
        """Write until nothing is left, with a while between two writings, so that a flood costs no more."""
        while self._failures or self._forgiven or self._met:
            now = clock.now()
            change = Change(self._failures, self._seconds, frozenset(self._forgiven), frozenset(self._met))
            self._failures, self._forgiven, self._met = Counter(), set(), set()
            prune = self._monotonic() - self._pruned_at >= _PRUNE_EVERY
            try:
                await self._database.write(partial(auth_failures.write, change=change, now=now))
                if prune:
                    self._pruned_at = self._monotonic()
                    await self._database.write(partial(auth_failures.prune, now=now))
            except Exception as error:
                _log.warning("login failures not shared", **logs.where(error))
            await asyncio.sleep(_WRITE_EVERY)


def _trim(entries: OrderedDict[Any, Any]) -> None:
    if len(entries) > _MOST_BELIEVED:
        entries.popitem(last=False)


def _keys(login: str | None, peer: Peer) -> tuple[str, str, str]:
    """The keys of an account, a network, and both; what is no address may be a password, and gets none."""
    network = network_of(peer)
    if login is None:
        return "", _key("network", network), ""
    return _key("account", login), _key("network", network), _key("pair", login, network)


def _key(*parts: str) -> str:
    return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
