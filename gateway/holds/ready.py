"""Making a message ready to leave that could not be made ready when it came in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Row

from config.address import domain_of
from config.council import Council
from config.policy import Verdict
from config.settings import Settings
from filters.analysis import Analysis, Reading, Situation
from filters.answers import Answers
from filters.context import Added, Envelope, Profile, Recipient
from gateway.archive.versions import as_received
from gateway.holds.decisions import Act, Ready
from gateway.intake.answers import questions
from gateway.store import answers, archive, councils, holds
from gateway.store.errors import Conflict
from gateway.workers.analysis import Analyst, Unreadable
from gateway.workers.pool import Pool, WorkerFailed
from signatures.message.splices import Splice, apply, composed

_SECONDS = 60.0


def make_ready(
    connection: Connection,
    council_id: str,
    message: str,
    act: Act,
    settings: Settings,
    *,
    strip: bool = False,
) -> Ready:
    """What a message needs to leave, worked out now, in a worker of its own; with `strip`, without its trail.

    What would leave is decided on again. Raises Conflict where it still cannot be read, its trail cannot be taken
    out, or it turns out to be refused or to need a word that nobody was asked for: a check that nobody may decide
    over is not decided over because it came late.
    """
    _, council = councils.load(connection, council_id)
    row = archive.message(connection, council_id, message)
    situation = _situation(row, archive.recipients(connection, council_id, message), council, act)
    raw = as_received(connection, council_id, message)
    document = council.model_dump_json(by_alias=True).encode()

    def ask(reading: Reading) -> Answers:
        return answers.answer(connection, questions(reading, situation.envelope, council, message))

    try:
        reading, analysis, removed = asyncio.run(_analyse(raw, document, situation, settings, strip, ask))
    except Unreadable as error:
        if not strip:
            raise Conflict(_still_unread(message, error.reason)) from None
        raise Conflict(f"the earlier messages cannot be taken out of {message}: {error.reason}") from None
    except WorkerFailed as error:
        raise Conflict(_still_unread(message, error.reason)) from None
    if strip and not (removed and _is_gone(analysis)):
        raise Conflict(
            f"the earlier messages cannot be taken out of {message}: they are attached, or it cannot be told where "
            "they begin"
        )
    if analysis.decision.verdict is Verdict.REFUSE:
        reasons = " ".join(finding.reason for finding in analysis.decision.findings)
        raise Conflict(f"{message} can be read now, and may not leave: {reasons} Reject it instead")
    if analysis.decision.needs - holds.findings(connection, council_id, message).needs:
        reasons = " ".join(finding.reason for finding in analysis.decision.findings if finding.need)
        raise Conflict(
            f"{message} has been looked at anew, and more is to be decided: {reasons} Reject it instead"
        )
    return Ready(
        from_domain=domain_of(reading.anatomy.authors[0].address),
        splices=composed(len(raw), removed, analysis.rewrite),
        written=analysis.record,
        trail_removed=strip,
    )


def _is_gone(analysis: Analysis) -> bool:
    """Whether nothing more is asked about earlier messages once they are taken out."""
    return not any(each.check == "trail" and each.need for each in analysis.decision.findings)


def _still_unread(message: str, why: str) -> str:
    return (
        f"{message} still cannot be read ({why}), so it cannot be made ready to leave; "
        "reject it, and its sender will be told"
    )


async def _analyse(
    raw: bytes,
    council: bytes,
    situation: Situation,
    settings: Settings,
    strip: bool,
    ask: Callable[[Reading], Answers],
) -> tuple[Reading, Analysis, tuple[Splice, ...]]:
    pool = Pool(settings.workers.model_copy(update={"processes": 1, "task_seconds": _SECONDS}))
    await pool.start()
    try:
        analyst = Analyst(pool, settings.limits)
        deadline = asyncio.get_running_loop().time() + _SECONDS
        removed = await analyst.strip(raw, deadline) if strip else ()
        left = apply(raw, removed)
        reading = await analyst.read(left, deadline)
        situation = situation.model_copy(update={"answers": ask(reading)})
        return reading, await analyst.decide(left, reading, council, situation, deadline), removed
    finally:
        await pool.stop()


def _situation(row: Row[Any], recipients: list[Row[Any]], council: Council, act: Act) -> Situation:
    return Situation(
        person=row.person,
        authenticated=row.authenticated,
        profile=Profile(row.profile),
        envelope=Envelope(
            mail_from=row.mail_from,
            recipients=tuple(
                Recipient(address=r.address, canonical=r.canonical) for r in recipients if r.added_by is None
            ),
        ),
        received_at=row.received_at,
        today=act.today,
        message=row.id,
        hostname=act.hostname,
        added=tuple(_added(council, each, act) for each in recipients if each.added_by is not None),
    )


def _added(council: Council, recipient: Row[Any], act: Act) -> Added:
    holders = council.holders_of(recipient.canonical, act.today)
    return Added(address=recipient.canonical, name=holders[0].name if holders else "", by=recipient.added_by)
