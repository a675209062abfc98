"""What a count comes to: a clock, as it stands on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from gateway.foi.regimes import Regime
from gateway.foi.working_days import ENGLAND, UNITED_KINGDOM, WorkingDays


class State(StrEnum):
    """How a clock stands."""

    RUNNING = "running"
    WAITING = "waiting for clarification"
    PAUSED = "paused"
    OVERDUE = "overdue"
    IN_TIME = "answered in time"
    LATE = "answered late"
    LAPSED = "lapsed, the fee was not paid"
    REPLACED = "replaced by another regime"


ANSWERED = frozenset({State.IN_TIME, State.LATE})
"""Nothing is to be done any more."""


class Matter(StrEnum):
    """What a clock is for."""

    REQUEST = "the request"
    REVIEW = "the internal review"


@dataclass(frozen=True)
class Counting:
    """How a council wants it counted: its own target so many working days before the due date, and the calendars."""

    target_before: int = 5
    united_kingdom: WorkingDays = UNITED_KINGDOM
    england: WorkingDays = ENGLAND

    def __post_init__(self) -> None:
        if self.target_before < 0:
            raise ValueError("A target lies so many working days before the due date, not after it.")

    def calendar(self, regime: Regime) -> WorkingDays:
        """The working days that count under a regime.

        For a subject access request those of the place where the council acts: it is England's, which has fewer
        holidays than the whole Kingdom and so never gives a later day than the law.
        """
        return self.england if regime is Regime.SAR else self.united_kingdom


AS_EVER = Counting()
"""As it is counted where a council has said nothing else."""


@dataclass(frozen=True)
class Clock:
    """A statutory clock on a day, and the sentences that explain it.

    `since` is the day from which it is counted. `due` is the last day on which an answer is in time, `target` the
    council's own; neither is known while the clock waits for somebody else. `used` counts the working days, or for a
    subject access request the days, that have been used so far. `tell_by` is the last day to tell of an extension,
    while there can be one. `statutory` is False where only a Code says how long it may take.
    """

    regime: Regime
    matter: Matter
    since: date
    due: date | None
    target: date | None
    state: State
    used: int
    tell_by: date | None
    statutory: bool
    steps: tuple[str, ...]

    @property
    def open(self) -> bool:
        """Whether something is still to be done by the council or awaited from the requester."""
        return self.state not in ANSWERED and self.state not in {State.LAPSED, State.REPLACED}


def state_of(answered: date | None, due: date | None, standing: State | None, today: date) -> State:
    """How a clock stands: answered or not, with its due date or the state in which it stands still."""
    if answered is not None:
        return State.LATE if due is not None and answered > due else State.IN_TIME
    if standing is not None:
        return standing
    return State.OVERDUE if due is not None and today > due else State.RUNNING
