"""What a council's policy says of each check: stage, verdict and the clause it enacts.

The names here are the vocabulary of the whole house: `Verdict`, `Stage`, `Clause`.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from enum import IntEnum, StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, field_validator, model_validator

from config.base import Day, Frozen, Line
from config.capacity import Capacity
from config.errors import Complaint, Faults
from config.message_class import CHOICES, Fallback, MessageClass


class Verdict(IntEnum):
    """What is to become of a message, from lightest to gravest; a message's is its findings' gravest."""

    PASS = 0
    NOTE = 1
    ASK = 2
    HOLD = 3
    REFUSE = 4

    @property
    def word(self) -> str:
        """The verdict as it is written in files, JSON and logs, e.g. `hold`."""
        return self.name.lower()

    @classmethod
    def from_word(cls, word: str) -> Verdict:
        """The verdict written as `word`. Raises ValueError for any other word."""
        try:
            return cls[word.upper()]
        except KeyError:
            raise ValueError("one of " + ", ".join(v.word for v in cls)) from None


def _verdict(value: object) -> object:
    # A bare number would be a verdict to pydantic; to a reader of the file it would not.
    return value if isinstance(value, Verdict) else Verdict.from_word(str(value))


VerdictWord = Annotated[
    Verdict,
    BeforeValidator(_verdict),
    PlainSerializer(lambda verdict: Verdict(verdict).word, return_type=str),
]


class Stage(StrEnum):
    """How far a check is in force: not at all, recorded only, told afterwards, or decided on."""

    OFF = "off"
    TRIAL = "trial"
    WARN = "warn"
    ENFORCE = "enforce"


class Clause(Frozen):
    """Where an adopted policy asks for a check: document, heading, item. `wording` is ours, not theirs."""

    document: Line = Field(min_length=1)
    heading: Line = ""
    item: Line = ""
    wording: Line = ""

    def __str__(self) -> str:
        return ", ".join(part for part in (self.document, self.heading, self.item) if part)


class CheckPolicy(Frozen):
    """What the policy says of one check. `clause` is cited to people; `also` asks for the same elsewhere."""

    stage: Stage = Stage.TRIAL
    verdict: VerdictWord
    clause: Clause
    also: tuple[Clause, ...] = ()


def _version(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,40}", text):
        raise ValueError("1 to 40 letters, digits, dots, hyphens and underscores")
    return text


def _check_name(text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", text):
        raise ValueError("the name of a check, such as sender_identity")
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

    `message_classes` holds what the council chose for some classes (`fallback` knows all of them).
    `capacity_tags` are tags, in small letters, that choose a capacity when a subject starts with one.
    """

    title: Line = Field(min_length=1)
    version: Annotated[str, AfterValidator(_version)]
    adopted: Day | None = None
    review: Day | None = None
    source: Line = ""
    checks: dict[Annotated[str, AfterValidator(_check_name)], CheckPolicy]
    waiver_position: WaiverPosition = WaiverPosition.AFTER_OWN_TEXT
    message_classes: dict[MessageClass, Fallback] = Field(default={})
    capacity_tags: dict[Annotated[str, AfterValidator(_tag)], Capacity] = Field(default={})
    default_capacity: Capacity = Capacity.COUNCIL

    @field_validator("checks")
    @classmethod
    def _with_built_in(cls, checks: dict[str, CheckPolicy]) -> dict[str, CheckPolicy]:
        return {**_ALWAYS, **checks}

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
