"""Saying that one is looking at a held message, for others who could decide on it too to see."""

from __future__ import annotations

from sqlalchemy import Connection

from filters.finding import Need
from gateway.holds.decisions import Act, require_held
from gateway.holds.words import words_of
from gateway.store import archive, claims, councils, ledger
from gateway.store.claims import Claim
from gateway.store.errors import Conflict


def claim(connection: Connection, council_id: str, message: str, act: Act) -> Claim | None:
    """Have others see that `by` is looking at a message, for an hour or until it is decided.

    Somebody else may have been looking before: they are returned, and kept from nothing. Raises NotFound, and
    Conflict where it is held no longer or not for `by` to decide on.
    """
    ledger.lock(connection, council_id)
    _, council = councils.load(connection, council_id)
    require_held(archive.message(connection, council_id, message), act.by)
    if not words_of(council, act.by, None, act.today) & {Need.CLERK, Need.MODERATOR}:
        raise Conflict(f"{act.by} decides on no held mail, so there is nothing to claim")
    before = claims.standing(connection, council_id, act.now, message).get(message)
    claims.put(connection, council_id, message, Claim(act.by, act.now))
    return before if before is not None and before.by != act.by else None
