"""Messages that are sent again: the same while the first waits, or amended after it was given back.

The same again, to the same people and under the same subject, joins the one that waits, so that one leaves. What
is the same: see `filters.again`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from sqlalchemy import Connection

from filters.analysis import Reading
from gateway.store import again, archive
from gateway.store.database import Database
from gateway.store.entry import Entry
from gateway.store.errors import Altered
from gateway.store.kinds import MessageState
from gateway.workers.analysis import Analyst
from gateway.workers.pool import WorkerFailed

_MOST_COMPARED = 5


class Again:
    """Sees what of a submission has been sent before."""

    def __init__(self, database: Database, analyst: Analyst) -> None:
        self._database = database
        self._analyst = analyst

    async def linked(self, entry: Entry, reading: Reading | None, deadline: float) -> Entry:
        """The entry with what it amends, or what waits that it is the same as. Raises Unavailable."""
        if reading is None or entry.person is None or entry.sealed or entry.state is MessageState.REFUSED:
            return entry
        asked = again.asked_about(entry, reading.questions.parents)
        found = await self._database.read_together(again.look_all, asked)
        if entry.state is not MessageState.HELD:
            return replace(entry, about=found.amends)
        joins = await self._joins(entry, found.waiting, deadline)
        return replace(entry, about=found.amends, joins=joins, waiting=frozenset(found.waiting))

    async def _joins(self, entry: Entry, waiting: tuple[str, ...], deadline: float) -> str | None:
        """The first of those that wait that says the same."""
        for message in waiting[:_MOST_COMPARED]:
            try:
                raw = await self._database.read(partial(_body, entry.council, message))
                if raw is not None and await self._analyst.same(raw, entry.raw, deadline):
                    return message
            except (WorkerFailed, Altered):
                continue  # What cannot be compared is not the same.
        return None


def _body(council: str, message: str, connection: Connection) -> bytes | None:
    return archive.body(connection, council, message)
