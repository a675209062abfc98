"""The delivery queue: departures, each with its recipients, claimed under a lease and fenced by a token.

When a lease ends is told by the database's clock (`gateway.store.clock`); when a departure is due, by that of
the node that asks, for a minute more or less harms nobody there.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, false, func, insert, or_, select, true, update

from gateway.store import ledger
from gateway.store import splices as splice_text
from gateway.store.clock import lease_moment
from gateway.store.kinds import MessageKind, RecipientState
from gateway.store.models import DeliveryRow, DepartureRow, MessageBody, MessageRow, RecipientRow
from signatures.message.splices import Splice

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


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
        insert(DepartureRow).values(
            id=departure,
            council_id=council,
            message_id=message,
            created_at=now,
            from_domain=from_domain,
            upstream=upstream,
            trace=trace,
            splices=splice_text.dump(splices),
            prepended=None,
            sent_sha256=None,
            prepared_at=None,
            attempts=0,
            starts=0,
            next_attempt=now,
            done=False,
            data_sent=False,
            outcome_unknown=False,
        )
    )
    connection.execute(
        insert(DeliveryRow),
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
) -> list[Claim]:
    """Take up to `limit` due departures under a lease, but none for the upstreams in `excluding`.

    Councils take turns, each with its longest due first, so that nobody waits behind another's pile. An
    expired lease is taken over; where its holder had sent data, the outcome is marked unknown. `in_hand` are
    departures that `owner` is at work on: it never takes over from itself, whatever becomes of the clock.
    """
    waiting = and_(
        DepartureRow.done == false(),
        DepartureRow.next_attempt <= now,
        or_(DepartureRow.lease_until.is_(None), DepartureRow.lease_until < lease_moment(connection, now)),
        DepartureRow.upstream.not_in(excluding),
        DepartureRow.id.not_in(in_hand),
    )
    turn = func.row_number().over(
        partition_by=DepartureRow.council_id, order_by=(DepartureRow.next_attempt, DepartureRow.id)
    )
    ranked = select(DepartureRow.id, turn.label("turn")).where(waiting).subquery()
    due = (
        select(DepartureRow.id)
        .join(ranked, ranked.c.id == DepartureRow.id)
        .where(waiting)  # Again, for a row that another node took between the ranking and the lock.
        .order_by(ranked.c.turn, DepartureRow.next_attempt, DepartureRow.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=DepartureRow)
        .cte("due")  # PostgreSQL carries this out once; a sub-select it might repeat, and lock more.
    )
    token = secrets.token_hex(8)
    rows = connection.execute(
        update(DepartureRow)
        .where(DepartureRow.id.in_(select(due.c.id)))
        .values(
            lease_owner=owner,
            lease_token=token,
            lease_until=lease_moment(connection, now, lease_seconds),
            starts=DepartureRow.starts + 1,
            outcome_unknown=or_(DepartureRow.outcome_unknown, DepartureRow.data_sent),
            data_sent=False,
        )
        .returning(
            DepartureRow.id,
            DepartureRow.council_id,
            DepartureRow.message_id,
            DepartureRow.attempts,
            DepartureRow.starts,
            DepartureRow.upstream,
            DepartureRow.next_attempt,
        )
    )
    return [
        Claim(row.id, row.council_id, row.message_id, token, row.attempts, row.starts, row.upstream)
        for row in sorted(rows, key=lambda row: (row.next_attempt, row.id))
    ]


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
    row = connection.execute(
        select(
            DepartureRow,
            MessageRow.kind,
            MessageRow.mail_from,
            MessageRow.ret,
            MessageRow.envid,
            MessageRow.smtputf8,
            MessageRow.body,
            MessageRow.header_from,
            MessageRow.received_at,
            MessageBody.raw,
        )
        .join_from(
            DepartureRow,
            MessageRow,
            and_(MessageRow.council_id == DepartureRow.council_id, MessageRow.id == DepartureRow.message_id),
        )
        .join(
            MessageBody,
            and_(MessageBody.council_id == MessageRow.council_id, MessageBody.message_id == MessageRow.id),
        )
        .where(_held_by(claimed))
    ).first()
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
        update(DepartureRow)
        .where(_held_by(claimed), DepartureRow.prepended.is_(None))
        .values(prepended=prepended, sent_sha256=sent_sha256, prepared_at=now)
        .returning(DepartureRow.splices)
    ).first()
    if row is None:
        return False
    ledger.append(
        connection,
        claimed.council,
        ledger.Event.DEPARTED,
        claimed.message,
        departed_parts(connection, claimed.departure, row.splices, prepended, sent_sha256),
        now,
        part=claimed.departure,
    )
    return True


def departed_parts(
    connection: Connection, departure: str, splices: str, prepended: bytes, sent_sha256: str
) -> list[bytes]:
    """What the ledger's `departed` event covers: the change, the trace, the whole, and for whom."""
    numbers = connection.execute(
        select(DeliveryRow.number).where(DeliveryRow.departure_id == departure).order_by(DeliveryRow.number)
    ).scalars()
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
        update(DepartureRow)
        .where(_held_by(claimed), DepartureRow.lease_until >= lease_moment(connection, now))
        .values(data_sent=True, lease_until=_at_least(connection, now, hold_seconds))
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
        update(DepartureRow)
        .where(_held_by(claimed))
        .values(lease_until=_at_least(connection, now, lease_seconds))
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
    changes: dict[str, Any] = {"attempts": DepartureRow.attempts + 1, "data_sent": False}
    _give_back(connection, claimed, changes | ({"outcome_unknown": True} if unknown else {}))
    return True


def defer(connection: Connection, claimed: Claim, next_attempt: datetime, reply: str, now: datetime) -> bool:
    """Put the whole departure off, without an attempt counted: the upstream's fault, or ours.

    False when the lease is no longer ours.
    """
    if not _still_held(connection, claimed):
        return False
    connection.execute(
        update(DeliveryRow)
        .where(
            DeliveryRow.departure_id == claimed.departure,
            DeliveryRow.state == RecipientState.QUEUED.value,
            DeliveryRow.next_attempt < next_attempt,
        )
        .values(reply=reply, changed_at=now, next_attempt=next_attempt)
    )
    _give_back(connection, claimed, {"data_sent": False})
    return True


def hash_of(prepended: bytes, message: bytes) -> str:
    """The hash of a message as sent, for `record_prepared`."""
    digest = hashlib.sha256(prepended)
    digest.update(message)
    return digest.hexdigest()


def _held_by(claimed: Claim) -> ColumnElement[bool]:
    return and_(DepartureRow.id == claimed.departure, DepartureRow.lease_token == claimed.token)


def _still_held(connection: Connection, claimed: Claim) -> bool:
    """Whether the lease is ours; if so, nobody takes it over before the transaction ends."""
    held = select(true()).select_from(DepartureRow).where(_held_by(claimed)).with_for_update()
    return connection.execute(held).first() is not None


def _at_least(connection: Connection, now: datetime, seconds: float) -> ColumnElement[datetime]:
    """When the lease ends: `seconds` from now, but never sooner than it would have."""
    until = lease_moment(connection, now, seconds)
    return case((DepartureRow.lease_until > until, DepartureRow.lease_until), else_=until)


def _due_recipients(connection: Connection, claimed: Claim, now: datetime) -> tuple[DueRecipient, ...]:
    rows = connection.execute(
        select(RecipientRow.number, RecipientRow.address, RecipientRow.notify, RecipientRow.orcpt)
        .join(DeliveryRow, DeliveryRow.number == RecipientRow.number)
        .where(
            RecipientRow.council_id == claimed.council,
            RecipientRow.message_id == claimed.message,
            DeliveryRow.departure_id == claimed.departure,
            DeliveryRow.state == RecipientState.QUEUED.value,
            DeliveryRow.next_attempt <= now,
        )
        .order_by(RecipientRow.number)
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
        connection.execute(
            update(DeliveryRow)
            .where(
                DeliveryRow.council_id == claimed.council,
                DeliveryRow.departure_id == claimed.departure,
                DeliveryRow.number == outcome.number,
            )
            .values(**values)
        )


def _give_back(connection: Connection, claimed: Claim, changes: dict[str, Any]) -> None:
    """End the lease; the departure is due when its next recipient is, or done when none is left."""
    due = connection.execute(
        select(func.min(DeliveryRow.next_attempt)).where(
            DeliveryRow.departure_id == claimed.departure, DeliveryRow.state == RecipientState.QUEUED.value
        )
    ).scalar()
    if due is None:
        changes = changes | {"done": True}
    else:
        changes = changes | {"next_attempt": due}
    connection.execute(
        update(DepartureRow)
        .where(_held_by(claimed))
        .values(lease_owner=None, lease_token=None, lease_until=None, starts=0, **changes)
    )
