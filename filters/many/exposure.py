"""People outside the council are not shown each other's private addresses."""

from __future__ import annotations

from collections.abc import Iterator

from config.checks import threshold
from config.consumer_domains import is_consumer, mailbox_of
from config.policy import CheckPolicy
from filters.context import Context
from filters.conversation import declared, declared_by_sender, together
from filters.finding import Finding, finding_of
from filters.forwarding.reach import Shown
from filters.many.audience import audience
from signatures.message.anatomy import Anatomy
from signatures.message.headers import Mailbox

_NAME = "exposure"
_MOST = 10


def check(anatomy: Anatomy, context: Context, policy: CheckPolicy) -> Iterator[Finding]:
    """As many private addresses in To and Cc as the policy says, or more, of people who were not together in the
    conversation before. Officers of organisations at their own domains are none, and Bcc shows nobody to anybody.
    """
    exposed = tuple(_exposed(anatomy, context))
    if len(exposed) < threshold(_NAME, policy.thresholds, "recipients"):
        return
    seen = Shown(anatomy)
    yield finding_of(
        _NAME,
        policy,
        f"{len(exposed)} people outside the council would see each other's private e-mail addresses. "
        "Put them in Bcc, or write to each of them separately; or confirm that they may see them.",
        (seen.evidence(mailbox.address) for mailbox in exposed[:_MOST]),
        about=(mailbox.address for mailbox in exposed),
    )


def _exposed(anatomy: Anatomy, context: Context) -> Iterator[Mailbox]:
    """One mailbox in To and Cc for each person whose private address the others have not seen yet."""
    private, own = declared(context), declared_by_sender(context)
    known = together(anatomy, context)
    lists = {each.address for each in context.council.lists}
    met: set[str] = set(own)
    for mailbox in audience(anatomy, context).visible:
        person = mailbox_of(mailbox.address)
        is_private = person in private or is_consumer(mailbox.address)
        outside = not context.council.is_internal(mailbox.address) and mailbox.address not in lists
        if outside and is_private and person not in met and not known.has(mailbox.address, mailbox):
            met.add(person)
            yield mailbox
