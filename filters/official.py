"""What official outward mail is: the Council's business, written by a person, to somebody outside the Council."""

from __future__ import annotations

from config.capacity import Capacity
from config.council import Council
from config.mailing_list import MailingList, opened
from filters.capacity import capacity_in
from filters.context import Context
from signatures.message.anatomy import Anatomy


def outside(anatomy: Anatomy, context: Context) -> tuple[str, ...]:
    """The envelope recipients, canonical, that make a message official outward mail; none where it is not.

    They are outside the Council, or lists with somebody outside in them. Casework and personal views are not
    official. What a program answers, a receipt and what the null sender writes are nobody's letters, and a
    message sent on as it is (Resent-From) is another's.
    """
    written = not anatomy.automatic and not anatomy.resent and bool(context.envelope.mail_from)
    if not written or capacity_in(anatomy, context) is not Capacity.COUNCIL:
        return ()
    council = context.council
    addresses = dict.fromkeys(each.canonical for each in context.envelope.recipients)
    return tuple(each for each in addresses if _reaches_outside(council, each))


def to_protected(anatomy: Anatomy, context: Context) -> bool:
    """Whether a message is for somebody whom one may write to without the Clerk knowing."""
    protected = context.council.protected
    return bool(protected) and not reached(anatomy, context).isdisjoint(protected)


def reached(anatomy: Anatomy, context: Context) -> frozenset[str]:
    """Every canonical address that the header or the envelope names, and the members of the lists among them."""
    named = {mailbox.address for mailbox in anatomy.recipients}
    named.update(each.canonical for each in context.envelope.recipients)
    lists = _lists(context.council)
    return frozenset(named.union(*(opened(address, lists) for address in named)))


def _reaches_outside(council: Council, address: str) -> bool:
    """A list whose members nobody knows is taken to have one outside: else newsletters would be internal."""
    lists = _lists(council)
    return any(each in lists or not council.is_internal(each) for each in opened(address, lists))


def _lists(council: Council) -> dict[str, MailingList]:
    return {each.address: each for each in council.lists}
