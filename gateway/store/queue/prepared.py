"""What is put before a message when it first leaves, and the chaining of that."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection

from gateway.store import ledger, statements
from gateway.store.queue.leases import Claim, this


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


def prepare(
    connection: Connection, first: Sequence[tuple[Claim, tuple[bytes, str], str]], now: datetime
) -> None:
    """Store what is put before messages, and the hash of the whole, and chain their departures, with their splices."""
    if not first:
        return
    numbers = numbers_of(
        connection,
        {claimed.council for claimed, _, _ in first},
        {claimed.departure for claimed, _, _ in first},
    )
    rows = []
    ledgers: dict[str, list[ledger.Happening]] = {}
    for claimed, (prepended, sent_sha256), splices in first:
        rows.append(this(claimed) | {"prepended": prepended, "sent_sha256": sent_sha256, "prepared_at": now})
        parts = departed_parts(numbers[claimed.departure], splices, prepended, sent_sha256)
        ledgers.setdefault(claimed.council, []).append(
            ledger.Happening(ledger.Event.DEPARTED, claimed.message, parts, now, claimed.departure)
        )
    connection.execute(statements.PREPARE, rows)
    for council in sorted(ledgers):
        ledger.append(connection, council, ledgers[council])
