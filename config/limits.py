"""The host's limits: what is refused, held or put off before it can do harm."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from config.base import Frozen
from config.errors import Complaint, Faults
from config.values import Count, Seconds


class LimitSettings(Frozen):
    """What is refused before it can do harm."""

    message_bytes: int = Field(
        default=52_428_800, strict=True, ge=65_536, description="Largest message, in bytes."
    )
    signed_bytes: int = Field(
        default=52_428_800,
        strict=True,
        ge=65_536,
        description="Largest message that signature and waiver are written into, in bytes; what becomes of a larger "
        "one the council chooses (the class `oversize`).",
    )
    inflight_bytes: int = Field(
        default=268_435_456,
        strict=True,
        description="Octets of mail held in memory at once, over all connections: 452 for what is beyond. At "
        "least `message_bytes`.",
    )
    recipients: int = Field(default=500, strict=True, ge=100, description="Most recipients of a message.")
    recipients_per_hour: int = Field(
        default=1000,
        ge=1,
        description="Recipients that a login may write to in an hour; mail beyond is held, with an alert, because "
        "a stolen password must not ruin the host's good name.",
    )
    header_bytes: Count = Field(default=102_400, description="Largest header; a larger one is held unread.")
    header_fields: Count = Field(
        default=1000, description="Most fields in a header; with more it is held unread."
    )
    header_addresses: Count = Field(
        default=2000, description="Most addresses in the header; with more it is held unread."
    )
    encoded_words: Count = Field(
        default=1000, description="Most encoded words in the header; with more it is held unread."
    )
    mime_depth: Count = Field(
        default=100, description="Deepest nesting of parts; deeper ones are held unread."
    )
    mime_parts: Count = Field(default=1000, description="Most parts; with more a message is held unread.")
    line_bytes: int = Field(
        default=1_048_576, strict=True, ge=1000, description="Longest line taken in, in octets."
    )
    connections: Count = Field(default=1000, description="Connections at once.")
    connections_per_address: Count = Field(
        default=50,
        description="Connections at once from one address (IPv6: one /64). Trusted networks are not counted.",
    )
    commands: Count = Field(
        default=1000,
        description="Commands on one connection without a message accepted, before it is closed.",
    )
    bytes_per_second: Count = Field(
        default=500, description="Slowest that content may come, on average after the first minute."
    )
    free_disk_mb: int = Field(
        default=256,
        strict=True,
        ge=0,
        description="Free space, in MiB, below which no mail is taken in: 452 until there is more.",
    )
    queue_messages: Count = Field(
        default=100_000,
        description="Deliveries waiting, beyond which no mail is taken in: 452 until there are fewer.",
    )
    errors: Count = Field(default=10, description="Refused commands before the connection is closed.")
    idle_seconds: Seconds = Field(default=300, description="Longest wait for a command (RFC 5321 §4.5.3.2).")
    decision_seconds: Seconds = Field(
        default=20, description="Time from the final dot to the decision, queueing included."
    )
    drain_seconds: Seconds = Field(
        default=30, description="At shutdown, how long running transactions may take to finish."
    )

    @model_validator(mode="after")
    def _one_message_fits(self) -> Self:
        if self.inflight_bytes < self.message_bytes:
            allowed = f"at least `message_bytes` ({self.message_bytes})"
            raise Faults([Complaint("inflight_bytes", str(self.inflight_bytes), allowed)])
        return self
