"""Whether mail can reach a domain at all, as far as the DNS tells within a moment.

What it does not tell in time, or tells with a fault of its own, is no answer: nobody waits for it, and mail is
never kept from leaving by it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

import dns.asyncresolver
import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver

from config.settings import RecipientSettings
from filters.answers import Undeliverable
from gateway import logs

_log = logs.get("intake")
_MOST_DOMAINS = 20
_SECONDS = 2.0
_KEPT_SECONDS = 3600.0
_MOST_KEPT = 10_000

_NO_SUCH = "there is no such domain"
_TAKES_NONE = "it says of itself that it takes no mail"
_NOWHERE = "there is no mail server for it"


class Resolver:
    """Asks name servers, and remembers for an hour what they said. `servers` are IP addresses; None: the system's."""

    def __init__(
        self,
        servers: Sequence[str] | None,
        port: int = 53,
        seconds: float = _SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Raises dns.resolver.NoResolverConfiguration where the system has none."""
        self._resolver = dns.asyncresolver.Resolver(configure=servers is None)
        if servers is not None:
            self._resolver.nameservers = list(servers)
        self._resolver.port = port
        self._resolver.lifetime = seconds
        self._seconds = seconds
        self._monotonic = monotonic
        self._said: dict[str, tuple[float, str]] = {}

    async def undeliverable(self, domains: Sequence[str]) -> tuple[Undeliverable, ...]:
        """Those of the first twenty canonical `domains` to which no mail can be delivered. Never raises."""
        named = [domain for domain in dict.fromkeys(domains) if not domain.startswith("[")][:_MOST_DOMAINS]
        await self._ask([domain for domain in named if self._kept(domain) is None])
        return tuple(Undeliverable(domain=domain, why=why) for domain in named if (why := self._kept(domain)))

    async def _ask(self, domains: Sequence[str]) -> None:
        """Have those remembered that are answered in time."""
        if not domains:
            return
        asking = {asyncio.create_task(self._look_up(domain)): domain for domain in domains}
        try:
            answered, _ = await asyncio.wait(asking, timeout=self._seconds)
        finally:
            for task in asking:
                task.cancel()
        for task in answered:
            if task.exception() is not None:
                _log.debug("not resolved", error=type(task.exception()).__name__)
                continue
            self._keep(asking[task], task.result())

    def _kept(self, domain: str) -> str | None:
        """Why a domain cannot be reached, as it was said within the hour; empty where it can."""
        until, why = self._said.get(domain, (0.0, ""))
        return why if self._monotonic() < until else None

    def _keep(self, domain: str, why: str) -> None:
        self._said.pop(domain, None)
        if len(self._said) >= _MOST_KEPT:
            del self._said[next(iter(self._said))]
        self._said[domain] = (self._monotonic() + _KEPT_SECONDS, why)

    async def _look_up(self, domain: str) -> str:
        """Why a domain cannot be reached (RFC 5321 §5.1, RFC 7505); empty where it can. Raises DNSException."""
        name = dns.name.from_text(domain)
        try:
            servers = await self._resolver.resolve(name, dns.rdatatype.MX, search=False)
        except dns.resolver.NXDOMAIN:
            return _NO_SUCH
        except dns.resolver.NoAnswer:
            return "" if await self._has_address(name) else _NOWHERE
        return _TAKES_NONE if all(each.exchange == dns.name.root for each in servers) else ""

    async def _has_address(self, name: dns.name.Name) -> bool:
        for kind in (dns.rdatatype.A, dns.rdatatype.AAAA):
            try:
                await self._resolver.resolve(name, kind, search=False)
            except dns.resolver.NoAnswer:
                continue
            return True
        return False


def resolver_for(settings: RecipientSettings) -> Resolver | None:
    """The resolver that the settings ask for, where they ask for one that there is."""
    if settings.resolver == "off":
        return None
    try:
        return Resolver(None if settings.resolver == "system" else settings.resolver)
    except dns.exception.DNSException:
        _log.warning("no resolver", wanted="the system's")
        return None
