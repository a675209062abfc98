"""What is changed of a held message by the word of its sender, or of who decides on it, before it leaves."""

from __future__ import annotations

from config.base import Frozen


class Change(Frozen):
    """Recipients by their numbers in the archive's order, from 0.

    `left_out` do not get it and are named nowhere in it; `blind` get it and are named nowhere in it (Bcc). Everyone
    else gets it as the author meant. `without_trail`: the earlier messages that it quotes are taken out.
    """

    left_out: tuple[int, ...] = ()
    blind: tuple[int, ...] = ()
    without_trail: bool = False

    @property
    def nothing(self) -> bool:
        """Whether the message leaves as it was made ready."""
        return not (self.left_out or self.blind or self.without_trail)

    def also(self, other: Change) -> Change:
        """Both changes. Whom either leaves out is left out, whatever the other says."""
        left_out = {*self.left_out, *other.left_out}
        return Change(
            left_out=tuple(sorted(left_out)),
            blind=tuple(sorted({*self.blind, *other.blind} - left_out)),
            without_trail=self.without_trail or other.without_trail,
        )

    def beyond(self, other: Change) -> Change:
        """What this changes that the other does not."""
        return Change(
            left_out=tuple(number for number in self.left_out if number not in other.left_out),
            blind=tuple(number for number in self.blind if number not in other.blind),
            without_trail=self.without_trail and not other.without_trail,
        )


UNCHANGED = Change()
