"""The course of an attempt: begun, ended, put off or given to another, and what it came to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from gateway.store import statements
from gateway.store.clock import lease_value
from gateway.store.kinds import RecipientState
from gateway.store.queue.leases import Claim, held_of, still_held, this
from gateway.store.queue.prepared import First, prepare
from signatures.message.splices import Splice


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an attempt came to for one recipient. `reply` is what the upstream said, code first.

    `status` is the enhanced status code (RFC 3463). `next_attempt` goes with `queued` alone.
    """

    number: int
    state: RecipientState
    reply: str
    status: str
    next_attempt: datetime | None = None


@dataclass(frozen=True, slots=True)
class Start:
    """The data of a departure is about to be sent, and nobody is to take over for `hold_seconds`.

    `refused` are outcomes that are certain already. `prepared`, where it is not stored yet, is what is put
    before the message, and the SHA-256, in hex, over that and `apply(raw, splices)`. `splices` where a downgrade
    takes the place of the departure's own.
    """

    claim: Claim
    refused: Sequence[Outcome] = ()
    prepared: tuple[bytes, str] | None = None
    hold_seconds: float = 0.0
    splices: Sequence[Splice] | None = None


@dataclass(frozen=True, slots=True)
class End:
    """What an attempt came to. `unknown`: the data was sent and no reply came, which stays on record."""

    claim: Claim
    outcomes: Sequence[Outcome]
    unknown: bool = False


def start(connection: Connection, start: Start, now: datetime) -> bool:
    """`start_all` for one."""
    return start_all(connection, [start], now)[0]


def start_all(connection: Connection, starts: Sequence[Start], now: datetime) -> list[bool]:
    """Note, before the data goes out, that it is about to. Says for each whether it may go.

    It may not where the lease is no longer ours, or has run out; nothing is then noted.
    """
    held = held_of(connection, [one.claim for one in starts], now)
    going = [one for one in starts if (row := held.get(one.claim)) is not None and row.lasts]
    if going:
        connection.execute(
            statements.renew(connection.dialect.name),
            [
                this(one.claim) | {"until": lease_value(connection, now, one.hold_seconds), "data_sent": True}
                for one in going
            ],
        )
        _note(connection, [(one.claim, one.refused) for one in going], now)
        first = [
            First(one.claim, *one.prepared, held[one.claim].splices, one.splices)
            for one in going
            if held[one.claim].unprepared and one.prepared is not None
        ]
        prepare(connection, first, now)
    return [one in going for one in starts]


def finish(connection: Connection, end: End, now: datetime) -> bool:
    """`finish_all` for one."""
    return finish_all(connection, [end], now)[0]


def finish_all(connection: Connection, ends: Sequence[End], now: datetime) -> list[bool]:
    """End attempts: note each outcome, and queue again what is to be tried again. Says for each whether.

    It is not where the lease is no longer ours; nothing is then noted.
    """
    held = held_of(connection, [one.claim for one in ends], now)
    ended = [one for one in ends if one.claim in held]
    _note(connection, [(one.claim, one.outcomes) for one in ended], now)
    for unknown in (False, True):
        alike = [this(one.claim) | {"data_sent": False} for one in ended if one.unknown is unknown]
        if alike and unknown:
            alike = [one | {"outcome_unknown": True} for one in alike]
        if alike:
            connection.execute(statements.END_ATTEMPT, alike)
    return [one.claim in held for one in ends]


def defer(connection: Connection, claimed: Claim, next_attempt: datetime, reply: str, now: datetime) -> bool:
    """Put the whole departure off, without an attempt counted: the upstream's fault, or ours.

    False when the lease is no longer ours.
    """
    if not still_held(connection, claimed):
        return False
    connection.execute(
        statements.PUT_OFF,
        this(claimed)
        | {"until": next_attempt, "reply": reply, "changed_at": now, "next_attempt": next_attempt},
    )
    connection.execute(statements.GIVE_BACK, this(claimed) | {"data_sent": False})
    return True


def reroute(connection: Connection, claimed: Claim, upstream: str) -> bool:
    """Give the departure back, as it was, for another upstream. False when the lease is no longer ours."""
    if not still_held(connection, claimed):
        return False
    connection.execute(statements.GIVE_BACK, this(claimed) | {"upstream": upstream})
    return True


def _note(connection: Connection, several: Sequence[tuple[Claim, Sequence[Outcome]]], now: datetime) -> None:
    """Write down outcomes."""
    again, last = [], []
    for claimed, outcomes in several:
        for outcome in outcomes:
            values = this(claimed) | {
                "recipient": outcome.number,
                "state": outcome.state.value,
                "reply": outcome.reply,
                "status": outcome.status,
                "changed_at": now,
            }
            if outcome.next_attempt is None:
                last.append(values)
            else:
                again.append(values | {"next_attempt": outcome.next_attempt})
    for rows in (again, last):
        if rows:
            connection.execute(statements.NOTE, rows)
