"""What a delivery attempt works with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from gateway.store import splices as splice_text
from gateway.store import statements
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
