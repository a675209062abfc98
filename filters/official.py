"""What official outward mail is: the Council's business, written by a person, to somebody outside the Council."""

from __future__ import annotations

from collections.abc import Iterable

from config.capacity import Capacity
from config.council import Council
from config.mailing_list import by_address, opened
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
    council = context.council
    return bool(council.protected) and any(map(council.is_protected, reached(anatomy, context)))


def reached(anatomy: Anatomy, context: Context) -> frozenset[str]:
    """Every canonical address that the header or the envelope names, and the members of the lists among them."""
    named = {mailbox.address for mailbox in anatomy.recipients}
    named.update(each.canonical for each in context.envelope.recipients)
    return members_of(context.council, named) | named


def members_of(council: Council, addresses: Iterable[str]) -> frozenset[str]:
    """Whom canonical addresses reach: themselves, or the members of the lists that they are, as in `opened`."""
    lists = by_address(council.lists)
    return frozenset(each for address in addresses for each in opened(address, lists))


def _reaches_outside(council: Council, address: str) -> bool:
    """A list whose members nobody knows is taken to have one outside: else newsletters would be internal."""
    lists = by_address(council.lists)
    return any(each in lists or not council.is_internal(each) for each in opened(address, lists))
