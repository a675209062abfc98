"""What a delivery attempt works with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from gateway.store import bodies, statements
from gateway.store import splices as splice_text
from gateway.store.errors import Altered
from gateway.store.kinds import MessageKind
from gateway.store.queue.leases import Claim
from signatures.message.splices import Splice


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


def load(connection: Connection, claimed: Claim, now: datetime) -> Departing | None:
    """`load_all` for one. Raises Altered."""
    [found] = load_all(connection, [claimed], now)
    if isinstance(found, Altered):
        raise found
    return found


def load_all(
    connection: Connection, claims: Sequence[Claim], now: datetime
) -> list[Departing | Altered | None]:
    """What to deliver for each claim, to the recipients that are due; None when the lease is no longer ours.

    Altered where the archive does not hold any longer what came in: others are not hindered by it.
    """
    wanted = {"departures": sorted({claimed.departure for claimed in claims})}
    rows = {row.id: row for row in connection.execute(statements.LOAD, wanted)}
    due: dict[str, list[DueRecipient]] = {departure: [] for departure in rows}
    for row in connection.execute(statements.DUE_RECIPIENTS, wanted | {"now": now}):
        if row.departure_id in due:
            due[row.departure_id].append(DueRecipient(row.number, row.address, row.notify, row.orcpt))
    return [
        _departing(connection, claimed, rows[claimed.departure], tuple(due[claimed.departure]))
        if claimed.departure in rows and rows[claimed.departure].lease_token == claimed.token
        else None
        for claimed in claims
    ]


def _departing(
    connection: Connection, claimed: Claim, row: Any, recipients: tuple[DueRecipient, ...]
) -> Departing | Altered:
    try:
        raw = bodies.opened(connection, row.council_id, row.message_id, row.form, row.raw)
    except Altered as error:
        return error
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
        raw=raw,
        splices=splice_text.load(row.splices),
        trace=row.trace,
        prepended=row.prepended,
        from_domain=row.from_domain,
        author=row.mail_from or row.header_from,
        received_at=row.received_at,
        outcome_unknown=row.outcome_unknown,
        queued_at=row.created_at,
    )
