"""Held mail as it is shown to those who decide on it: what of it, and what has become of who sent it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from config.base import london_day
from config.council import Council
from filters.finding import Decision
from gateway.holds.casework import is_casework, veiled
from gateway.holds.steps import OFFICE, Held, Step, due
from gateway.notices import mask
from gateway.notices.people import phone_of
from gateway.store import holds


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of the list. `waits_for` are the words that it still needs, and `who` can give them or look at it.

    `telephone` is that of its sender, where a question has been left unanswered. `left_behind`: its sender's term has
    ended, so that it may be cancelled and is not sent.
    """

    id: str
    received_at: datetime
    person: str | None
    header_from: str
    subject: str
    size: int
    casework: bool
    decision: Decision
    waits_for: tuple[str, ...]
    reviewers: tuple[str, ...]
    unanswered: bool
    telephone: str
    left_behind: bool


def listing(connection: Connection, council: Council, now: datetime) -> list[Shown]:
    """The council's held messages, oldest first; none that is sealed."""
    acts = holds.acts_on_held(connection, council.id)
    return [_shown(council, row, acts.get(row.id, ()), now) for row in holds.listing(connection, council.id)]


def _shown(council: Council, row: Row[*tuple[Any, ...]], acts: tuple[str, ...], now: datetime) -> Shown:
    decision = Decision.model_validate_json(row.findings)
    held = Held(row.id, row.person, row.received_at, decision, acts)
    decision = held.standing
    today = london_day(now)
    left = held.left_behind(council, today)
    unanswered = Step.UNANSWERED in due(council, held, now)
    sender = council.person(row.person) if row.person else None
    casework = is_casework(row)
    looked_at = left or unanswered or bool(held.needs & OFFICE)
    reviewers = held.reviewers(council, today).at_hand(council, today) if looked_at else ()
    return Shown(
        id=row.id,
        received_at=row.received_at,
        person=row.person,
        header_from=row.header_from,
        subject=mask.hidden(row.subject) if casework else row.subject,
        size=row.size,
        casework=casework,
        decision=veiled(decision) if casework else mask.masked_decision(decision),
        waits_for=() if left else tuple(sorted(need.value for need in held.needs)),
        reviewers=tuple(each.login for each in reviewers),
        unanswered=unanswered,
        telephone=phone_of(sender, council) if sender is not None and unanswered else "",
        left_behind=left,
    )
