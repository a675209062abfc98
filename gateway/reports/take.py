"""Taking in what is written to a council's report address: before any check, and never any further."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import Connection

from config.capacity import Capacity
from config.council import Council
from config.person import Person
from config.policy import Stage
from config.settings import Settings
from filters.analysis import Reading
from filters.context import Profile
from filters.finding import Decision
from gateway import clock, logs, metrics
from gateway.holds.answers.heard import is_automatic
from gateway.holds.casework import masked_extract
from gateway.intake.answers import stretches
from gateway.intake.directory import Known
from gateway.intake.found_by import found_by
from gateway.intake.heading import heading_of, sender_of
from gateway.intake.submission import Submission
from gateway.notices import reports as notices
from gateway.notices.people import address_of
from gateway.reply import Reply
from gateway.reports.lookers import alternate_for, author_of, lookers
from gateway.reports.original import Told, told_in
from gateway.store import councils, ledger, messages, reports, sheet
from gateway.store.database import Database
from gateway.store.entry import Entry, Recorded
from gateway.store.kinds import MessageState
from gateway.store.vault import vault_of
from gateway.workers.analysis import Analyst
from gateway.workers.pool import WorkerFailed

_log = logs.get("reports")
_HOUR = timedelta(hours=1)
CHECK = "report"

ALONE = Reply(
    550,
    "5.7.1",
    "A report goes to the post room alone: take the other recipients out and send it again. "
    "Nothing was sent to anybody",
)
PEOPLE_ALONE = Reply(
    550, "5.7.1", "Only the Council's own people can report a message here. Nothing was sent to anybody"
)


class _Directory(Protocol):
    """See `gateway.intake.directory.Directory`."""

    def find(self, council: str) -> Awaitable[Known]:
        """The council. Raises NotFound."""


@dataclass(frozen=True, slots=True)
class _Taken:
    """A report, read, with who made it."""

    submission: Submission
    reading: Reading | None
    person: str
    told: Told
    now: datetime


def address_in(council: Council, at: datetime) -> str | None:
    """Where messages are reported to in a council; None where the check is not in force."""
    if CHECK not in council.policy.checks or council.stage_of(CHECK, at) is Stage.OFF:
        return None
    return council.content.report_address


class ReportTaker:
    """Takes reports. `rung` is called after a commit that has queued something."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        analyst: Analyst,
        directory: _Directory,
        rung: Callable[[], None],
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self._settings = settings
        self._database = database
        self._analyst = analyst
        self._directory = directory
        self._rung = rung
        self._now = now

    async def take(self, submission: Submission) -> Reply | None:
        """The reply to a report, once it is committed; None where the submission is none. From outside none is taken:
        anybody might have written it. Raises what the database raises.
        """
        if submission.origin.profile is Profile.REPLIES:
            return None
        now = self._now()
        council = await self._council(submission, now)
        if council is None:
            return None
        if len(submission.envelope.recipients) > 1:
            return ALONE
        deadline = asyncio.get_running_loop().time() + self._settings.limits.decision_seconds
        try:
            reading: Reading | None = await self._analyst.read(submission.raw, deadline)
        except WorkerFailed:
            reading = None
        person = sender_of(submission, council, heading_of(reading), clock.today_in_london(now))
        if person is None or council.person(person) is None:
            return PEOPLE_ALONE
        told = await told_in(self._analyst, submission.raw, reading, deadline)
        return await self._keep(council.id, _Taken(submission, reading, person, told, now))

    async def _council(self, submission: Submission, now: datetime) -> Council | None:
        """The council whose report address is written to, of those that the sender may act in."""
        written_to = {each.canonical for each in submission.envelope.recipients}
        for id in submission.origin.councils:
            council = (await self._directory.find(id)).council
            if address_in(council, now) in written_to:
                return council
        return None

    async def _keep(self, council_id: str, one: _Taken) -> Reply:
        message = messages.new_id(one.now)
        with metrics.STAGE_SECONDS.labels("commit").time():
            recorded = await self._database.write(
                lambda c: self._commit(c, council_id, message, one),
                lambda c: messages.recorded(c, message),
                council_id,
            )
        if not recorded.repeated:
            self._rung()
        _log.info(
            "report taken",
            message=recorded.id,
            council=council_id,
            original=one.told.original.form.value,
            repeated=recorded.repeated,
            profile=one.submission.origin.profile.value,
        )
        return Reply(250, "2.0.0", f"Ok: your report is taken as {recorded.id}")

    def _commit(self, connection: Connection, council_id: str, message: str, one: _Taken) -> Recorded:
        """Archive the report, make it a case and tell of it. The same report again does nothing."""
        ledger.lock(connection, council_id)
        version, council = councils.load(connection, council_id)
        row = sheet.of_report(self._entry(message, one, council, version), vault_of(connection))
        before = messages.answered_before(connection, row)
        if before is not None:
            return before
        lately = reports.taken_since(connection, council_id, one.person, one.now - _HOUR)
        sheet.write(connection, [row])
        original, today = one.told.original, clock.today_in_london(one.now)
        known = reports.known_as(connection, council_id, original.message_id)
        author = known.person if known is not None else author_of(council, original.author, today)
        alternate = alternate_for(council, author, one.told.not_the_clerk, today)
        reports.keep(
            connection,
            council_id,
            reports.Report(
                message=message,
                by=one.person,
                at=one.now,
                original=original.form.value,
                author=original.author,
                subject=original.subject,
                original_id=original.message_id,
                known_as=None if known is None else known.id,
                alternate=alternate.value,
            ),
        )
        if lately < self._settings.answers.asked_again_per_hour:
            self._tell(
                connection, council, message, one, alternate.value, lookers(council, author, alternate, today)
            )
        else:
            _log.warning("report not told of", message=message, council=council_id, within_the_hour=lately)
        return Recorded(message, MessageState.TAKEN)

    def _tell(
        self,
        connection: Connection,
        council: Council,
        message: str,
        one: _Taken,
        alternate: str,
        who: tuple[Person, ...],
    ) -> None:
        """Tell who looks at it, and whoever made it, where a person did."""
        told, today = one.told, clock.today_in_london(one.now)
        case = notices.Case(
            reference=message,
            heading=heading_of(one.reading),
            by=one.person,
            at=one.now,
            author=told.original.author,
            subject=told.original.subject,
            note=masked_extract(told.note),
            extract=masked_extract(told.original.begins),
            alternate=alternate,
        )
        upstream = self._settings.bounce_route(council.upstream)
        for officer in who:
            new = notices.reported(council, officer, case, one.now, upstream=upstream)
            messages.write_own(connection, new, one.now)
        person = council.person(one.person)
        if person is None or is_automatic(one.reading, one.submission):
            return
        receipt = notices.taken(
            council, address_of(person, council, today), case, who, one.now, upstream=upstream
        )
        messages.write_own(connection, receipt, one.now)

    def _entry(self, message: str, one: _Taken, council: Council, version: int) -> Entry:
        return Entry(
            id=message,
            council=council.id,
            council_version=version,
            policy_version=council.policy.version,
            received_at=one.now,
            raw=one.submission.raw,
            envelope=one.submission.envelope,
            origin=one.submission.origin,
            person=one.person,
            heading=heading_of(one.reading),
            decision=Decision(),
            splices=None,
            trace=b"",
            upstream=council.upstream,
            capacity=Capacity.CASEWORK,
            stretches=stretches(one.reading),
            content=found_by(one.reading, None),
        )
