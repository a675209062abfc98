"""Leaving in peace for a while what did not answer or did not let us in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

Key = tuple[str, ...]


@dataclass(slots=True)
class Rest:
    """Who is left in peace, and from when until when."""

    _spans: dict[Key, tuple[datetime, datetime]] = field(default_factory=dict)

    def begin(self, key: Key, now: datetime, span: timedelta) -> None:
        """Leave it in peace from now on, for that long."""
        self._spans = {one: each for one, each in self._spans.items() if each[0] <= now < each[1]}
        self._spans[key] = now, now + span

    def until(self, key: Key, now: datetime) -> datetime | None:
        """When it may be asked again; None where it may be asked now. A clock set back ends the rest."""
        since, until = self._spans.get(key, (now, now))
        return until if since <= now < until else None
