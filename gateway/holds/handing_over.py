"""Handing a message to the Clerk to send, by a sender who is asked whether it binds the Council.

The question ends with it; the message waits for the Clerk from then on, who lets it pass, rejects it or sends it in the
Clerk's own name. It gives nobody's word.
"""

from __future__ import annotations

from sqlalchemy import Connection

from filters.finding import Decision, Need, Wants
from gateway.holds.acknowledged import require_acknowledged
from gateway.holds.decisions import Act, require_checked, require_held
from gateway.holds.standing import findings
from gateway.holds.words import Act as Done
from gateway.holds.words import given, require_in_office
from gateway.store import archive, councils, holds, ledger, reminders
from gateway.store.errors import Conflict
from gateway.store.kinds import MessageState


def hand_over(connection: Connection, council_id: str, message: str, act: Act) -> None:
    """Have the Clerk decide what its sender was asked. Whoever looks at it is told by the reminders, at once.

    Raises NotFound, and Conflict where it is held no longer, `by` is not its sender, or is not asked this.
    """
    ledger.lock(connection, council_id)
    version, council = councils.load(connection, council_id)
    row = archive.message(connection, council_id, message)
    require_held(row, act.by)
    if row.person is None or act.by != row.person:
        raise Conflict(f"only its sender can hand {message} to the Clerk")
    require_in_office(council, row.person, act.today)
    decision = findings(connection, council_id, message)
    require_checked(message, decision)
    if not can_be_handed(decision) or Need.SENDER in given(holds.acts(connection, council_id, message)):
        raise Conflict(f"{message} does not wait for its sender to say whether it binds the Council")
    require_acknowledged(connection, council, decision, act.by)
    holds.decide(
        connection,
        council,
        version,
        message,
        state=MessageState.HELD,
        act=Done.HANDED_OVER,
        by=act.by,
        why=act.why,
        now=act.now,
    )
    reminders.hasten(connection, [council_id], act.now)


def can_be_handed(decision: Decision) -> bool:
    """Whether a sender is asked whether a message binds the Council."""
    return any(each.need is Need.SENDER and each.wants is Wants.NOT_BINDING for each in decision.findings)
