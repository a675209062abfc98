"""What the sender of a held message may ask for: somebody else to look at it too, or the Clerk's consent.

Neither gives anybody's word. Each is asked for once, recorded, and told to the officers.
"""

from __future__ import annotations

from sqlalchemy import Connection

from filters.finding import Decision, Need
from gateway.holds.decisions import Act, require_held
from gateway.holds.standing import findings
from gateway.holds.telling import tell_officers
from gateway.holds.words import Act as Done
from gateway.notices.kinds import NoticeKind
from gateway.notices.people import in_order
from gateway.store import archive, claims, councils, holds, ledger
from gateway.store.errors import Conflict
from gateway.store.kinds import MessageState

CONSENTED = "forwarding"
"""The check whose holds the Clerk's consent resolves."""


def ask_second_review(connection: Connection, council_id: str, message: str, act: Act) -> None:
    """Record that its sender asks for a second reviewer, and tell the officers other than who looks at it already.

    Raises NotFound, and Conflict where it is held no longer, `by` is not its sender, or it was asked for before.
    """
    looking = claims.standing(connection, council_id, act.now, message).get(message)
    known = () if looking is None else (looking.by,)
    _ask(connection, council_id, message, act, Done.ASKED_SECOND_REVIEW, NoticeKind.SECOND_REVIEW, known)


def ask_consent(connection: Connection, council_id: str, message: str, act: Act) -> None:
    """Record that its sender asks for the Clerk's consent, and tell the officers. Raises as `ask_second_review`, and
    Conflict where it does not wait for any consent.
    """
    if not wants_consent(findings(connection, council_id, message)):
        raise Conflict(f"{message} does not wait for the Clerk's consent to any address")
    _ask(connection, council_id, message, act, Done.ASKED_CONSENT, NoticeKind.CONSENT_ASKED)


def wants_consent(decision: Decision) -> tuple[str, ...]:
    """The addresses, canonical, that a message could go to with the Clerk's consent."""
    held = (each for each in decision.findings if each.check == CONSENTED and each.need is Need.CLERK)
    return tuple(dict.fromkeys(address for each in held if not each.incomplete for address in each.about))


def _ask(
    connection: Connection,
    council_id: str,
    message: str,
    act: Act,
    asked: Done,
    kind: NoticeKind,
    known: tuple[str, ...] = (),
) -> None:
    ledger.lock(connection, council_id)
    version, council = councils.load(connection, council_id)
    row = archive.message(connection, council_id, message)
    require_held(row, act.by)
    if row.person is None or act.by != row.person:
        raise Conflict(f"only its sender can ask this about {message}")
    if asked.value in holds.acts(connection, council_id, message):
        raise Conflict(f"this was asked about {message} already")
    holds.decide(
        connection,
        council,
        version,
        message,
        state=MessageState.HELD,
        act=asked.value,
        by=act.by,
        why=act.why,
        now=act.now,
    )
    others = in_order(council, act.today, (act.by, *known)) or in_order(council, act.today, (act.by,))
    tell_officers(connection, council, row, kind, others, act.now)
