"""What a council wants done with its archive."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from config.base import Address, Frozen


def _each_once(addresses: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(addresses)) < len(addresses):
        raise ValueError("each address once")
    return addresses


class ArchiveRules(Frozen):
    """The addresses that anchors are mailed to: the ledger's head, signed, every day on which anything was added.

    At least one should be outside of the council's own mail and of whoever runs this host: the auditor's, say.
    """

    anchors: Annotated[tuple[Address, ...], AfterValidator(_each_once)] = Field(default=(), max_length=20)
