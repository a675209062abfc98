"""When to try again, and when to give up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from config.settings import DeliverySettings


@dataclass(frozen=True, slots=True)
class Schedule:
    """The waits of `settings`, varied by up to a fifth so that what failed together does not return together.

    `draw` gives a random number from 0 up to 1.
    """

    settings: DeliverySettings
    draw: Callable[[], float]

    def wait(self, tries: int) -> timedelta:
        """How long to wait after this many tries that failed, 1 or more."""
        waits = self.settings.retry_seconds
        return self.varied(waits[min(max(tries, 1), len(waits)) - 1])

    def varied(self, seconds: float) -> timedelta:
        """`seconds`, give or take up to a fifth."""
        return timedelta(seconds=seconds * (0.8 + 0.4 * self.draw()))

    def given_up(self, since: datetime, now: datetime) -> bool:
        """Whether what has waited since `since` is to be returned rather than tried again."""
        return now - since >= timedelta(hours=self.settings.give_up_hours)
