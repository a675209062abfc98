"""What a council's policy says of each check: stage, verdict and the clause it enacts.

The names here are the vocabulary of the whole house: `Verdict`, `Stage`, `Clause`.
"""

from __future__ import annotations

from datetime import date
from enum import IntEnum, StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer

from config.base import Frozen


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


def _verdict(value: Any) -> Any:
    return Verdict.from_word(value) if isinstance(value, str) else value


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

    document: str
    heading: str = ""
    item: str = ""
    wording: str = ""

    def __str__(self) -> str:
        return ", ".join(part for part in (self.document, self.heading, self.item) if part)


class CheckPolicy(Frozen):
    """What the policy says of one check."""

    stage: Stage = Stage.TRIAL
    verdict: VerdictWord
    clause: Clause


class Policy(Frozen):
    """A council's adopted e-mail policy, as the post room applies it. Each decision names `version`."""

    title: str
    version: str = Field(pattern=r"^[A-Za-z0-9._-]{1,40}$")
    adopted: date | None = None
    review: date | None = None
    source: str = ""
    checks: dict[str, CheckPolicy]


BUILT_IN = Policy(
    title="Built-in policy",
    version="built-in-1",
    source="What every council needs before it has adopted anything of its own",
    checks={
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
    },
)
