"""A name server of the tests' own, on the loopback interface: it knows a zone, and counts what it is asked."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import asynccontextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

SILENT = object()
"""In a zone: this name is never answered."""

BROKEN = object()
"""In a zone: the answer is that the server failed."""


class NameServer(asyncio.DatagramProtocol):
    """Answers from `zone`: for each name its records by type, each as text; names that are not in it do not exist."""

    def __init__(self, zone: dict[str, object]) -> None:
        self.zone = zone
        self.asked: Counter[tuple[str, str]] = Counter()
        self.port = 0

    def connection_made(self, transport) -> None:
        self._transport = transport
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data, peer) -> None:
        query = dns.message.from_wire(data)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked[name, kind] += 1
        known = self.zone.get(name)
        if known is SILENT:
            return
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA | dns.flags.AA
        if known is BROKEN:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif known is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif kind in known:
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *known[kind]))
        self._transport.sendto(answer.to_wire(), peer)


@asynccontextmanager
async def name_server(zone: dict[str, object]):
    """The server, listening on a free port of 127.0.0.1."""
    transport, server = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: NameServer(zone), local_addr=("127.0.0.1", 0)
    )
    try:
        yield server
    finally:
        transport.close()
