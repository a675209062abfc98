"""The fields of the language: which there are, and where in an item each of them looks."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from gateway.archive.query.values import VALUES
from gateway.store.index.columns import Column

COLUMNS: Mapping[str, tuple[Column, ...]] = {
    "from": (Column.AUTHOR,),
    "to": (Column.RECIPIENTS, Column.COPIED, Column.HIDDEN),
    "cc": (Column.COPIED,),
    "bcc": (Column.HIDDEN,),
    "subject": (Column.SUBJECT,),
    "body": (Column.OWN, Column.TRAIL),
    "own": (Column.OWN,),
    "attachment": (Column.ATTACHED,),
    "filename": (Column.FILES,),
}
"""Fields that look for words, and the columns that these stand in."""

DATES = ("after", "before", "on")
"""Fields that look for when a message came in."""

FIELDS = frozenset((*COLUMNS, *DATES, *VALUES))
"""All of them."""

_LONGEST = max(map(len, FIELDS))


def near(name: str) -> str | None:
    """The field that was most likely meant by a name that is none; None where none is near."""
    if not 2 < len(name) <= _LONGEST + 2:
        return None
    return next(iter(get_close_matches(name, sorted(FIELDS), 1, 0.7)), None)
