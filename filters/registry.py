"""The checks that there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from config.policy import CheckPolicy
from filters import clerk_copy, forwarding, missing_attachment, moderation, recipients, sender_identity, trail
from filters.context import Context
from filters.finding import Finding
from filters.many import exposure, large_list, reply_all
from signatures.message.anatomy import Anatomy


class Check(Protocol):
    """A pure function: what one rule of policy sees in one message."""

    def __call__(self, anatomy: Anatomy, context: Context, policy: CheckPolicy) -> Iterable[Finding]:
        """The findings, none where all is well. Any exception means "could not be checked"."""


CHECKS: Mapping[str, Check] = {
    "sender_identity": sender_identity.check,
    "forwarding": forwarding.check,
    "reply_all": reply_all.check,
    "large_list": large_list.check,
    "exposure": exposure.check,
    "trail": trail.check,
    "recipients": recipients.check,
    "clerk_copy": clerk_copy.check,
    "moderation": moderation.check,
    "missing_attachment": missing_attachment.check,
}

WRITTEN = frozenset({"signature", "waiver"})
"""Checks that look at nothing: what they ask for is written into the message (`filters.block`)."""
