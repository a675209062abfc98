"""Who is in the conversation that a message belongs to, as far as the message and the archive tell.

A gateway for outgoing mail knows who received an earlier message from its copied header, or from what left here
(research (e) 5). Somebody else may have been in it too: who is not told counts as new, and the sender is asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from config.consumer_domains import mailbox_of
from filters import names
from filters.context import Context
from filters.many.audience import behind
from signatures.message.anatomy import Anatomy
from signatures.message.carried.kinds import Prefix
from signatures.message.headers import Mailbox


@dataclass(frozen=True, slots=True)
class Conversation:
    """Those who are in it: by their mailboxes (`mailbox_of`), and by name where no address is told."""

    mailboxes: frozenset[str]
    called: frozenset[tuple[str, ...]]

    def has(self, address: str, mailbox: Mailbox | None = None) -> bool:
        """Whether who has this address, in canonical form, is in it; `mailbox` is how the header names them."""
        if mailbox_of(address) in self.mailboxes:
            return True
        if mailbox is None or not self.called:
            return False
        return name_key(mailbox.name or names.spelt_out(address)) in self.called


def is_reply(anatomy: Anatomy) -> bool:
    """Whether a person answers a message: by its header, or by prefix and thread where a client writes no more.

    The outermost prefix counts, and what is sent on is no reply, whatever it once answered ((d2) 8, 9, 14).
    """
    marks = anatomy.marks
    if anatomy.automatic or marks.automatic or is_sent_on(anatomy):
        return False
    return marks.replies or (marks.prefix is Prefix.REPLY and marks.threaded)


def is_sent_on(anatomy: Anatomy) -> bool:
    """Whether a message is sent on, by its header alone."""
    marks = anatomy.marks
    prefixed = marks.prefix is Prefix.FORWARD and (not marks.weak or bool(anatomy.earlier))
    return prefixed or bool(marks.forwards) or anatomy.resent


def conversation(anatomy: Anatomy, context: Context) -> Conversation:
    """Everyone told in what the message carries, and whom the archived messages were sent to that it answers.

    Of a list whose members are known each of them is in it.
    """
    told = [address for each in anatomy.earlier for address in (each.author, *each.people) if address]
    told += [address for mail in context.answers.parents for address in (mail.author, *mail.people)]
    if anatomy.resent:
        told += [mailbox.address for mailbox in anatomy.original_authors]
    opened = behind(told, context.council).people
    return Conversation(
        frozenset(map(mailbox_of, opened.union(told) - {""})),
        frozenset(key for each in anatomy.earlier for name in each.names if (key := name_key(name))),
    )


def together(anatomy: Anatomy, context: Context) -> Conversation:
    """Those of them who can have seen each other's addresses: not whom an archived message went to unseen."""
    unseen = {mailbox_of(address) for mail in context.answers.parents for address in mail.hidden}
    told = {mailbox_of(address) for each in anatomy.earlier for address in each.people}
    found = conversation(anatomy, context)
    return Conversation(found.mailboxes - (unseen - told), found.called)


def name_key(name: str) -> tuple[str, ...]:
    """A name as it is compared: "Bell, Brian" is Brian Bell."""
    return tuple(sorted(names.words(names.folded(name))))


def declared(context: Context) -> frozenset[str]:
    """The mailboxes that people of the council have declared as their own."""
    return frozenset(_personal(context, (person.login for person in context.council.people)))


def declared_by_sender(context: Context) -> frozenset[str]:
    """Those that the sender has."""
    return frozenset(_personal(context, (context.person or "",)))


def _personal(context: Context, logins: Iterable[str]) -> Iterable[str]:
    wanted = frozenset(logins)
    for person in context.council.people:
        if person.login in wanted:
            held = (each for each in person.personal_addresses if each.holds(context.today))
            yield from (mailbox_of(each.address) for each in held)
