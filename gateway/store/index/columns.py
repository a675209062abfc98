"""Where in an item a word may stand."""

from __future__ import annotations

from enum import IntEnum


class Column(IntEnum):
    """A column of a council's index, by its place in it; on PostgreSQL a number that rows are marked with."""

    SUBJECT = 0
    AUTHOR = 1
    """Names and addresses of who it is from."""

    RECIPIENTS = 2
    """Of To."""

    COPIED = 3
    """Of Cc."""

    HIDDEN = 4
    """Recipients that its header does not name."""

    OWN = 5
    """Its author's own words."""

    TRAIL = 6
    """The rest of its text: what it quotes or sends on, signature and waiver."""

    FILES = 7
    """The names of what is attached."""

    ATTACHED = 8
    """The text of what is attached."""

    @property
    def title(self) -> str:
        """Its name in SQL."""
        return self.name.lower()


HEADING = (Column.SUBJECT, Column.AUTHOR, Column.RECIPIENTS, Column.COPIED, Column.HIDDEN)
"""What is known of every item, whatever of it could be read."""
