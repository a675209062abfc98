"""What is said to a mail client: code, enhanced code, sentence (RFC 5321 §4.2, RFC 2034)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reply:
    """One SMTP reply. `text` is plain ASCII for people; several lines are separated by newlines."""

    code: int
    enhanced: str
    text: str

    def encode(self) -> bytes:
        """The reply as it goes over the wire, multi-line where `text` has several lines."""
        lines = self.text.split("\n")
        prefix = f"{self.enhanced} " if self.enhanced else ""
        wire = "".join(
            f"{self.code}{' ' if number == len(lines) else '-'}{prefix}{line}\r\n"
            for number, line in enumerate(lines, start=1)
        )
        return wire.encode("ascii", "replace")

    @property
    def accepted(self) -> bool:
        """Whether the client was told yes."""
        return self.code < 400


def opaque_id() -> str:
    """An id that ties what a client was told to what the log says, and means nothing to anyone else."""
    return secrets.token_hex(6)


def temporary_fault(fault_id: str) -> Reply:
    """The answer to every error nobody foresaw: try again later, nothing was kept."""
    return Reply(451, "4.3.0", f"Something went wrong here, please try again later. Ref {fault_id}")
