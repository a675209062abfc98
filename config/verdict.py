"""How grave a finding is and how far a check is in force: `Verdict` and `Stage`, words of the whole house."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer


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
