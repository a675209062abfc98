"""A new message to many people is thought over once more, unless it goes to an approved list."""

from __future__ import annotations

from collections.abc import Iterator

from config.checks import threshold
from config.policy import CheckPolicy
from filters.context import Context
from filters.conversation import is_reply
from filters.finding import Finding, finding_of
from filters.many.audience import audience, behind, named, own_addresses
from filters.many.evidence import recipients
from signatures.message.anatomy import Anatomy

_NAME = "large_list"


def check(anatomy: Anatomy, context: Context, policy: CheckPolicy) -> Iterator[Finding]:
    """A message that answers nothing, or is sent on, to as many people as the policy says, or more ((d2) 32).

    Nobody who is reached by an approved list is counted for it.
    """
    if is_reply(anatomy):
        return
    council = context.council
    found = audience(anatomy, context)
    count = behind(found.addresses, council, own=own_addresses(context), approved=False).count
    if count < threshold(_NAME, policy.thresholds, "recipients"):
        return
    approved = {each.address for each in council.lists if each.approved}
    visible = [mailbox for mailbox in found.visible if mailbox.address not in approved]
    among = f", among them {named(visible)}" if visible else ""
    yield finding_of(
        _NAME,
        policy,
        f"This message goes to {count} people at once{among}. "
        "Confirm that all of them should have it; or leave some of them out.",
        recipients(found, anatomy, council),
        about=(address for address in found.addresses if address not in approved),
    )
