"""Making a message ready to leave that could not be made ready when it came in."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy import Connection, Row

from config.address import domain_of
from config.policy import Verdict
from config.settings import Settings
from filters.analysis import Analysis, Reading, Situation
from filters.context import Envelope, Profile, Recipient
from gateway.archive.versions import as_received
from gateway.holds.decisions import Act, Ready
from gateway.store import archive, councils
from gateway.store.errors import Conflict
from gateway.workers.analysis import Analyst
from gateway.workers.pool import Pool, WorkerFailed

_SECONDS = 60.0


def make_ready(connection: Connection, council_id: str, message: str, act: Act, settings: Settings) -> Ready:
    """What a message needs to leave, worked out now, in a worker of its own.

    Raises Conflict where it still cannot be read, or where it can be and turns out to be refused: a check
    that nobody may decide over is not decided over because it came late.
    """
    _, council = councils.load(connection, council_id)
    row = archive.message(connection, council_id, message)
    situation = _situation(row, archive.recipients(connection, council_id, message), act)
    raw = as_received(connection, council_id, message)
    document = council.model_dump_json(by_alias=True).encode()
    try:
        reading, analysis = asyncio.run(_analyse(raw, document, situation, settings))
    except WorkerFailed as error:
        raise Conflict(
            f"{message} still cannot be read ({error.reason}), so it cannot be made ready to leave; "
            "reject it, and its sender will be told"
        ) from None
    if analysis.decision.verdict is Verdict.REFUSE:
        reasons = " ".join(finding.reason for finding in analysis.decision.findings)
        raise Conflict(f"{message} can be read now, and may not leave: {reasons} Reject it instead")
    return Ready(domain_of(reading.anatomy.authors[0].address), analysis.rewrite, analysis.record)


async def _analyse(
    raw: bytes, council: bytes, situation: Situation, settings: Settings
) -> tuple[Reading, Analysis]:
    pool = Pool(settings.workers.model_copy(update={"processes": 1, "task_seconds": _SECONDS}))
    await pool.start()
    try:
        analyst = Analyst(pool, settings.limits)
        deadline = asyncio.get_running_loop().time() + _SECONDS
        reading = await analyst.read(raw, deadline)
        return reading, await analyst.decide(raw, reading, council, situation, deadline)
    finally:
        await pool.stop()


def _situation(row: Row[Any], recipients: list[Row[Any]], act: Act) -> Situation:
    return Situation(
        person=row.person,
        authenticated=row.authenticated,
        profile=Profile(row.profile),
        envelope=Envelope(
            mail_from=row.mail_from,
            recipients=tuple(Recipient(address=r.address, canonical=r.canonical) for r in recipients),
        ),
        received_at=row.received_at,
        today=act.today,
        message=row.id,
        hostname=act.hostname,
    )
