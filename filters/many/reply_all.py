"""A reply to many people is thought over once more before it goes."""

from __future__ import annotations

from collections.abc import Iterator

from config.checks import threshold
from config.policy import CheckPolicy
from filters.context import Context
from filters.conversation import is_reply
from filters.finding import Finding, finding_of
from filters.many.audience import Audience, audience, behind, named, own_addresses, shown
from filters.many.evidence import recipients
from signatures.message.anatomy import Anatomy

_NAME = "reply_all"


def check(anatomy: Anatomy, context: Context, policy: CheckPolicy) -> Iterator[Finding]:
    """A reply to as many people as the policy says, or more (research (d2) 31, 32)."""
    if not is_reply(anatomy):
        return
    found = audience(anatomy, context)
    count = behind(found.addresses, context.council, own=own_addresses(context)).count
    if count < threshold(_NAME, policy.thresholds, "recipients"):
        return
    author = _answered(anatomy, context)
    yield finding_of(
        _NAME,
        policy,
        _reason(found, count, author),
        recipients(found, anatomy, context.council),
        about=(address for address in found.addresses if address != author),
    )


def _answered(anatomy: Anatomy, context: Context) -> str:
    """Who wrote what is answered, as far as it is told; else nothing."""
    quoted = anatomy.earlier[0].author if anatomy.earlier else ""
    if quoted:
        return quoted
    answered = anatomy.references[:1]
    return next((mail.author for mail in context.answers.parents if mail.message_id in answered), "")


def _reason(found: Audience, count: int, author: str) -> str:
    to_all = f"This reply goes to {count} people"
    if found.visible:
        to_all += f", among them {named(found.visible)}"
    first = next((shown(mailbox) for mailbox in found.visible if mailbox.address == author), "")
    only = f"send it to {first} only, who wrote the message that you answer" if first else ""
    choices = f"{only}, or leave" if only else "leave"
    return f"{to_all}. Confirm that all of them should have it; or {choices} some of them out."
