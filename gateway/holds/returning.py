"""Giving a held message back to its sender to be amended; what is sent again is linked to it."""

from __future__ import annotations

from sqlalchemy import Connection

from gateway.holds.decisions import Act, require_decider, require_held
from gateway.holds.standing import findings
from gateway.holds.telling import tell_sender
from gateway.holds.words import Act as Done
from gateway.notices.outcomes import Told
from gateway.store import archive, councils, holds, ledger
from gateway.store.errors import Conflict
from gateway.store.kinds import MessageState


def return_for_amendment(
    connection: Connection, council_id: str, message: str, act: Act, *, enclose: bool = False
) -> None:
    """Give a message back with a note, `why`, on what to change; on request with the message enclosed.

    Raises NotFound, and Conflict where there is no note, it is held no longer, or `by` does not decide on it.
    """
    if not act.why.strip():
        raise Conflict("say in a note what is to be amended")
    ledger.lock(connection, council_id)
    version, council = councils.load(connection, council_id)
    row = archive.message(connection, council_id, message)
    require_held(row, act.by)
    require_decider(council, findings(connection, council_id, message), act)
    holds.decide(
        connection,
        council,
        version,
        message,
        state=MessageState.RETURNED,
        act=Done.RETURNED,
        by=act.by,
        why=act.why,
        now=act.now,
    )
    raw = archive.body(connection, council_id, message) if enclose else None
    tell_sender(connection, council, row, Told.RETURNED, act.by, act.why, act.now, enclosure=raw)
