"""What is said where a query cannot be read."""

from __future__ import annotations

_SHOWN = 60


class QueryError(ValueError):
    """A query that cannot be carried out. Its text is for whoever typed it: what is wrong, and what is allowed."""


def shown(text: str) -> str:
    """Something that was typed, as it may be repeated: short, on one line, nothing invisible."""
    clean = " ".join(text.split())
    clean = "".join(each if each.isprintable() else "\ufffd" for each in clean)
    return clean if len(clean) <= _SHOWN else clean[: _SHOWN - 1] + "…"
