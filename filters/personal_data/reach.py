"""Whom a message reaches, as far as it matters to people whose data are in it."""

from __future__ import annotations

from dataclasses import dataclass

from config.consumer_domains import mailbox_of
from filters import names
from filters.context import Context
from filters.forwarding.private import Addresses
from filters.forwarding.reach import targets
from filters.many.audience import behind
from signatures.message.anatomy import Anatomy

MANY_INSIDE = 10
"""From how many people of the council's own on a message goes to many, whoever they are."""


@dataclass(frozen=True, slots=True)
class Reach:
    """`outside`: the canonical recipients through whom it goes to people outside the council. `people`: how many those
    are; `inside`: how many it reaches within. `private`: how many of the outsiders' addresses are private ones.
    `alone`: the names, folded words, by which the one outsider is known, where there is one and no more. `seen`: the
    mailboxes that everybody sees in the header, or the one outsider has; `letters` are those before the @ of the
    latter's address.
    """

    outside: tuple[str, ...]
    people: int
    inside: int
    private: int
    alone: tuple[tuple[str, ...], ...]
    seen: frozenset[str]
    letters: str = ""

    @property
    def is_one(self) -> bool:
        """Whether it goes to one person outside and no more."""
        return self.people == 1

    @property
    def spoken(self) -> str:
        """Whom, as a reason has it after "goes to"."""
        if not self.outside:
            return f"{self.inside} people at once"
        if self.people > 1:
            private = f", {self.private} of them at private addresses" if self.private else ""
            return f"{self.people} people outside the council{private}"
        return "a private address outside the council" if self.private else "somebody outside the council"


def reach_of(anatomy: Anatomy, context: Context) -> Reach:
    """Whom it reaches, lists opened up where their members are known."""
    council = context.council
    lists = {each.address for each in council.lists}
    private = Addresses(context)
    outsiders: dict[str, str] = {}
    more = inside = 0
    through: dict[str, None] = {}
    reached = list(targets(context))
    for target in reached:
        if target.address in lists:
            count = behind((target.address,), council).more
            more += count
            through[target.recipient] = None
        elif council.is_internal(target.address):
            inside += 1
        else:
            outsiders.setdefault(mailbox_of(target.address), target.address)
            through[target.recipient] = None
    people = len(outsiders) + more
    seen = {mailbox_of(box.address) for box in (*anatomy.to, *anatomy.cc, *anatomy.authors)}
    return Reach(
        outside=tuple(through),
        people=people,
        inside=inside,
        private=sum(private.private(each) is not None for each in outsiders.values()),
        alone=_known_as(anatomy, next(iter(outsiders.values()))) if people == 1 and outsiders else (),
        letters=_letters(next(iter(outsiders.values()))) if people == 1 and outsiders else "",
        seen=frozenset(seen.union(outsiders if people == 1 else ()) - {""}),
    )


def _letters(address: str) -> str:
    return "".join(filter(str.isalpha, address.rpartition("@")[0]))


def _known_as(anatomy: Anatomy, address: str) -> tuple[tuple[str, ...], ...]:
    """The names of whoever has an address: those beside it, and the one that it is made of."""
    told = [box.name for box in anatomy.recipients if mailbox_of(box.address) == mailbox_of(address)]
    told.append(names.spelt_out(address) or address.partition("@")[0])
    return tuple(words for name in told if (words := names.words(names.folded(name))))
