"""Claims on departures: whose turn it is, for how long, and whether a claim still stands."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, false, update

from gateway.store import statements
from gateway.store.clock import lease_value
from gateway.store.models import DepartureRow

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_NOBODY: Mapping[str, int] = {}


@dataclass(frozen=True, slots=True)
class Claim:
    """A departure that this process may work on while its lease lasts. Every update is fenced by `token`.

    `attempts` counts tries that came to an end. `starts` counts claims since the last such end, raised before
    any work: where it grows, the message breaks whoever touches it.
    """

    departure: str
    council: str
    message: str
    token: str
    attempts: int
    starts: int
    upstream: str


def claim(
    connection: Connection,
    owner: str,
    now: datetime,
    limit: int,
    lease_seconds: float,
    excluding: Collection[str] = (),
    in_hand: Collection[str] = (),
    recent: Mapping[str, int] = _NOBODY,
) -> list[Claim]:
    """Take up to `limit` due departures under a lease, but none for the upstreams in `excluding`.

    Councils take turns, each with its longest due first, so that nobody waits behind another's pile; `recent`
    says how many turns a council has had lately, and those who have had fewer come first. An expired lease is
    taken over; where its holder had sent data, the outcome is marked unknown. `in_hand` are departures that
    `owner` is at work on: it never takes over from itself, whatever becomes of the clock.
    """
    token = secrets.token_hex(8)
    turns_had = list(recent.items())
    # Rounded up, with councils that there cannot be, so that few statements serve every number of councils.
    turns_had += [("", 0)] * ((1 << (len(turns_had) - 1).bit_length()) - len(turns_had) if turns_had else 0)
    rows = connection.execute(
        statements.claim(connection.dialect.name, len(turns_had)),
        {
            "owner": owner,
            "token": token,
            "now": now,
            "moment": lease_value(connection, now),
            "until": lease_value(connection, now, lease_seconds),
            "limit": limit,
            "excluding": list(excluding),
            "in_hand": list(in_hand),
            **{f"council_{n}": council for n, (council, _) in enumerate(turns_had)},
            **{f"turns_{n}": turns for n, (_, turns) in enumerate(turns_had)},
        },
    )
    turns = dict(recent)
    claims = []
    for row in sorted(rows, key=lambda row: (row.next_attempt, row.id)):
        turns[row.council_id] = turns.get(row.council_id, 0) + 1
        one = Claim(row.id, row.council_id, row.message_id, token, row.attempts, row.starts, row.upstream)
        claims.append((turns[row.council_id], one))
    return [one for _, one in sorted(claims, key=lambda claimed: claimed[0])]


def end_leases(connection: Connection, owner: str) -> int:
    """Let the departures of a process that is known to be dead be taken over at once. Returns how many."""
    ended = connection.execute(
        update(DepartureRow)
        .where(DepartureRow.done == false(), DepartureRow.lease_owner == owner)
        .values(lease_until=_LONG_AGO)
    )
    return ended.rowcount


def renew(connection: Connection, claimed: Claim, now: datetime, lease_seconds: float) -> bool:
    """Have the lease last `lease_seconds` from now, or longer where it does already.

    False when it is no longer ours.
    """
    changed = connection.execute(
        statements.renew(connection.dialect.name),
        this(claimed) | {"until": lease_value(connection, now, lease_seconds)},
    )
    return changed.rowcount == 1


def this(claimed: Claim) -> dict[str, Any]:
    """What the statements for one departure ask for."""
    return {"departure": claimed.departure, "council": claimed.council, "token": claimed.token}


def still_held(connection: Connection, claimed: Claim) -> bool:
    """Whether the lease is ours; if so, nobody takes it over before the transaction ends."""
    return connection.execute(statements.STILL_HELD, this(claimed)).first() is not None


def held_of(
    connection: Connection, claims: Sequence[Claim], now: datetime
) -> dict[Claim, Row[str, str | None, bool, bool, str]]:
    """Those of the claims whose lease is ours; nobody takes one over before the transaction ends."""
    wanted = {
        "departures": sorted({claimed.departure for claimed in claims}),
        "moment": lease_value(connection, now),
    }
    rows = {row.id: row for row in connection.execute(statements.held(connection.dialect.name), wanted)}
    return {
        claimed: rows[claimed.departure]
        for claimed in claims
        if claimed.departure in rows and rows[claimed.departure].lease_token == claimed.token
    }
