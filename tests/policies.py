"""Councils whose policy asks for less, for tests that are not about the rest of it."""

from __future__ import annotations

from config.council import Council

SIGNED = ("sender_identity", "signature", "waiver")
"""What is asked of a message before anybody looks at who gets what."""


def only(council: Council, *checks: str) -> Council:
    """The same council, whose policy has these checks alone."""
    kept = {name: each for name, each in council.policy.checks.items() if name in checks}
    return council.model_copy(update={"policy": council.policy.model_copy(update={"checks": kept})})


def unsigned(council: Council) -> Council:
    """The same council, whose policy asks only who a sender is: its mail leaves as it came."""
    return only(council, "sender_identity")
