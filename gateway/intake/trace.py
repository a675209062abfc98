"""The trace header that we put before every message (RFC 5321 §4.4)."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime
from typing import Protocol


class Traced(Protocol):
    """What the trace says of a message, as it is kept in the archive."""

    @property
    def id(self) -> str:
        """Queue id."""

    @property
    def protocol(self) -> str:
        """The "with" keyword (RFC 3848, RFC 6531 §4.3)."""

    @property
    def tls(self) -> str:
        """TLS version and cipher, or nothing."""


def received_field(message: Traced, hostname: str, when: datetime) -> bytes:
    """The Received field, CRLF-terminated.

    The client is called `client`: its address, or the name that it gives itself, would tell the world where
    a councillor sits and whose computer it is (the archive knows). There is never a `for` clause, which
    would show one recipient to the others, and a Bcc recipient to all.
    """
    tls = f" ({message.tls})" if message.tls else ""
    lines = [
        "Received: from client",
        f"by {hostname} (Vestry) with {message.protocol or 'ESMTP'}{tls}",
        f"id {message.id}; {format_datetime(when)}",
    ]
    return ("\r\n\t".join(lines) + "\r\n").encode(
        "utf-8" if message.protocol.startswith("UTF8") else "ascii", "replace"
    )
