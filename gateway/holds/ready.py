"""Making a held message ready to leave: as it is, where that could not be done when it came in, or changed.

What a word changes of it, recipients left out or moved to Bcc, earlier messages taken out, makes another message of
it: that one is read and decided on anew, for those who are to get it. Everything is worked out before the word is
recorded, so that what cannot be done is not promised; the word's transaction then sees that nothing has changed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Row

from config.address import domain_of
from config.council import Council
from config.policy import Verdict
from config.settings import Settings
from filters.analysis import Analysis, Reading, Situation
from filters.context import Added, Envelope, Profile, Recipient
from filters.decide import CONFIRMABLE
from filters.finding import Decision, Finding, Need
from filters.inside import SCANNED, unscanned
from gateway.holds.change import UNCHANGED, Change
from gateway.holds.changing import NOT_OUT, Held, held_message, require_bcc, taken_out, unread, whole_change
from gateway.holds.decisions import Act, Ready, require_checked, require_seen
from gateway.holds.standing import standing
from gateway.holds.statement import wanted_by
from gateway.intake.answers import questions
from gateway.intake.completing import completed
from gateway.intake.looking import look_inside, time_to_look
from gateway.notices.mask import masked_reason
from gateway.scanning.scanner import Scanner, scanner_of
from gateway.store import answers
from gateway.store import splices as splice_text
from gateway.store.errors import Conflict
from gateway.workers.analysis import Analyst
from gateway.workers.pool import Pool, WorkerFailed
from signatures.message.splices import Splice, apply, composed

T = TypeVar("T")
_SECONDS = 60.0


class Read(Protocol):
    """Reading from the database, as `gateway.store.database.Database.read`."""

    def __call__(self, act: Callable[[Connection], T], /) -> Awaitable[T]:
        """What `act` returns."""


async def ready_with(
    analyst: Analyst,
    read: Read,
    council_id: str,
    message: str,
    act: Act,
    change: Change = UNCHANGED,
    *,
    seconds: float = _SECONDS,
    scanner: Scanner | None = None,
) -> Ready:
    """What a held message needs to leave with `change`, and with what was chosen about it before.

    Where nothing is to be changed and it was made ready when it came in, that is all; but what could not be scanned for
    malware then is looked at anew. Recipients that policy added
    stay unless they are left out by their numbers. Raises NotFound, and Conflict with a sentence for people where
    there is no such recipient, nobody would be left, the policy does not permit it, it cannot be done to this message,
    or what would leave is to be decided by somebody who was not asked.
    """
    held = await read(lambda c: held_message(c, council_id, message))
    require_seen(held.row, act.by)
    require_checked(message, held.decision)
    whole = whole_change(held, change)
    if whole.nothing and held.row.splices is not None and not unscanned(held.decision):
        return Ready(held.row.from_domain, splice_text.load(held.row.splices), version=held.version)
    if whole.blind:
        require_bcc(held)
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        made = await _made(analyst, scanner, read, held, whole, act, deadline)
        wanted = {each.address for each in made.analysis.added}
        back = tuple(
            each.number
            for each in held.recipients
            if each.canonical in wanted and each.number in whole.left_out
        )
        if not back:
            break
        # Policy has the Clerk see what it is: whom it would add at once is not left out.
        left_out = tuple(number for number in whole.left_out if number not in back)
        whole = whole.model_copy(update={"left_out": left_out})
    return _ready(held, whole, made)


def make_ready(
    connection: Connection,
    council_id: str,
    message: str,
    act: Act,
    settings: Settings,
    change: Change = UNCHANGED,
) -> Ready:
    """`ready_with`, in a worker of its own. Raises as that does."""

    read = reading_on(connection)
    scanner = scanner_of(settings.malware)
    return with_workers(
        settings,
        lambda analyst: ready_with(analyst, read, council_id, message, act, change, scanner=scanner),
    )


def reading_on(connection: Connection) -> Read:
    """Reading on a connection that there is, for callers without a loop of their own."""

    async def read(what: Callable[[Connection], T]) -> T:
        return what(connection)

    return read


def with_workers(settings: Settings, work: Callable[[Analyst], Awaitable[T]]) -> T:
    """What `work` comes to with an analyst in a worker of its own."""

    async def run() -> T:
        pool = Pool(settings.workers.model_copy(update={"processes": 1, "task_seconds": _SECONDS}))
        await pool.start()
        try:
            return await work(Analyst(pool, settings.limits))
        finally:
            await pool.stop()

    return asyncio.run(run())


@dataclass(frozen=True, slots=True)
class _Made:
    """What would leave: what takes out of the message what is to go, and what came of deciding on the rest."""

    reading: Reading
    analysis: Analysis
    removed: tuple[Splice, ...]


async def _made(
    analyst: Analyst,
    scanner: Scanner | None,
    read: Read,
    held: Held,
    change: Change,
    act: Act,
    deadline: float,
) -> _Made:
    """The message changed, read and decided on. Raises Conflict."""
    message = held.row.id
    removed = await taken_out(analyst, held, change, deadline)
    left = apply(held.raw, removed)
    try:
        reading = await analyst.read(left, deadline)
        situation = situation_of(held, change, act)
        asked = questions(
            reading, situation.envelope, held.council, message, held.row.person, situation.today
        )
        found = await read(lambda c: answers.answer(c, asked))
        at = situation.received_at
        inside = await look_inside(analyst, scanner, left, reading, held.council, at, time_to_look(deadline))
        found = await completed(read, analyst, held.council.id, reading, found, inside.documents, deadline)
        situation = inside.settled.added_to(situation, found)
        document = held.council.model_dump_json(by_alias=True).encode()
        analysis = await analyst.decide(left, reading, document, situation, deadline)
    except WorkerFailed as error:
        raise Conflict(unread(message, error.reason)) from None
    if change.without_trail and any(
        each.check == "trail" and each.need for each in analysis.decision.findings
    ):
        raise Conflict(NOT_OUT.format(message))
    return _Made(reading, analysis, removed)


def _ready(held: Held, change: Change, made: _Made) -> Ready:
    """What it leaves with, where nothing new is to be decided. Raises Conflict."""
    message, decision = held.row.id, standing(made.analysis.decision, held.acts)
    if decision.verdict is Verdict.REFUSE:
        reasons = " ".join(masked_reason(finding) for finding in decision.findings)
        raise Conflict(f"{message} can be read now, and may not leave: {reasons} Reject it instead")
    if made.analysis.added:
        # Nobody is added to those whom the archive has: what is decided on now is who of them gets it.
        known = {each.canonical for each in held.recipients if each.number not in change.left_out}
        if not {each.address for each in made.analysis.added} <= known:
            raise Conflict(f"{message} would go by policy to somebody else as well; send it anew instead")
    if new := _new(held.decision, decision):
        reasons = " ".join(masked_reason(finding) for finding in new)
        raise Conflict(
            f"{message} has been looked at anew, and more is to be decided: {reasons} Reject it instead"
        )
    return Ready(
        from_domain=domain_of(made.reading.anatomy.authors[0].address),
        splices=composed(len(held.raw), made.removed, made.analysis.rewrite),
        written=made.analysis.record,
        change=change,
        numbers=tuple(each.number for each in held.recipients if each.number not in change.left_out),
        needs=_needs(held, change, decision),
        wanted=wanted_by(decision),
        version=held.version,
    )


def _new(before: Decision, now: Decision) -> tuple[Finding, ...]:
    """The findings that nobody was asked about. Where a check could not look before, only whose word is new counts.

    What its sender had confirmed that day, for this thread and more people, is not asked of them again.
    """
    if any(each.incomplete for each in before.findings):
        return tuple(
            each
            for each in now.findings
            if each.need is not None and (each.need not in before.needs or _is_harm_found_now(each, before))
        )
    asked = {(each.check, each.need) for each in before.findings}
    asked |= {(each.check, Need.SENDER) for each in before.findings if each.check in CONFIRMABLE}
    return tuple(
        each for each in now.findings if each.need is not None and (each.check, each.need) not in asked
    )


def _is_harm_found_now(finding: Finding, before: Decision) -> bool:
    """Whether it is what the virus scanner found, and had not found before: who decided knew nothing of it."""
    seen = any(each.check == SCANNED and not each.incomplete for each in before.findings)
    return finding.check == SCANNED and not finding.incomplete and not seen


def _needs(held: Held, change: Change, now: Decision) -> frozenset[Need]:
    """Whose word it needs: as before, but for holds that are about nobody but those who are left out, where the
    second look finds nothing to hold either. What its sender is asked stays asked.
    """
    gone = {each.canonical for each in held.recipients if each.number in change.left_out}
    stand = {
        each.need
        for each in held.decision.findings
        if each.need is not None
        and (each.need is Need.SENDER or not (each.about and gone.issuperset(each.about)))
    }
    return frozenset(stand | now.needs)


def situation_of(held: Held, change: Change, act: Act) -> Situation:
    """In what situation a held message is decided on anew, with `change`."""
    row = held.row
    getting = [each for each in held.recipients if each.number not in change.left_out]
    return Situation(
        person=row.person,
        authenticated=row.authenticated,
        profile=Profile(row.profile),
        envelope=Envelope(
            mail_from=row.mail_from,
            recipients=tuple(
                Recipient(address=each.address, canonical=each.canonical)
                for each in getting
                if each.added_by is None
            ),
            smtputf8=row.smtputf8,
        ),
        received_at=row.received_at,
        today=act.today,
        message=row.id,
        hostname=act.hostname,
        added=_added_before(held, change, act),
    )


def _added_before(held: Held, change: Change, act: Act) -> tuple[Added, ...] | None:
    """Whom policy added when it came in, and who was not left out since; None where that is to be seen anew."""
    before = [each for each in held.recipients if each.added_by is not None]
    if not before and change.left_out:
        return None
    return tuple(_added(held.council, each, act) for each in before if each.number not in change.left_out)


def _added(council: Council, recipient: Row[Any], act: Act) -> Added:
    holders = council.holders_of(recipient.canonical, act.today)
    return Added(address=recipient.canonical, name=holders[0].name if holders else "", by=recipient.added_by)
