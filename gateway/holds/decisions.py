"""Releasing and rejecting a held message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from config.council import OFFICERS, Council
from filters.finding import Need
from gateway.intake.trace import received_field
from gateway.notices import held as notices
from gateway.store import archive, councils, holds, messages, queue
from gateway.store import splices as splice_text
from gateway.store.errors import Conflict
from gateway.store.kinds import MessageState
from signatures.block.record import Record
from signatures.message.splices import Splice


@dataclass(frozen=True, slots=True)
class Act:
    """Who decides, why, when; `today` is the day in Europe/London, on which roles are held."""

    by: str
    why: str
    now: datetime
    today: date
    hostname: str


@dataclass(frozen=True, slots=True)
class Ready:
    """What it takes for a message to leave: the domain of its From, and the changes to it.

    `written` says what of them is signature and waiver, where that is not kept yet.
    """

    from_domain: str
    splices: tuple[Splice, ...]
    written: Record | None = None


def release(
    connection: Connection,
    council_id: str,
    message: str,
    act: Act,
    made_ready: Ready | None = None,
) -> str:
    """Let a held message go to all its recipients. Returns the departure's id.

    `made_ready` is given for a message that could not be made ready when it came in.

    Raises NotFound, or Conflict where `by` is not the Proper Officer's, the sender's own word is needed
    too, or the message cannot be made ready to leave.
    """
    version, council = councils.load(connection, council_id)
    _require_officer(council, act)
    if Need.SENDER in holds.findings(connection, council_id, message).needs:
        raise Conflict(f"{message} waits for its sender's own word, which nobody else can give")
    row = archive.message(connection, council_id, message)
    ready = made_ready if row.splices is None else Ready(row.from_domain, splice_text.load(row.splices))
    if ready is None:
        raise Conflict(f"{message} was not made ready to leave")
    holds.decide(
        connection,
        council,
        version,
        message,
        state=MessageState.RELEASED,
        by=act.by,
        why=act.why,
        now=act.now,
    )
    if ready.written is not None:
        archive.keep_written(connection, council_id, message, ready.written)
    recipients = archive.recipients(connection, council_id, message)
    departure = queue.depart(
        connection,
        queue.Leaving(
            council=council_id,
            message=message,
            from_domain=ready.from_domain,
            upstream=council.upstream,
            trace=received_field(row, act.hostname, act.now),
            splices=ready.splices,
            recipients=[recipient.number for recipient in recipients],
            now=act.now,
        ),
    )
    _tell(connection, council, message, act, notices.Told.RELEASED)
    return departure


def reject(connection: Connection, council_id: str, message: str, act: Act) -> None:
    """Decide that a held message will not go, and tell its sender why. Raises NotFound, Conflict."""
    version, council = councils.load(connection, council_id)
    _require_officer(council, act)
    holds.decide(
        connection,
        council,
        version,
        message,
        state=MessageState.REJECTED,
        by=act.by,
        why=act.why,
        now=act.now,
    )
    _tell(connection, council, message, act, notices.Told.REJECTED)


def _require_officer(council: Council, act: Act) -> None:
    person = council.person(act.by)
    if person is None or not person.roles_on(act.today) & OFFICERS:
        officers = ", ".join(officer.login for officer in council.officers(act.today)) or "nobody at present"
        raise Conflict(f"only the Clerk or who stands in for the Clerk decides ({officers}), not {act.by}")


def _tell(connection: Connection, council: Council, message: str, act: Act, told: notices.Told) -> None:
    row = archive.message(connection, council.id, message)
    notice = notices.after_decision(council, row, told, act.why, act.now)
    if notice is not None:
        messages.write_own(connection, notice, act.now)
