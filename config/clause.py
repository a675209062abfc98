"""Where an adopted policy asks for something, and how Vestry handles what it asks."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from config.base import Frozen, Line
from config.checks import KINDS
from config.errors import Complaint, Faults


class Clause(Frozen):
    """Where an adopted policy asks for a check: document, heading, item. `wording` is ours, not theirs."""

    document: Line = Field(min_length=1)
    heading: Line = ""
    item: Line = ""
    wording: Line = ""

    def __str__(self) -> str:
        return ", ".join(part for part in (self.document, self.heading, self.item) if part)


class Handling(StrEnum):
    """What Vestry does about a clause.

    `enforced`: checks look after it. `recorded`: what happens is written down, and nothing is held for it.
    `not_enforceable`: a gateway for outgoing mail can do nothing about it.
    """

    ENFORCED = "enforced"
    RECORDED = "recorded"
    NOT_ENFORCEABLE = "not_enforceable"


class HandledClause(Clause):
    """A clause of an adopted policy, and how it is handled.

    `checks` are those that look after it. `why` says how it is recorded, or why it is not enforceable here.
    """

    handling: Handling
    checks: tuple[str, ...] = ()
    why: Line = ""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if faults := list(self._faults()):
            raise Faults(faults)
        return self

    def _faults(self) -> Iterator[Complaint]:
        for index, name in enumerate(self.checks):
            if name not in KINDS:
                yield Complaint(f"checks[{index}]", repr(name), "one of " + ", ".join(KINDS))
        if self.handling is Handling.ENFORCED and not self.checks:
            yield Complaint("checks", "none", "at least one check, for a clause that is enforced")
        if self.handling is Handling.NOT_ENFORCEABLE and self.checks:
            yield Complaint("checks", ", ".join(self.checks), "none, for a clause that is not enforceable")
        if self.handling is Handling.NOT_ENFORCEABLE and not self.why:
            yield Complaint("why", "nothing", "a sentence that says why it cannot be enforced here")
