"""The delivery queue: departures, each with its recipients, claimed under a lease and fenced by a token.

When a lease ends is told by the database's clock (`gateway.store.clock`); when a departure is due, by that of
the node that asks, for a minute more or less harms nobody there.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, false, or_, select, update

from gateway.store import ledger, statements
from gateway.store import splices as splice_text
from gateway.store.clock import lease_value
from gateway.store.kinds import MessageKind, RecipientState
from gateway.store.models import DeliveryRow, DepartureRow
from signatures.message.splices import Splice

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


@dataclass(frozen=True, slots=True)
class DueRecipient:
    """A recipient still to be delivered to, with its DSN parameters as given."""

    number: int
    address: str
    notify: str | None
    orcpt: str | None


@dataclass(frozen=True, slots=True)
class Departing:
    """Everything that a delivery attempt needs.

    The message goes out as `prepended` + `apply(raw, splices)`. `prepended` is None until the first attempt
    has made it (Received, DKIM-Signature) and stored it, verbatim, with `record_prepared`.
    `outcome_unknown`: an earlier attempt sent the data and never learnt the reply. `queued_at` is when the
    departure was queued: long after `received_at`, where a message was held first.
    """

    claim: Claim
    kind: MessageKind
    upstream: str
    mail_from: str
    ret: str | None
    envid: str | None
    smtputf8: bool
    body: str
    recipients: tuple[DueRecipient, ...]
    raw: bytes
    splices: tuple[Splice, ...]
    trace: bytes
    prepended: bytes | None
    from_domain: str
    author: str
    received_at: datetime
    outcome_unknown: bool
    queued_at: datetime


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


def depart(
    connection: Connection,
    *,
    council: str,
    message: str,
    from_domain: str,
    upstream: str,
    trace: bytes,
    splices: Sequence[Splice],
    recipients: Iterable[int],
    now: datetime,
) -> str:
    """Queue a message for delivery to the recipients with these numbers. Returns the departure's id.

    `from_domain` is the domain of its From, for which it is signed.
    """
    departure = secrets.token_hex(8)
    connection.execute(
        statements.ADD_DEPARTURE,
        {
            "id": departure,
            "council_id": council,
            "message_id": message,
            "created_at": now,
            "from_domain": from_domain,
            "upstream": upstream,
            "trace": trace,
            "splices": splice_text.dump(splices),
            "prepended": None,
            "sent_sha256": None,
            "prepared_at": None,
            "attempts": 0,
            "starts": 0,
            "next_attempt": now,
            "done": False,
            "data_sent": False,
            "outcome_unknown": False,
            "delay_told": False,
        },
    )
    connection.execute(
        statements.ADD_DELIVERIES,
        [
            {
                "council_id": council,
                "departure_id": departure,
                "number": number,
                "state": RecipientState.QUEUED.value,
                "reply": "",
                "status": "",
                "changed_at": now,
                "next_attempt": now,
            }
            for number in recipients
        ],
    )
    return departure


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


def load(connection: Connection, claimed: Claim, now: datetime) -> Departing | None:
    """What to deliver, to the recipients that are due; None when the lease is no longer ours."""
    row = connection.execute(statements.LOAD, _this(claimed)).first()
    if row is None:
        return None
    return Departing(
        claim=claimed,
        kind=MessageKind(row.kind),
        upstream=row.upstream,
        mail_from=row.mail_from,
        ret=row.ret,
        envid=row.envid,
        smtputf8=row.smtputf8,
        body=row.body,
        recipients=_due_recipients(connection, claimed, now),
        raw=row.raw,
        splices=splice_text.load(row.splices),
        trace=row.trace,
        prepended=row.prepended,
        from_domain=row.from_domain,
        author=row.mail_from or row.header_from,
        received_at=row.received_at,
        outcome_unknown=row.outcome_unknown,
        queued_at=row.created_at,
    )


def record_prepared(
    connection: Connection, claimed: Claim, prepended: bytes, sent_sha256: str, now: datetime
) -> bool:
    """Store what is put before the message, and the hash of the whole, before it first goes out.

    `sent_sha256` is SHA-256, in hex, over `prepended` + `apply(raw, splices)`. False when fenced out.
    """
    row = connection.execute(
        statements.PREPARE,
        _this(claimed) | {"prepended": prepended, "sent_sha256": sent_sha256, "prepared_at": now},
    ).first()
    if row is None:
        return False
    parts = departed_parts(
        connection, claimed.council, claimed.departure, row.splices, prepended, sent_sha256
    )
    departed = ledger.Happening(ledger.Event.DEPARTED, claimed.message, parts, claimed.departure)
    ledger.append(connection, claimed.council, [departed], now)
    return True


def departed_parts(
    connection: Connection, council: str, departure: str, splices: str, prepended: bytes, sent_sha256: str
) -> list[bytes]:
    """What the ledger's `departed` event covers: the change, the trace, the whole, and for whom."""
    numbers = connection.execute(statements.NUMBERS, {"council": council, "departure": departure}).scalars()
    whom = ",".join(str(number) for number in numbers)
    return [splices.encode(), prepended, sent_sha256.encode(), whom.encode()]


def mark_data_sent(
    connection: Connection,
    claimed: Claim,
    refused: Sequence[Outcome],
    now: datetime,
    hold_seconds: float = 0.0,
) -> bool:
    """Note, before the data goes out, that it is about to, and which recipients were refused before it.

    From then on nobody takes over for at least `hold_seconds`, in which the upstream may yet answer. False
    when the lease is no longer ours, or has run out: then nothing may be sent.
    """
    changed = connection.execute(
        statements.mark_data_sent(connection.dialect.name),
        _this(claimed)
        | {"moment": lease_value(connection, now), "until": lease_value(connection, now, hold_seconds)},
    )
    if changed.rowcount != 1:
        return False
    _note(connection, claimed, refused, now)
    return True


def renew(connection: Connection, claimed: Claim, now: datetime, lease_seconds: float) -> bool:
    """Have the lease last `lease_seconds` from now, or longer where it does already.

    False when it is no longer ours.
    """
    changed = connection.execute(
        statements.renew(connection.dialect.name),
        _this(claimed) | {"until": lease_value(connection, now, lease_seconds)},
    )
    return changed.rowcount == 1


def finish(
    connection: Connection,
    claimed: Claim,
    outcomes: Sequence[Outcome],
    now: datetime,
    unknown: bool = False,
) -> bool:
    """End an attempt: note each outcome, and queue again what is to be tried again.

    `unknown` where the data was sent and no reply came, which stays on record. False when the lease is no
    longer ours; nothing is then noted.
    """
    if not _still_held(connection, claimed):
        return False
    _note(connection, claimed, outcomes, now)
    unlike = {"outcome_unknown": True} if unknown else {}
    connection.execute(statements.END_ATTEMPT, _this(claimed) | {"data_sent": False} | unlike)
    return True


def defer(connection: Connection, claimed: Claim, next_attempt: datetime, reply: str, now: datetime) -> bool:
    """Put the whole departure off, without an attempt counted: the upstream's fault, or ours.

    False when the lease is no longer ours.
    """
    if not _still_held(connection, claimed):
        return False
    connection.execute(
        statements.PUT_OFF,
        _this(claimed)
        | {"until": next_attempt, "reply": reply, "changed_at": now, "next_attempt": next_attempt},
    )
    connection.execute(statements.GIVE_BACK, _this(claimed) | {"data_sent": False})
    return True


def reroute(connection: Connection, claimed: Claim, upstream: str) -> bool:
    """Give the departure back, as it was, for another upstream. False when the lease is no longer ours."""
    if not _still_held(connection, claimed):
        return False
    connection.execute(statements.GIVE_BACK, _this(claimed) | {"upstream": upstream})
    return True


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


def hash_of(prepended: bytes, message: bytes) -> str:
    """The hash of a message as sent, for `record_prepared`."""
    digest = hashlib.sha256(prepended)
    digest.update(message)
    return digest.hexdigest()


def _this(claimed: Claim) -> dict[str, Any]:
    """What the statements for one departure ask for."""
    return {"departure": claimed.departure, "council": claimed.council, "token": claimed.token}


def _still_held(connection: Connection, claimed: Claim) -> bool:
    """Whether the lease is ours; if so, nobody takes it over before the transaction ends."""
    return connection.execute(statements.STILL_HELD, _this(claimed)).first() is not None


def _due_recipients(connection: Connection, claimed: Claim, now: datetime) -> tuple[DueRecipient, ...]:
    rows = connection.execute(
        statements.DUE_RECIPIENTS, _this(claimed) | {"message": claimed.message, "now": now}
    )
    return tuple(DueRecipient(row.number, row.address, row.notify, row.orcpt) for row in rows)


def _note(connection: Connection, claimed: Claim, outcomes: Sequence[Outcome], now: datetime) -> None:
    for outcome in outcomes:
        values: dict[str, Any] = {
            "state": outcome.state.value,
            "reply": outcome.reply,
            "status": outcome.status,
            "changed_at": now,
        }
        if outcome.next_attempt is not None:
            values["next_attempt"] = outcome.next_attempt
        connection.execute(statements.NOTE, _this(claimed) | {"recipient": outcome.number} | values)
