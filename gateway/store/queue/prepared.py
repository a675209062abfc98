"""What is put before a message when it first leaves, and the chaining of that."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from gateway.store import ledger, statements
from gateway.store import splices as splice_text
from gateway.store.queue.leases import Claim, this
from signatures.message.splices import Splice


@dataclass(frozen=True, slots=True)
class First:
    """A departure that leaves for the first time: what is put before the message, the hash of the whole, the
    splices as they are stored, and those of a downgrade that take their place.
    """

    claim: Claim
    prepended: bytes
    sent_sha256: str
    splices: str
    downgraded: Sequence[Splice] | None = None


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


def hash_of(prepended: bytes, message: bytes) -> str:
    """The hash of a message as sent, as `Start.prepared` has it."""
    digest = hashlib.sha256(prepended)
    digest.update(message)
    return digest.hexdigest()


def prepare(connection: Connection, several: Sequence[First], now: datetime) -> None:
    """Store what is put before messages, and the hash of the whole, and chain their departures, with their splices."""
    if not several:
        return
    numbers = numbers_of(
        connection,
        {first.claim.council for first in several},
        {first.claim.departure for first in several},
    )
    kept, changed = [], []
    ledgers: dict[str, list[ledger.Happening]] = {}
    for first in several:
        claimed, splices = first.claim, first.splices
        row = {"prepended": first.prepended, "sent_sha256": first.sent_sha256, "prepared_at": now}
        if first.downgraded is None:
            kept.append(this(claimed) | row)
        else:
            splices = splice_text.dump(first.downgraded)
            changed.append(this(claimed) | row | {"splices": splices})
        parts = departed_parts(numbers[claimed.departure], splices, first.prepended, first.sent_sha256)
        ledgers.setdefault(claimed.council, []).append(
            ledger.Happening(ledger.Event.DEPARTED, claimed.message, parts, now, claimed.departure)
        )
    for rows in (kept, changed):
        if rows:
            connection.execute(statements.PREPARE, rows)
    for council in sorted(ledgers):
        ledger.append(connection, council, ledgers[council])
