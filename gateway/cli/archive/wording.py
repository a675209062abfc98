"""How what is found is put for people: moments, counts, and text of messages that may hold anything."""

from __future__ import annotations

from collections.abc import Iterable


def clean(text: str) -> str:
    """Text of a message as it may stand on a terminal: each character that is not seen, or steers what is, is a blank.
    No character moves.
    """
    return "".join(char if char.isprintable() else " " for char in text)


def number(count: int, one: str, many: str = "") -> str:
    """A count with what is counted."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def listed(names: Iterable[str], most: int = 6) -> str:
    """Names in a row; of many the first ones, and how many more."""
    every = [clean(name) for name in names]
    shown = ", ".join(every[:most])
    return f"{shown} and {len(every) - most} more" if len(every) > most else shown
