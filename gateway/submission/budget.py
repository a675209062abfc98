"""How many octets of mail a process holds at once, over all connections: a bound on its memory.

Octets count from the moment they are kept until the message they belong to has been answered. What would
exceed the budget is refused with 452, and the client tries again (RFC 5321 §4.5.3.1.10). Nothing is set aside
for a size that a client only announces: it could then keep everyone else out by sending nothing.
"""

from __future__ import annotations


class Budget:
    """Octets that may be held, and how many are. Used on one event loop."""

    def __init__(self, octets: int) -> None:
        self.limit = octets
        self.held = 0

    def has_room(self, octets: int) -> bool:
        """Whether so many octets more would fit just now."""
        return self.held + octets <= self.limit

    def take(self, octets: int) -> bool:
        """Hold so many octets more. False, and nothing held, where they do not fit."""
        if not self.has_room(octets):
            return False
        self.held += octets
        return True

    def give_back(self, octets: int) -> None:
        """Hold so many octets less."""
        self.held -= octets
