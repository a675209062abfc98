"""The delivery queue: departures, each with its recipients, claimed under a lease and fenced by a token.

When a lease ends is told by the database's clock (`gateway.store.clock`); when a departure is due, by that of
the node that asks, for a minute more or less harms nobody there.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, false, or_, select, update

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
    has made it (Received, DKIM-Signature) and stored it, verbatim, with `start_all`.
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


@dataclass(frozen=True, slots=True)
class Start:
    """The data of a departure is about to be sent, and nobody is to take over for `hold_seconds`.

    `refused` are outcomes that are certain already. `prepared`, where it is not stored yet, is what is put
    before the message, and the SHA-256, in hex, over that and `apply(raw, splices)`.
    """

    claim: Claim
    refused: Sequence[Outcome] = ()
    prepared: tuple[bytes, str] | None = None
    hold_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class End:
    """What an attempt came to. `unknown`: the data was sent and no reply came, which stays on record."""

    claim: Claim
    outcomes: Sequence[Outcome]
    unknown: bool = False


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
    if departures:
        connection.execute(statements.ADD_DEPARTURES, [_new_departure(id, one) for id, one in departures])
    deliveries = [row for id, one in departures for row in _new_deliveries(id, one)]
    if deliveries:
        connection.execute(statements.ADD_DELIVERIES, deliveries)
    return [id for id, _ in departures]


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
    """`load_all` for one."""
    return load_all(connection, [claimed], now)[0]


def load_all(connection: Connection, claims: Sequence[Claim], now: datetime) -> list[Departing | None]:
    """What to deliver for each claim, to the recipients that are due; None when the lease is no longer ours."""
    wanted = {"departures": sorted({claimed.departure for claimed in claims})}
    rows = {row.id: row for row in connection.execute(statements.LOAD, wanted)}
    due: dict[str, list[DueRecipient]] = {departure: [] for departure in rows}
    for row in connection.execute(statements.DUE_RECIPIENTS, wanted | {"now": now}):
        if row.departure_id in due:
            due[row.departure_id].append(DueRecipient(row.number, row.address, row.notify, row.orcpt))
    return [
        _departing(claimed, rows[claimed.departure], tuple(due[claimed.departure]))
        if claimed.departure in rows and rows[claimed.departure].lease_token == claimed.token
        else None
        for claimed in claims
    ]


def start(connection: Connection, start: Start, now: datetime) -> bool:
    """`start_all` for one."""
    return start_all(connection, [start], now)[0]


def start_all(connection: Connection, starts: Sequence[Start], now: datetime) -> list[bool]:
    """Note, before the data goes out, that it is about to. Says for each whether it may go.

    It may not where the lease is no longer ours, or has run out; nothing is then noted.
    """
    held = _held(connection, [one.claim for one in starts], now)
    going = [one for one in starts if (row := held.get(one.claim)) is not None and row.lasts]
    if going:
        connection.execute(
            statements.renew(connection.dialect.name),
            [
                _this(one.claim)
                | {"until": lease_value(connection, now, one.hold_seconds), "data_sent": True}
                for one in going
            ],
        )
        _note(connection, [(one.claim, one.refused) for one in going], now)
        _prepare(
            connection, [(one, held[one.claim].splices) for one in going if held[one.claim].unprepared], now
        )
    return [one in going for one in starts]


def departed_parts(numbers: Sequence[int], splices: str, prepended: bytes, sent_sha256: str) -> list[bytes]:
    """What the ledger's `departed` event covers: the change, the trace, the whole, and for whom."""
    whom = ",".join(str(number) for number in numbers)
    return [splices.encode(), prepended, sent_sha256.encode(), whom.encode()]


def numbers_of(
    connection: Connection, councils: Collection[str], departures: Collection[str]
) -> dict[str, list[int]]:
    """The numbers of the recipients of departures, in their order."""
    found: dict[str, list[int]] = {departure: [] for departure in departures}
    wanted = {"councils": sorted(councils), "departures": sorted(departures)}
    for departure, number in connection.execute(statements.NUMBERS, wanted):
        found[departure].append(number)
    return found


def renew(connection: Connection, claimed: Claim, now: datetime, lease_seconds: float) -> bool:
    """Have the lease last `lease_seconds` from now, or longer where it does already.

    False when it is no longer ours.
    """
    changed = connection.execute(
        statements.renew(connection.dialect.name),
        _this(claimed) | {"until": lease_value(connection, now, lease_seconds)},
    )
    return changed.rowcount == 1


def finish(connection: Connection, end: End, now: datetime) -> bool:
    """`finish_all` for one."""
    return finish_all(connection, [end], now)[0]


def finish_all(connection: Connection, ends: Sequence[End], now: datetime) -> list[bool]:
    """End attempts: note each outcome, and queue again what is to be tried again. Says for each whether.

    It is not where the lease is no longer ours; nothing is then noted.
    """
    held = _held(connection, [one.claim for one in ends], now)
    ended = [one for one in ends if one.claim in held]
    _note(connection, [(one.claim, one.outcomes) for one in ended], now)
    for unknown in (False, True):
        alike = [_this(one.claim) | {"data_sent": False} for one in ended if one.unknown is unknown]
        if alike and unknown:
            alike = [one | {"outcome_unknown": True} for one in alike]
        if alike:
            connection.execute(statements.END_ATTEMPT, alike)
    return [one.claim in held for one in ends]


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
    """The hash of a message as sent, as `Start.prepared` has it."""
    digest = hashlib.sha256(prepended)
    digest.update(message)
    return digest.hexdigest()


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


def _this(claimed: Claim) -> dict[str, Any]:
    """What the statements for one departure ask for."""
    return {"departure": claimed.departure, "council": claimed.council, "token": claimed.token}


def _still_held(connection: Connection, claimed: Claim) -> bool:
    """Whether the lease is ours; if so, nobody takes it over before the transaction ends."""
    return connection.execute(statements.STILL_HELD, _this(claimed)).first() is not None


def _departing(claimed: Claim, row: Any, recipients: tuple[DueRecipient, ...]) -> Departing:
    return Departing(
        claim=claimed,
        kind=MessageKind(row.kind),
        upstream=row.upstream,
        mail_from=row.mail_from,
        ret=row.ret,
        envid=row.envid,
        smtputf8=row.smtputf8,
        body=row.body,
        recipients=recipients,
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


def _held(
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


def _prepare(connection: Connection, starts: Sequence[tuple[Start, str]], now: datetime) -> None:
    """Store what is put before messages, and chain their departures; each comes with its splices."""
    first = [(one, splices) for one, splices in starts if one.prepared is not None]
    if not first:
        return
    numbers = numbers_of(
        connection, {one.claim.council for one, _ in first}, {one.claim.departure for one, _ in first}
    )
    rows = []
    ledgers: dict[str, list[ledger.Happening]] = {}
    for one, splices in first:
        prepended, sent_sha256 = one.prepared or (b"", "")
        rows.append(
            _this(one.claim) | {"prepended": prepended, "sent_sha256": sent_sha256, "prepared_at": now}
        )
        parts = departed_parts(numbers[one.claim.departure], splices, prepended, sent_sha256)
        ledgers.setdefault(one.claim.council, []).append(
            ledger.Happening(ledger.Event.DEPARTED, one.claim.message, parts, now, one.claim.departure)
        )
    connection.execute(statements.PREPARE, rows)
    for council in sorted(ledgers):
        ledger.append(connection, council, ledgers[council])


def _note(connection: Connection, several: Sequence[tuple[Claim, Sequence[Outcome]]], now: datetime) -> None:
    """Write down outcomes."""
    again, last = [], []
    for claimed, outcomes in several:
        for outcome in outcomes:
            values = _this(claimed) | {
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
