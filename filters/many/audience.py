"""Whom a message goes to: each person once, the sender left out, lists counted by who is behind them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from config.council import Council, IdentityKind, Person
from config.mailing_list import by_address, opened
from filters.context import Context
from signatures.message.anatomy import Anatomy
from signatures.message.headers import Mailbox

_MOST_NAMED = 3
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Audience:
    """Everyone whom a message goes to, but its sender: `visible` those in To and Cc, in their order, `hidden` the
    canonical addresses that stand in the envelope alone. Each address once, a list's as one.
    """

    visible: tuple[Mailbox, ...]
    hidden: tuple[str, ...]

    @property
    def addresses(self) -> tuple[str, ...]:
        """All of them in canonical form."""
        return (*(mailbox.address for mailbox in self.visible), *self.hidden)


def audience(anatomy: Anatomy, context: Context) -> Audience:
    """Whom a message goes to, by its header and by its envelope (Bcc recipients are in the latter alone)."""
    own = own_addresses(context)
    visible: dict[str, Mailbox] = {}
    for mailbox in (*anatomy.to, *anatomy.cc):
        if mailbox.address and mailbox.address not in own:
            visible.setdefault(mailbox.address, mailbox)
    hidden = dict.fromkeys(
        recipient.canonical
        for recipient in context.envelope.recipients
        if recipient.canonical not in visible and recipient.canonical not in own
    )
    return Audience(tuple(visible.values()), tuple(hidden))


def own_addresses(context: Context) -> frozenset[str]:
    """The addresses at which the sender, and nobody else, is reached: a copy to oneself reaches nobody new."""
    sender: Person | None = context.sender
    if sender is None:
        return frozenset()
    return frozenset(
        identity.address
        for identity in sender.identities
        if identity.kind is not IdentityKind.SHARED and identity.holds(context.today)
    )


@dataclass(frozen=True, slots=True)
class Behind:
    """Who is behind some addresses, lists opened up: `people`, and so many `more` of lists without known members."""

    people: frozenset[str]
    more: int = 0

    @property
    def count(self) -> int:
        """How many that are."""
        return len(self.people) + self.more


def behind(
    addresses: Iterable[str], council: Council, *, own: frozenset[str] = frozenset(), approved: bool = True
) -> Behind:
    """Who is behind canonical addresses. Without `approved`, nobody is behind a list that the council approved."""
    lists = by_address(council.lists)
    shut = {name for name, each in lists.items() if each.approved and not approved}
    open_ = {name: each for name, each in lists.items() if name not in shut}
    found = {each for address in addresses for each in opened(address, open_)} - shut
    untold = found & lists.keys()
    return Behind(frozenset(found - untold - own), sum(lists[each].count for each in untold))


def named(visible: Iterable[Mailbox]) -> str:
    """The first few of some mailboxes as people know them: "Jill Carter, Tom Reed and others"."""
    said = [shown(mailbox) for mailbox in visible]
    if len(said) > _MOST_NAMED:
        return ", ".join(said[:_MOST_NAMED]) + " and others"
    return " and ".join((", ".join(said[:-1]), said[-1])) if len(said) > 1 else "".join(said)


def shown(mailbox: Mailbox) -> str:
    """A mailbox as people know it: by its name, or else by its address."""
    name = " ".join(mailbox.name.split()).strip("'\"")  # Outlook puts quotes around them.
    return name if 0 < len(name) <= _LONGEST_NAME else mailbox.address
