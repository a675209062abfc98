"""In what capacity a message is written (`config.capacity`)."""

from __future__ import annotations

from config.capacity import Capacity
from config.council import Council, Identity, Person
from config.policy import Policy
from filters.context import Context
from signatures.message.anatomy import Anatomy


def capacity_of(
    council: Council, identity: Identity | None, subject: str, person: Person | None = None
) -> Capacity:
    """The capacity of a message from `identity`, written by `person`, with the decoded `subject`.

    A tag that the policy knows at the very start of the subject goes first, then the address's own capacity,
    then the person's default, then the policy's. A tag behind "Re:" does not count: it may be a
    correspondent's.
    """
    if tag := tag_of(council.policy, subject):
        return council.policy.capacity_tags[tag.casefold()]
    if identity is not None and identity.capacity is not None:
        return identity.capacity
    if person is not None and person.default_capacity is not None:
        return person.default_capacity
    return council.policy.default_capacity


def capacity_in(anatomy: Anatomy, context: Context) -> Capacity:
    """The capacity of a message. The subject of one that is only sent on is another's, and chooses nothing."""
    sender = context.sender
    address = anatomy.authors[0].address if anatomy.authors else ""
    identity = sender.identity(address, context.today) if sender else None
    return capacity_of(context.council, identity, "" if anatomy.resent else anatomy.subject, sender)


def tag_of(policy: Policy, subject: str) -> str:
    """The tag at the very start of a decoded subject that the policy knows, as written; or nothing."""
    start = subject.lstrip()
    if not start.startswith("["):
        return ""
    tag = start[: start.find("]") + 1]
    return tag if tag.casefold() in policy.capacity_tags else ""
