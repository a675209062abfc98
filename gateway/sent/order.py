"""Ordering the copy of a message when an upstream has taken it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from config.sent_copy import CopyWay
from gateway import logs, metrics
from gateway.store import councils, jobs, sent
from gateway.store.jobs import Job
from gateway.store.kinds import RecipientState
from gateway.store.queue import End

KIND = "sent.copy"

_log = logs.get("sent")


@dataclass(frozen=True, slots=True)
class Order:
    """A copy to be made of the message `message` as its departure `departure` sent it at `sent_at`."""

    message: str
    departure: str
    sent_at: datetime

    @classmethod
    def of(cls, job: Job) -> Order:
        """The order that a job is. Raises KeyError and ValueError where it is none."""
        return cls(job.key, job.payload["departure"], datetime.fromisoformat(job.payload["sent_at"]))

    @property
    def payload(self) -> dict[str, Any]:
        """What the job keeps of it, beside its key, which is the message."""
        return {"departure": self.departure, "sent_at": self.sent_at.isoformat()}


@dataclass(slots=True)
class Orders:
    """Orders copies for councils that want them. What those want is remembered by their version."""

    _wishes: dict[str, tuple[int, bool]] = field(default_factory=dict)

    def place(self, connection: Connection, ended: Sequence[End], now: datetime) -> None:
        """Order a copy of each message that an upstream took just now, where there is none ordered yet.

        Part of the transaction that ends the attempts. Raises nothing but what the database does.
        """
        try:
            self._place(connection, ended, now)
        except SQLAlchemyError:
            raise  # The whole transaction fails, and is tried again like any other.
        except Exception:
            metrics.SENT_COPIES.labels("unknown", "not ordered").inc()
            _log.exception("copies not ordered", messages=[end.claim.message for end in ended])

    def _place(self, connection: Connection, ended: Sequence[End], now: datetime) -> None:
        taken: dict[str, dict[str, str]] = {}
        for end in ended:
            if any(outcome.state is RecipientState.SENT for outcome in end.outcomes):
                taken.setdefault(end.claim.council, {}).setdefault(end.claim.message, end.claim.departure)
        if not taken:
            return
        # In one order everywhere, so that two nodes that end departures of the same messages do not wait for
        # each other.
        for council in sorted(self._wanting(connection, taken)):
            for message in sent.somebodys(connection, council, taken[council]):
                order = Order(message, taken[council][message], now)
                jobs.add(connection, council, KIND, now, key=message, payload=order.payload)

    def _wanting(self, connection: Connection, asked: Collection[str]) -> list[str]:
        """Those of the councils that want copies, as they now stand."""
        wanting = []
        for council, version in councils.versions(connection, asked).items():
            known = self._wishes.get(council)
            if known is None or known[0] != version:
                found, latest = councils.load(connection, council)
                known = self._wishes[council] = found, latest.sent_copy.way is not CopyWay.OFF
            if known[1]:
                wanting.append(council)
        return wanting
