"""Giving one's word on a held message, and rejecting it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row

from config.council import Council
from filters.finding import Decision, Need
from filters.inside import unscanned
from gateway.holds.acknowledged import require_acknowledged
from gateway.holds.change import UNCHANGED, Change
from gateway.holds.standing import findings
from gateway.holds.statement import (
    UNSAID,
    Detail,
    Statement,
    Wanted,
    detail_of,
    kept_of,
    require_stated,
    wanted_by,
)
from gateway.holds.telling import tell_sender
from gateway.holds.words import (
    WORDS,
    given,
    require_in_office,
    require_officer,
    who_can,
    words_of,
    words_on_own,
)
from gateway.holds.words import Act as Done
from gateway.intake.trace import received_field
from gateway.notices.outcomes import Told
from gateway.store import archive, correspondents, councils, holds, ledger, queue
from gateway.store import splices as splice_text
from gateway.store.errors import Conflict, NotFound
from gateway.store.kinds import MessageState
from signatures.block.record import Record
from signatures.message.splices import Splice


@dataclass(frozen=True, slots=True)
class Act:
    """Who decides, why, when; `today` is the day in Europe/London, on which roles are held. `said` is what they state
    with it.
    """

    by: str
    why: str
    now: datetime
    today: date
    hostname: str
    said: Statement = UNSAID


@dataclass(frozen=True, slots=True)
class Ready:
    """What it takes for a message to leave: the domain of its From, and the changes to it.

    `written` says what of them is signature and waiver, where that is not kept yet. `change` is all that was chosen
    about it, now and before, and `numbers` those of the recipients whom it goes to, None being all. `needs` are the
    words that it needs and `wanted` what is to be stated with them, None being as when it came in; `version` the
    council's that it was made ready by.
    """

    from_domain: str
    splices: tuple[Splice, ...]
    written: Record | None = None
    change: Change = UNCHANGED
    numbers: tuple[int, ...] | None = None
    needs: frozenset[Need] | None = None
    wanted: Wanted | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """What came of a word: the departure's id, or whose word is still needed and who can give it."""

    departure: str | None
    waits_for: str = ""


def must_be_made_ready(
    connection: Connection, council_id: str, message: str, change: Change = UNCHANGED
) -> bool:
    """Whether `release` with this change needs to be given a `Ready`. Raises NotFound."""
    if archive.message(connection, council_id, message).splices is None:
        return True
    if unscanned(findings(connection, council_id, message)):
        return True
    return not change_kept(connection, council_id, message).also(change).nothing


def change_kept(connection: Connection, council_id: str, message: str) -> Change:
    """What was chosen about a message so far, by everybody whose word was given."""
    return _chosen(archive.decisions(connection, council_id, message))


def release(
    connection: Connection,
    council_id: str,
    message: str,
    act: Act,
    made_ready: Ready | None = None,
    *,
    of_another: bool = False,
) -> Given:
    """Give one's word for a held message: it leaves, to those whom it is to go to, once it has every word it needs.

    The sender gives the sender's word, an officer the Clerk's and a moderator's. `made_ready` is given where
    `must_be_made_ready`. Its change is kept with the word, and counts for the last word too. Recipients are left
    out by the sender or an officer, everything else is changed by the sender alone. What a finding wants to be told is
    stated in `act.said`, and kept. `of_another`: `by` sends what somebody else wrote, so that two people have seen
    it, and needs not be told what comes of it.

    Raises NotFound, or Conflict where this word is not needed or not `by`'s to give, what is wanted is not stated, or
    the message cannot be made ready to leave.
    """
    # Whoever decides at the same moment is waited for here, so that what is looked at is what stands.
    ledger.lock(connection, council_id)
    version, council = councils.load(connection, council_id)
    row = archive.message(connection, council_id, message)
    require_held(row, act.by)
    require_in_office(council, row.person, act.today)
    decision = findings(connection, council_id, message)
    require_checked(message, decision)
    made = archive.decisions(connection, council_id, message)
    so_far = given(each.act for each in made[1:])
    words = _words(council, row, decision, decision.needs - so_far, act, alone=not of_another)
    if Need.SENDER in words:
        require_acknowledged(connection, council, decision, act.by)
    kept = _chosen(made)
    ready = _ready(row, kept, made_ready, version)
    _require_may_change(council, row, ready.change.beyond(kept), act)
    wanted = wanted_by(decision) if ready.wanted is None else ready.wanted
    officer = Need.CLERK in words_of(council, act.by, None, act.today)
    require_stated(message, wanted, words, act.said, officer=officer)
    left = (decision.needs if ready.needs is None else ready.needs) - so_far - words
    holds.decide(
        connection,
        council,
        version,
        message,
        state=MessageState.HELD if left else MessageState.RELEASED,
        act=_called(words) if left else Done.RELEASED,
        by=act.by,
        why=act.why,
        now=act.now,
        detail=detail_of(ready.change, kept_of(act.said, wanted, words)),
    )
    if left:
        return Given(None, who_can(council, left, row.person, act.today))
    if ready.written is not None and row.splices is None:
        archive.keep_written(connection, council_id, message, ready.written)
    departure = _depart(connection, council, row, ready, act)
    if not of_another:
        tell_sender(connection, council, row, Told.RELEASED, act.by, act.why, act.now, change=ready.change)
    return Given(departure)


def reject(connection: Connection, council_id: str, message: str, act: Act) -> None:
    """Decide that a held message will not go, and tell its sender why. Its sender may decide that too.

    Raises NotFound, Conflict.
    """
    ledger.lock(connection, council_id)
    version, council = councils.load(connection, council_id)
    row = archive.message(connection, council_id, message)
    require_held(row, act.by)
    own = row.person is not None and act.by == row.person
    if not own:
        require_decider(council, findings(connection, council_id, message), act)
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
    told = Told.CANCELLED if own else Told.REJECTED
    tell_sender(connection, council, row, told, act.by, act.why, act.now)


def require_checked(message: str, decision: Decision) -> None:
    """Nobody's word stands in for a check that has yet to look. Raises Conflict."""
    if decision.pending:
        raise Conflict(
            f"the attachments of {message} are still being checked; within some minutes it goes by itself, or waits for "
            "somebody who is told"
        )


def require_seen(row: Row[Any], by: str | None) -> None:
    """Raises NotFound where a message is sealed, for everybody but its sender."""
    if row.sealed and (row.person is None or by != row.person):
        raise NotFound(f"{row.council_id} has no message {row.id}")


def require_held(row: Row[Any], by: str | None = None) -> None:
    """Raises Conflict where a message is not held, or not any more; and as `require_seen`."""
    require_seen(row, by)
    if row.state != MessageState.HELD.value:
        raise Conflict(f"{row.id} is not held: it is {row.state}")


def _words(
    council: Council, row: Row[Any], decision: Decision, needs: frozenset[Need], act: Act, *, alone: bool
) -> frozenset[Need]:
    """The needed words that `by` gives. Raises Conflict where there are none."""
    words = words_of(council, act.by, row.person, act.today) & needs
    if row.person == act.by and alone:
        words = words_on_own(words, council, decision, act.why)
    if not words:
        if not needs:
            raise Conflict(f"{row.id} waits for nobody's word")
        raise Conflict(
            f"{row.id} waits for {who_can(council, needs, row.person, act.today)}, not for {act.by}"
        )
    return words


def _called(words: frozenset[Need]) -> Done:
    """What giving these words is called, while others are still needed."""
    if Need.CLERK in words:
        return Done.APPROVED
    return Done.CONFIRMED if Need.SENDER in words else Done.MODERATED


def _chosen(made: list[Row[Any]]) -> Change:
    """What was chosen with the words among these decisions, all of it together."""
    whole = Change()
    for each in made[1:]:
        if each.act == Done.CONFIRMED_WITHOUT_TRAIL:
            whole = whole.also(Change(without_trail=True))
        elif each.act in WORDS and each.detail is not None:
            whole = whole.also(Detail.model_validate_json(each.detail))
    return whole


def _ready(row: Row[Any], kept: Change, made: Ready | None, version: int) -> Ready:
    """What the message leaves with. Raises Conflict."""
    if made is None:
        if row.splices is None or not kept.nothing:
            raise Conflict(f"{row.id} was not made ready to leave")
        return Ready(row.from_domain, splice_text.load(row.splices))
    if made.change.also(kept) != made.change or made.version not in {None, version}:
        raise Conflict(f"something was decided about {row.id} meanwhile; look again, and decide again")
    return made


def _require_may_change(council: Council, row: Row[Any], change: Change, act: Act) -> None:
    """Raises Conflict where it is not for `by` to have this changed."""
    if change.nothing or act.by == row.person:
        return
    if change.without_trail:
        raise Conflict(f"only its sender can have the earlier messages taken out of {row.id}")
    if change.blind:
        raise Conflict(f"only its sender can have recipients of {row.id} moved to Bcc")
    require_officer(council, act.by, act.today)


def _depart(connection: Connection, council: Council, row: Row[Any], ready: Ready, act: Act) -> str:
    recipients = [
        each
        for each in archive.recipients(connection, council.id, row.id)
        if ready.numbers is None or each.number in ready.numbers
    ]
    # What is known of correspondents is told to others, and whom somebody wrote to in confidence is not.
    written_to = () if row.sealed else (recipient.canonical for recipient in recipients)
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


def require_decider(council: Council, decision: Decision, act: Act) -> None:
    """Who may let a message pass may also decide that it does not go; what waits for its sender, an officer.

    Raises Conflict.
    """
    needs = decision.needs
    words = words_of(council, act.by, None, act.today)
    if Need.CLERK in words or (needs == {Need.MODERATOR} and words & needs):
        return
    require_officer(council, act.by, act.today)
