"""What an upstream said, made fit to be stored, shown and put into a bounce."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ENHANCED = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})(?=\s|$)")
_MOST_TEXT = 500


@dataclass(frozen=True, slots=True)
class UpstreamReply:
    """One SMTP reply: its code and its text, on one line of printable characters, at most 500.

    `local` ones were not said by the upstream but are our own account of what went wrong.
    """

    code: int
    text: str
    local: bool = True

    @classmethod
    def from_wire(cls, code: int, message: str) -> UpstreamReply:
        """The reply that arrived: lines joined, an enhanced code repeated on each line said once.

        The other side is not ours: nothing it says may break out of a header field or a line of a log.
        """
        lines = [_printable(line) for line in message.splitlines()]
        first = _ENHANCED.match(lines[0]) if lines else None
        if first is not None:
            lines[1:] = [line.removeprefix(first[0]).lstrip() for line in lines[1:]]
        return cls(code, " ".join(line for line in lines if line)[:_MOST_TEXT], local=False)

    @property
    def accepted(self) -> bool:
        """Whether the upstream said yes."""
        return 200 <= self.code < 300

    @property
    def permanent(self) -> bool:
        """Whether trying again is of no use. Everything that is neither yes nor this is temporary."""
        return 500 <= self.code < 600

    @property
    def status(self) -> str:
        """The enhanced status code (RFC 3463); where none of the right class was given, the class alone."""
        kind = 2 if self.accepted else 5 if self.permanent else 4
        found = _ENHANCED.match(self.text)
        return found[0] if found is not None and found[1] == str(kind) else f"{kind}.0.0"

    def __str__(self) -> str:
        return f"{self.code} {self.text}".rstrip()


def _printable(text: str) -> str:
    whole = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(char if char.isprintable() else " " for char in whole).strip()
