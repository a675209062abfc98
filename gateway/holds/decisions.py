"""Giving one's word on a held message, and rejecting it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row

from config.council import Council
from filters.finding import Decision, Need
from gateway.holds.words import Act as Done
from gateway.holds.words import given, who_can, words_of, words_on_own
from gateway.intake.trace import received_field
from gateway.notices import held as notices
from gateway.store import archive, correspondents, councils, holds, ledger, messages, queue
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

    `written` says what of them is signature and waiver, where that is not kept yet. `trail_removed`: what the
    message quotes is among what goes.
    """

    from_domain: str
    splices: tuple[Splice, ...]
    written: Record | None = None
    trail_removed: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """What came of a word: the departure's id, or whose word is still needed and who can give it."""

    departure: str | None
    waits_for: str = ""


def must_be_made_ready(connection: Connection, council_id: str, message: str, without_trail: bool) -> bool:
    """Whether `release` needs to be given a `Ready`. Raises NotFound."""
    if archive.message(connection, council_id, message).splices is None:
        return True
    return without_trail or trail_goes(connection, council_id, message)


def trail_goes(connection: Connection, council_id: str, message: str) -> bool:
    """Whether its sender has decided that the earlier messages are taken out."""
    return Done.CONFIRMED_WITHOUT_TRAIL in holds.acts(connection, council_id, message)


def release(
    connection: Connection,
    council_id: str,
    message: str,
    act: Act,
    made_ready: Ready | None = None,
) -> Given:
    """Give one's word for a held message: it leaves, to all its recipients, once it has every word it needs.

    The sender gives the sender's word, an officer the Clerk's and a moderator's. `made_ready` is given where
    `must_be_made_ready`; with `trail_removed` it must be the sender who says so, now or before.

    Raises NotFound, or Conflict where this word is not needed or not `by`'s to give, or the message cannot be made
    ready to leave.
    """
    ledger.lock(connection, council_id)  # Two words given at one moment: the later one knows of the other.
    version, council = councils.load(connection, council_id)
    row = _held(connection, council_id, message)
    decision = holds.findings(connection, council_id, message)
    acts = holds.acts(connection, council_id, message)
    needs = decision.needs - given(acts)
    words = _words(council, row, decision, needs, act)
    ready = _ready(row, acts, words, made_ready)
    left = needs - words
    holds.decide(
        connection,
        council,
        version,
        message,
        state=MessageState.HELD if left else MessageState.RELEASED,
        act=_called(words, ready) if left else Done.RELEASED,
        by=act.by,
        why=act.why,
        now=act.now,
    )
    if left:
        return Given(None, who_can(council, left, row.person, act.today))
    if ready.written is not None and row.splices is None:
        archive.keep_written(connection, council_id, message, ready.written)
    departure = _depart(connection, council, row, ready, act)
    _tell(connection, council, message, act, notices.Told.RELEASED)
    return Given(departure)


def reject(connection: Connection, council_id: str, message: str, act: Act) -> None:
    """Decide that a held message will not go, and tell its sender why. Its sender may decide that too.

    Raises NotFound, Conflict.
    """
    version, council = councils.load(connection, council_id)
    row = _held(connection, council_id, message)
    own = row.person is not None and act.by == row.person
    if not own:
        _require_decider(council, holds.findings(connection, council_id, message), act)
    holds.decide(
        connection,
        council,
        version,
        message,
        state=MessageState.REJECTED,
        act=Done.CANCELLED if own else Done.REJECTED,
        by=act.by,
        why=act.why,
        now=act.now,
    )
    _tell(connection, council, message, act, notices.Told.CANCELLED if own else notices.Told.REJECTED)


def _held(connection: Connection, council_id: str, message: str) -> Row[Any]:
    """The row of a message that is held. Raises NotFound, Conflict."""
    row = archive.message(connection, council_id, message)
    if row.state != MessageState.HELD.value:
        raise Conflict(f"{message} is not held: it is {row.state}")
    return row


def _words(
    council: Council, row: Row[Any], decision: Decision, needs: frozenset[Need], act: Act
) -> frozenset[Need]:
    """The needed words that `by` gives. Raises Conflict where there are none."""
    words = words_of(council, act.by, row.person, act.today) & needs
    if row.person == act.by:
        words = words_on_own(words, council, decision, act.why)
    if not words:
        if not needs:
            raise Conflict(f"{row.id} waits for nobody's word")
        raise Conflict(
            f"{row.id} waits for {who_can(council, needs, row.person, act.today)}, not for {act.by}"
        )
    return words


def _called(words: frozenset[Need], ready: Ready) -> Done:
    """What giving these words is called, while others are still needed."""
    if Need.CLERK in words:
        return Done.APPROVED
    if Need.SENDER in words:
        return Done.CONFIRMED_WITHOUT_TRAIL if ready.trail_removed else Done.CONFIRMED
    return Done.MODERATED


def _ready(row: Row[Any], acts: tuple[str, ...], words: frozenset[Need], made: Ready | None) -> Ready:
    """What the message leaves with. Raises Conflict."""
    goes = Done.CONFIRMED_WITHOUT_TRAIL in acts
    if made is not None and made.trail_removed:
        if Need.SENDER not in words and not goes:
            raise Conflict(f"only its sender can have the earlier messages taken out of {row.id}")
        return made
    if goes:
        # The sender may have said so between the making ready and this word.
        raise Conflict(
            f"its sender has the earlier messages taken out of {row.id}: look again, and decide again"
        )
    if row.splices is not None:
        return Ready(row.from_domain, splice_text.load(row.splices))
    if made is None:
        raise Conflict(f"{row.id} was not made ready to leave")
    return made


def _depart(connection: Connection, council: Council, row: Row[Any], ready: Ready, act: Act) -> str:
    recipients = archive.recipients(connection, council.id, row.id)
    written_to = (recipient.canonical for recipient in recipients)
    correspondents.keep(connection, correspondents.rows_of(council.id, written_to, act.now))
    return queue.depart(
        connection,
        queue.Leaving(
            council=council.id,
            message=row.id,
            from_domain=ready.from_domain,
            upstream=council.upstream,
            trace=received_field(row, act.hostname, act.now),
            splices=ready.splices,
            recipients=[recipient.number for recipient in recipients],
            now=act.now,
        ),
    )


def _require_decider(council: Council, decision: Decision, act: Act) -> None:
    """Who may let a message pass may also decide that it does not go; what waits for its sender, an officer."""
    needs = decision.needs
    words = words_of(council, act.by, None, act.today)
    if Need.CLERK in words or (needs == {Need.MODERATOR} and words & needs):
        return
    officers = ", ".join(officer.login for officer in council.officers(act.today)) or "nobody at present"
    raise Conflict(f"only the Clerk or who stands in for the Clerk decides ({officers}), not {act.by}")


def _tell(connection: Connection, council: Council, message: str, act: Act, told: notices.Told) -> None:
    row = archive.message(connection, council.id, message)
    notice = notices.after_decision(council, row, told, act.why, act.now)
    if notice is not None:
        messages.write_own(connection, notice, act.now)
