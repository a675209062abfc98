"""The checks that there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from config.policy import CheckPolicy, Policy
from filters import sender_identity
from filters.context import Context
from filters.finding import Finding
from signatures.message.anatomy import Anatomy


class Check(Protocol):
    """A pure function: what one rule of policy sees in one message."""

    def __call__(self, anatomy: Anatomy, context: Context, policy: CheckPolicy) -> Iterable[Finding]:
        """The findings, none where all is well. Any exception means "could not be checked"."""


CHECKS: Mapping[str, Check] = {"sender_identity": sender_identity.check}

WRITTEN = frozenset({"signature", "waiver"})
"""Checks that look at nothing: what they ask for is written into the message (`filters.block`)."""


def unknown_checks(policy: Policy) -> frozenset[str]:
    """The checks that a policy names and that are not there."""
    return frozenset(policy.checks) - frozenset(CHECKS) - WRITTEN
