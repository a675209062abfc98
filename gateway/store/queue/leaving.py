"""What goes into the queue, and what is kept back there for a person to decide."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, false, or_, select, update

from gateway.store import splices as splice_text
from gateway.store import statements
from gateway.store.kinds import RecipientState
from gateway.store.models import DeliveryRow, DepartureRow
from signatures.message.splices import Splice


@dataclass(frozen=True, slots=True)
class Leaving:
    """A message to be queued for delivery to the recipients with these numbers.

    `from_domain` is the domain of its From, for which it is signed.
    """

    council: str
    message: str
    from_domain: str
    upstream: str
    trace: bytes
    splices: Sequence[Splice]
    recipients: Sequence[int]
    now: datetime


def depart(connection: Connection, leaving: Leaving) -> str:
    """Queue a message for delivery. Returns the departure's id."""
    return depart_all(connection, [leaving])[0]


def depart_all(connection: Connection, leaving: Sequence[Leaving]) -> list[str]:
    """Queue several messages. Returns the departures' ids."""
    departures = [(secrets.token_hex(8), one) for one in leaving]
    statements.ADD_DEPARTURES.run(connection, [_new_departure(id, one) for id, one in departures])
    deliveries = [row for id, one in departures for row in _new_deliveries(id, one)]
    statements.ADD_DELIVERIES.run(connection, deliveries)
    return [id for id, _ in departures]


def hold_back(connection: Connection, now: datetime, until: datetime | None, reply: str) -> int:
    """Put off every departure that waits until then, for a person to decide; None leaves it due as it was.

    Nobody may be at work on the queue: every lease is ended, and where data had been sent, the outcome is
    unknown. Returns how many wait.
    """
    waiting = DepartureRow.done == false()
    later = {} if until is None else {"next_attempt": until}
    ids = connection.execute(
        update(DepartureRow)
        .where(waiting)
        .values(
            outcome_unknown=or_(DepartureRow.outcome_unknown, DepartureRow.data_sent),
            data_sent=False,
            starts=0,
            lease_owner=None,
            lease_token=None,
            lease_until=None,
            **later,
        )
        .returning(DepartureRow.id)
    ).all()
    if until is not None:
        connection.execute(
            update(DeliveryRow)
            .where(
                DeliveryRow.state == RecipientState.QUEUED.value,
                DeliveryRow.departure_id.in_(select(DepartureRow.id).where(waiting)),
            )
            .values(next_attempt=until, reply=reply, changed_at=now)
        )
    return len(ids)


def _new_departure(id: str, leaving: Leaving) -> dict[str, Any]:
    return {
        "id": id,
        "council_id": leaving.council,
        "message_id": leaving.message,
        "created_at": leaving.now,
        "from_domain": leaving.from_domain,
        "upstream": leaving.upstream,
        "trace": leaving.trace,
        "splices": splice_text.dump(leaving.splices),
        "prepended": None,
        "sent_sha256": None,
        "prepared_at": None,
        "attempts": 0,
        "starts": 0,
        "next_attempt": leaving.now,
        "done": False,
        "data_sent": False,
        "outcome_unknown": False,
        "delay_told": False,
    }


def _new_deliveries(departure: str, leaving: Leaving) -> list[dict[str, Any]]:
    return [
        {
            "council_id": leaving.council,
            "departure_id": departure,
            "number": number,
            "state": RecipientState.QUEUED.value,
            "reply": "",
            "status": "",
            "changed_at": leaving.now,
            "next_attempt": leaving.now,
        }
        for number in leaving.recipients
    ]
