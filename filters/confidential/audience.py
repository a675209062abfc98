"""Who of a message's recipients may have what is confidential."""

from __future__ import annotations

from dataclasses import dataclass

from config.address import domain_of
from config.consumer_domains import mailbox_of
from config.mailing_list import by_address, opened
from filters.context import Context


@dataclass(frozen=True, slots=True)
class Audience:
    """The recipients of the envelope, canonical: those `outside` who may not have it, and those at a `secure` domain."""

    outside: tuple[str, ...]
    secure: tuple[str, ...]


def audience(context: Context) -> Audience:
    """Everyone outside the council. A list is where its members are, and outside where nobody knows them.

    A member's private address is never secure, whosever domain it is at.
    """
    council = context.council
    lists = by_address(council.lists)
    secure = frozenset(council.content.secure_domains)
    private = {mailbox_of(each.address) for person in council.people for each in person.personal_addresses}

    def is_secure(address: str) -> bool:
        return address not in lists and domain_of(address) in secure and mailbox_of(address) not in private

    outside: dict[str, None] = {}
    approved: dict[str, None] = {}
    for recipient in dict.fromkeys(each.canonical for each in context.envelope.recipients):
        reached = [
            each for each in opened(recipient, lists) if each in lists or not council.is_internal(each)
        ]
        if reached:
            (approved if all(map(is_secure, reached)) else outside)[recipient] = None
    return Audience(tuple(outside), tuple(approved))
