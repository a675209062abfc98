"""The checks that there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import Protocol, cast

from config.policy import CheckPolicy
from filters import (
    clerk_copy,
    forwarding,
    malware,
    missing_attachment,
    moderation,
    naming,
    recipients,
    sender_identity,
    trail,
)
from filters.context import Context
from filters.finding import Finding
from filters.many import exposure, large_list, reply_all
from signatures.message.anatomy import Anatomy


class Check(Protocol):
    """A pure function: what one rule of policy sees in one message."""

    def __call__(self, anatomy: Anatomy, context: Context, policy: CheckPolicy) -> Iterable[Finding]:
        """The findings, none where all is well. Any exception means "could not be checked"."""


_READING = (
    "authority",
    "attachments",
    "confidential",
    "language",
    "personal_data",
    "secrets",
    "solicitation",
    "spelling",
)
"""Checks with long lists of words. Only workers run them, so other processes do not spend their start on them."""


def preload() -> None:
    """Load every check."""
    for name in _READING:
        import_module(f"filters.{name}")


def _when_run(name: str) -> Check:
    """The check in the package of that name, which is loaded when it is first run."""

    def check(anatomy: Anatomy, context: Context, policy: CheckPolicy) -> Iterable[Finding]:
        return cast("Check", import_module(f"filters.{name}").check)(anatomy, context, policy)

    return check


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
    "malware": malware.check,
    "naming": naming.check,
    **{name: _when_run(name) for name in _READING},
}

WRITTEN = frozenset({"signature", "waiver"})
"""Checks that look at nothing: what they ask for is written into the message (`filters.block`)."""

ELSEWHERE = frozenset({"report"})
"""Checks that look at nothing either: what they ask for is done with mail to an address of the council's own."""
