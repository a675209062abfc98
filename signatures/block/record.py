"""What was done with a message's signature and waiver, as it is kept with the message."""

from __future__ import annotations

from config.base import Frozen
from config.message_class import Fallback, MessageClass
from signatures.block.placement import Place

MOST_WORDS = 500
"""Characters kept of what was taken out; all of it is in the message as received."""


class Placed(Frozen):
    """Something written into the part with this number: which of `signature`, `waiver`; where; by which rule
    of the text's division and how sure that is (`certain`, `likely`, `guess`).
    """

    part: int
    kind: str
    what: tuple[str, ...]
    place: Place
    rule: str = ""
    confidence: str = ""


class Removed(Frozen):
    """Words taken out of a part: an agreed `signature` or a `waiver`, a `tag_line`, lines of `contact`.

    Where it is only `suspected` to be a signature it was left in.
    """

    part: int
    what: str
    words: str


class Record(Frozen):
    """All of it. `versions` names the texts. `without` are those of `signature` and `waiver` that were to be
    written and were not, for `reason`, a clause about the message, by the message's class and its fallback.
    `resent`: it is another's message, sent on. `dkim_removed` counts signatures that the changes had broken.
    """

    versions: tuple[str, ...] = ()
    placed: tuple[Placed, ...] = ()
    removed: tuple[Removed, ...] = ()
    message_class: MessageClass | None = None
    fallback: Fallback | None = None
    without: tuple[str, ...] = ()
    reason: str = ""
    logo: bool = False
    resent: bool = False
    dkim_removed: int = 0

    @property
    def without_waiver(self) -> str | None:
        """Why it goes without a waiver that was to be written, in one word; None where it does not."""
        if "waiver" not in self.without:
            return None
        if self.message_class is not None:
            return self.message_class.value
        return "resent" if self.resent else "other"
