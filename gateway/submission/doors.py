"""Kinds of listener, as rules: who may come in, what they must show, for whom they may act.

The seam for mail that Microsoft 365 or Google routes through us and back is here: that profile is one more
`Door`, which lets in by network and client certificate, asks for no login, and whose `Profile` tells intake
to expect null senders, people of several councils in turn and our own mark on what comes back. Nothing in
`session` asks for a listener's kind; it asks its door.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from config.settings import ListenerKind, ListenerSettings, TrustedNetwork
from filters.context import Profile

Peer = IPv4Address | IPv6Address

_PROFILES = {ListenerKind.TRUSTED: Profile.TRUSTED, ListenerKind.REPLIES: Profile.REPLIES}


@dataclass(frozen=True, slots=True)
class Door:
    """The rules of one listener. `name` is for logs and metrics; `networks` bind only where there are any."""

    name: str
    profile: Profile
    implicit_tls: bool
    requires_tls: bool
    takes_logins: bool
    networks: tuple[TrustedNetwork, ...] = ()

    @property
    def takes_answers_alone(self) -> bool:
        """Whether it is for answers to notices and for nothing else."""
        return self.profile is Profile.REPLIES

    @property
    def counts_addresses(self) -> bool:
        """Whether connections are limited for each address; a host lets a trusted network in as it is."""
        return not self.networks

    def admits(self, peer: Peer) -> tuple[str, ...] | None:
        """The councils that `peer` vouches for by its address, or None where it may not come in.

        Of several networks that hold the address the smallest speaks. A door without networks admits everyone,
        for no council yet.
        """
        if not self.networks:
            return ()
        around = [entry for entry in self.networks if peer in entry.network]
        return max(around, key=lambda entry: entry.network.prefixlen).councils if around else None


def door_for(settings: ListenerSettings) -> Door:
    """The door that a listener's settings describe."""
    for_people = settings.kind in (ListenerKind.STARTTLS, ListenerKind.TLS)
    return Door(
        name=settings.kind.value,
        profile=_PROFILES.get(settings.kind, Profile.SUBMISSION),
        implicit_tls=settings.kind is ListenerKind.TLS,
        requires_tls=for_people,
        takes_logins=for_people,
        networks=settings.networks,
    )


def peer_of(host: str) -> Peer:
    """A client's address; an IPv4 address that came over an IPv6 socket is an IPv4 address."""
    address = ip_address(host.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def network_of(peer: Peer) -> str:
    """Whom connections and attempts are counted for: one IPv4 address, or an IPv6 /64."""
    return str(ip_network((peer, 64 if peer.version == 6 else 32), strict=False))


def neighbourhood_of(peer: Peer) -> str:
    """What is likely in one hand: one IPv4 address, or an IPv6 /48, of which there are 65,536 networks."""
    return str(ip_network((peer, 48 if peer.version == 6 else 32), strict=False))
