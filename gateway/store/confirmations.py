"""What people have confirmed of a thread and its recipients on a day, so as not to be asked the same again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from gateway.store.models import ConfirmationRow


def key(person: str, thread: str, recipients: Iterable[str], on: date, check: str) -> str:
    """What a question is known again by: who is asked, the thread's first Message-ID, the canonical addresses of all
    recipients in any order, the day in Europe/London, the check that asks.
    """
    said = [person, thread, sorted(set(recipients)), on.isoformat(), check]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def keep(connection: Connection, council: str, keys: Iterable[str], at: datetime) -> None:
    """Keep what was confirmed. What was confirmed before stays as it is."""
    rows = [{"council_id": council, "key": each, "at": at} for each in sorted(set(keys))]
    if rows:
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        connection.execute(insert(ConfirmationRow).on_conflict_do_nothing(), rows)


def confirmed(connection: Connection, council: str, keys: Iterable[str]) -> frozenset[str]:
    """Which of the keys have been confirmed."""
    wanted = sorted(set(keys))
    if not wanted:
        return frozenset()
    rows = connection.execute(
        select(ConfirmationRow.key).where(
            ConfirmationRow.council_id == council, ConfirmationRow.key.in_(wanted)
        )
    )
    return frozenset(rows.scalars())
