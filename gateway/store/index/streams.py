"""An item's words in their order, column by column."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gateway.store.index.columns import Column
from gateway.store.index.content import Content, Said
from gateway.store.index.tokens import tokens

BETWEEN = "\ue000"
"""Stands between what is attached and what is attached next, so that no phrase runs from one into the other. It is of
the private use area: nobody can type it, and no text has it as a word.
"""

_AT_ONCE = 262_144
"""Characters that are taken apart together. A list of words takes ten times the room of their text."""

_GAP = re.compile(r"\s")
_SAID = {
    Column.SUBJECT: "subject",
    Column.AUTHOR: "author",
    Column.RECIPIENTS: "recipients",
    Column.COPIED: "copied",
    Column.HIDDEN: "hidden",
    Column.OWN: "own",
    Column.TRAIL: "trail",
}


def texts_of(content: Content) -> Iterator[tuple[Column, int, str]]:
    """Each text that an item is found by, with its column and the ordinal of what it is of: 0 for the message."""
    for column, name in _SAID.items():
        yield column, 0, _field(content.said, name)
    for ordinal, piece in enumerate(content.pieces, 1):
        yield Column.FILES, ordinal, piece.name
        yield Column.ATTACHED, ordinal, piece.text


def runs(text: str) -> Iterator[list[str]]:
    """The words of a text, some thousand at a time."""
    start = 0
    while start < len(text):
        end = len(text)
        if end - start > _AT_ONCE:
            gap = _GAP.search(text, start + _AT_ONCE)
            end = end if gap is None else gap.start()
        yield tokens(text[start:end])
        start = end


def columns_of(content: Content) -> tuple[str, ...]:
    """The words of each column, parted by blanks, in the order of the columns."""
    columns: dict[Column, list[str]] = {column: [] for column in Column}
    for column, _, text in texts_of(content):
        words = " ".join(filter(None, (" ".join(run) for run in runs(text))))
        if words:
            columns[column].append(words)
    return tuple(f" {BETWEEN} ".join(columns[column]) for column in Column)


def _field(said: Said, name: str) -> str:
    text = getattr(said, name)
    assert isinstance(text, str)
    return text
