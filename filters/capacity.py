"""In what capacity a message is written (`config.capacity`)."""

from __future__ import annotations

from config.capacity import Capacity
from config.council import Council, Identity


def capacity_of(council: Council, identity: Identity | None, subject: str) -> Capacity:
    """The capacity of a message from `identity` with the decoded `subject`.

    A tag that the policy knows at the very start of the subject goes first, then the address's own capacity,
    then the policy's default. A tag behind "Re:" does not count: it may be a correspondent's.
    """
    start = subject.lstrip().casefold()
    for tag, capacity in council.policy.capacity_tags.items():
        if start.startswith(tag):
            return capacity
    if identity is not None and identity.capacity is not None:
        return identity.capacity
    return council.policy.default_capacity
