"""A council's adopted e-mail policy: for each check stage, verdict and the clause it enacts.

The names here are the vocabulary of the whole house: `Verdict`, `Stage`, `Clause`, `CheckPolicy`.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from config.base import Day, Frozen, Line
from config.capacity import Capacity
from config.check_policy import CheckPolicy, completed, faults_of
from config.clause import Clause, HandledClause, Handling
from config.errors import Complaint, Faults
from config.message_class import CHOICES, Fallback, MessageClass
from config.verdict import Stage, Verdict, VerdictWord

__all__ = [
    "ALWAYS_IN_FORCE",
    "BUILT_IN",
    "EMERGENCY",
    "MONITORING",
    "PROTECTED",
    "READABLE",
    "SENDING_RATE",
    "CheckPolicy",
    "Clause",
    "HandledClause",
    "Handling",
    "Policy",
    "Stage",
    "Verdict",
    "VerdictWord",
    "WaiverPosition",
]


def _version(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,40}", text):
        raise ValueError("1 to 40 letters, digits, dots, hyphens and underscores")
    return text


def _tag(text: str) -> str:
    if not re.fullmatch(r"\[[^\[\]\s](?:[^\[\]]{0,38}[^\[\]\s])?\]", text) or not text.isprintable():
        raise ValueError("1 to 40 characters in square brackets, such as [personal]")
    return text.casefold()


class WaiverPosition(StrEnum):
    """Where the waiver stands: with the signature, or alone at the very end, below all that is quoted."""

    AFTER_OWN_TEXT = "after_own_text"
    END_OF_MESSAGE = "end_of_message"


ALWAYS_IN_FORCE = frozenset({"sender_identity", "malware"})
"""Checks that neither a trial nor a pause takes out of force: they guard people from being impersonated and
from harm, and no council means to do without them for an hour."""

_ALWAYS = {
    "sender_identity": CheckPolicy(
        stage=Stage.ENFORCE,
        verdict=Verdict.REFUSE,
        clause=Clause(
            document="Vestry built-in policy",
            heading="Senders",
            item="1",
            wording="Each person writes in their own name: nobody sends as another, or as the Clerk.",
        ),
    ),
}


class Policy(Frozen):
    """A council's adopted e-mail policy, as the post room applies it. Each decision names `version`.

    A check of the built-in policy that an adopted one does not speak of stands as it is built in; to do
    without it, the adopted policy says `stage = "off"`.

    Every check that there is may be spoken of, with the verdicts, thresholds and switches that `config.checks` has
    for it; what is left out of them stands at its default. `clauses` lists what the adopted document asks of
    e-mail, clause by clause, and how each is handled; only people read it.

    `message_classes` holds what the council chose for some classes (`fallback` knows all of them).
    `capacity_tags` are tags, in small letters, that choose a capacity when a subject starts with one.
    """

    title: Line = Field(min_length=1)
    version: Annotated[str, AfterValidator(_version)]
    adopted: Day | None = None
    review: Day | None = None
    source: Line = ""
    checks: dict[str, CheckPolicy]
    clauses: tuple[HandledClause, ...] = ()
    waiver_position: WaiverPosition = WaiverPosition.AFTER_OWN_TEXT
    message_classes: dict[MessageClass, Fallback] = Field(default={})
    capacity_tags: dict[Annotated[str, AfterValidator(_tag)], Capacity] = Field(default={})
    default_capacity: Capacity = Capacity.COUNCIL

    @field_validator("checks")
    @classmethod
    def _of_the_catalogue(cls, checks: dict[str, CheckPolicy]) -> dict[str, CheckPolicy]:
        if faults := [fault for name, policy in checks.items() for fault in faults_of(name, policy)]:
            raise Faults(faults)
        return {**_ALWAYS, **{name: completed(name, policy) for name, policy in checks.items()}}

    @model_validator(mode="after")
    def _reviewed_after_adoption(self) -> Self:
        if self.adopted and self.review and self.review < self.adopted:
            raise Faults([Complaint("review", str(self.review), f"a day after adoption ({self.adopted})")])
        return self

    @model_validator(mode="after")
    def _chosen_among_the_allowed(self) -> Self:
        faults = [
            Complaint(f"message_classes.{each}", repr(chosen.value), _one_of(CHOICES[each].allowed))
            for each, chosen in self.message_classes.items()
            if chosen not in CHOICES[each].allowed
        ]
        if faults:
            raise Faults(faults)
        return self

    def fallback(self, message_class: MessageClass) -> Fallback:
        """What is done with messages of a class: what the council chose, else the default."""
        return self.message_classes.get(message_class, CHOICES[message_class].default)


def _one_of(allowed: Collection[Fallback]) -> str:
    return "one of " + ", ".join(each for each in Fallback if each in allowed)


BUILT_IN = Policy(
    title="Built-in policy",
    version="built-in-1",
    source="What every council needs before it has adopted anything of its own",
    checks=_ALWAYS,
)

READABLE = CheckPolicy(
    stage=Stage.ENFORCE,
    verdict=Verdict.HOLD,
    clause=Clause(
        document="Vestry built-in policy",
        heading="Messages",
        item="1",
        wording="What cannot be read and made ready to leave is looked at by the Clerk.",
    ),
)
"""What holds a message that nothing could be read from, whatever the council's own checks say."""

SENDING_RATE = CheckPolicy(
    stage=Stage.ENFORCE,
    verdict=Verdict.HOLD,
    clause=Clause(
        document="Vestry built-in policy",
        heading="Senders",
        item="2",
        wording="A login that suddenly writes to very many people is looked at before more of it leaves.",
    ),
)
"""What holds mail beyond the host's limit of recipients an hour: a stolen password must not send on."""

MONITORING = CheckPolicy(
    stage=Stage.ENFORCE,
    verdict=Verdict.ASK,
    clause=Clause(
        document="Vestry built-in policy",
        heading="Senders",
        item="3",
        wording="Whoever sends mail here has been told that it may be read before it goes, and has said so.",
    ),
)
"""What keeps the first mail of whoever has not yet acknowledged the council's monitoring notice. No trial and no
pause takes it out of force: it is for the law that people are told, not for the council's policy."""

PROTECTED = CheckPolicy(
    stage=Stage.ENFORCE,
    verdict=Verdict.NOTE,
    clause=Clause(
        document="Vestry built-in policy",
        heading="Recipients",
        item="1",
        wording="Whoever the Council lists as protected is written to in confidence: nobody here reads it first.",
    ),
)
"""What lets mail to protected recipients pass."""

EMERGENCY = CheckPolicy(
    stage=Stage.ENFORCE,
    verdict=Verdict.NOTE,
    clause=Clause(
        document="Vestry built-in policy",
        heading="Recipients",
        item="2",
        wording="Mail to whom the Council lists for emergencies does not wait.",
    ),
)
"""What lets mail to emergency recipients pass."""
