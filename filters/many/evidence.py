"""The recipients of a message as evidence."""

from __future__ import annotations

from itertools import islice

from config.council import Council
from filters.finding import Evidence
from filters.forwarding.reach import Shown
from filters.many.audience import Audience
from signatures.message.anatomy import Anatomy

_MOST = 10


def recipients(found: Audience, anatomy: Anatomy, council: Council) -> tuple[Evidence, ...]:
    """The first recipients where they stand and as written there, and each list with how many are behind it."""
    seen = Shown(anatomy)
    there = frozenset(found.addresses)
    return (
        *(seen.evidence(address) for address in islice(found.addresses, _MOST)),
        *(
            Evidence(where="list", text=f"{each.address}: {each.count}")
            for each in council.lists
            if each.address in there
        ),
    )
