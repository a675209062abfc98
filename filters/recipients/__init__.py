"""Whether the addresses of a message are the right ones: mistyped, mistaken for others, or new to the conversation."""

from __future__ import annotations

from filters.recipients.rule import check

__all__ = ["check"]
