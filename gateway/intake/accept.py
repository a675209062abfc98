"""One submission's way from bytes to reply."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from config.address import domain_of
from config.council import Council
from config.settings import Settings
from filters.analysis import Analysis, Reading, Situation, could_not_be_checked
from filters.finding import Decision
from filters.spared import in_confidence, spared
from gateway import clock, logs, metrics
from gateway.holds.answers.letters import first_letter
from gateway.holds.answers.take import AnswerTaker
from gateway.intake import replies
from gateway.intake.accounting import account
from gateway.intake.again import Again
from gateway.intake.answers import Answerer, kept_prints, shown, stretches
from gateway.intake.directory import Directory, Known, council_for
from gateway.intake.found_by import found_by
from gateway.intake.heading import heading_of, sender_of
from gateway.intake.looking import Eyes, InTurn, Looking
from gateway.intake.monitoring import Monitoring
from gateway.intake.rate import too_many
from gateway.intake.resolve import resolver_for
from gateway.intake.submission import Submission
from gateway.intake.trace import received_field
from gateway.reply import Reply, opaque_id, temporary_fault
from gateway.reports.take import ReportTaker
from gateway.scanning.scanner import scanner_of
from gateway.store import messages, sheet
from gateway.store.database import Database
from gateway.store.errors import Full, OutcomeUnknown, Unavailable
from gateway.store.kinds import MessageState
from gateway.store.messages import CouncilChanged, Entry, OverRate, Recorded, SentMeanwhile
from gateway.store.sheet import Sheet
from gateway.workers.analysis import Analyst
from gateway.workers.pool import WorkerFailed

_log = logs.get("intake")
_LARGE = 65_536
_MOST_DECISIONS = 3
"""How often a message is decided on again because its council was changed meanwhile."""

_LOOKS = 2
"""How often it is looked again whether the same waits already."""


@dataclass(frozen=True, slots=True)
class _Trace:
    """See `gateway.intake.trace.Traced`."""

    id: str
    protocol: str
    tls: str


class Misconfigured(Exception):
    """A council names an upstream that the settings do not have."""


class Intake:
    """Takes in submissions. `rung` is called after a commit that queued something."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        analyst: Analyst,
        rung: Callable[[], None],
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self._settings = settings
        self._database = database
        self._analyst = analyst
        self._rung = rung
        self._now = now
        self._directory = Directory(database)
        self._monitoring = Monitoring(database)
        self._reports = ReportTaker(settings, database, analyst, self._directory, rung, now)
        self._taker = AnswerTaker(settings, database, analyst, rung, now)
        self._eyes = Eyes(
            Answerer(database, resolver_for(settings.recipients)),
            InTurn(analyst, max(1, settings.workers.processes - 1)),
            scanner_of(settings.malware),
        )
        self._again = Again(database, analyst)
        self._one_by_one = asyncio.Lock()

    async def accept(self, submission: Submission) -> Reply:
        """Decide on a submission and archive it; 250 only after the commit. Never raises."""
        started = time.perf_counter()
        try:
            answered = await self._taker.take(submission)
            if answered is None:
                answered = await self._reports.take(submission)
            if answered is not None:
                return answered
            recorded, decision = await self._accept(submission)
        except Full:
            metrics.TURNED_AWAY.labels("disk").inc()
            _log.error("submission not stored: no space left")
            return replies.full()
        except (Unavailable, OutcomeUnknown) as error:
            metrics.TURNED_AWAY.labels("store").inc()
            _log.error("submission not stored", error=type(error).__name__)
            return replies.away()
        except Exception:
            fault = opaque_id()
            metrics.TURNED_AWAY.labels("fault").inc()
            _log.exception("submission failed", ref=fault)
            return temporary_fault(fault)
        metrics.STAGE_SECONDS.labels("acceptance").observe(time.perf_counter() - started)
        if recorded.state is not MessageState.REFUSED and not recorded.repeated:
            self._rung()
        return replies.outcome(recorded, decision)

    async def is_answer(self, address: str) -> bool:
        """Whether an address, in canonical form, is one that notices of ours are answered to. Raises Unavailable."""
        return await self._taker.is_one(address)

    async def _accept(self, submission: Submission) -> tuple[Recorded, Decision]:
        deadline = asyncio.get_running_loop().time() + self._settings.limits.decision_seconds
        received_at = self._now()
        message = messages.new_id(received_at)
        reading, trouble = await self._read(submission, deadline)
        looking = Looking(self._eyes, submission.raw, reading, submission.envelope, message, deadline)
        over_rate: OverRate | None = None
        looked_again = meanwhile = False
        for _ in range(_MOST_DECISIONS + _LOOKS):
            entry = await self._decide(submission, received_at, trouble, looking)
            if over_rate is not None:
                entry = _held_for_rate(entry)
            else:
                entry = await self._again.linked(entry, reading, deadline)
            if meanwhile:
                # Others like it come in all the time: it waits by itself.
                entry = replace(entry, joins=None, waiting=None)
            # One notice tells of a flood; a notice for each message would be another flood.
            if over_rate is None or over_rate.first:
                entry = await self._with_notice(entry)
            try:
                with metrics.STAGE_SECONDS.labels("commit").time():
                    recorded = await self._database.write_together(
                        messages.record_all,
                        await self._sheet(entry),
                        lambda c: messages.recorded(c, message),
                        entry.council,
                    )
            except CouncilChanged:
                self._directory.forget(entry.council)
                continue
            except OverRate as error:
                over_rate = error
                continue
            except SentMeanwhile:
                meanwhile = looked_again
                looked_again = True
                continue
            account(entry, recorded, submission)
            return recorded, entry.decision
        raise Unavailable("the council was changed again and again")

    async def _read(self, submission: Submission, deadline: float) -> tuple[Reading | None, str]:
        """What the worker read, or why it could not."""
        try:
            with metrics.STAGE_SECONDS.labels("read").time():
                return await self._analyst.read(submission.raw, deadline), ""
        except WorkerFailed as error:
            return None, error.reason

    async def _decide(
        self,
        submission: Submission,
        received_at: datetime,
        trouble: str,
        looking: Looking,
    ) -> Entry:
        """The message with everything decided about it, ready to commit."""
        message, reading, deadline = looking.message, looking.reading, looking.deadline
        candidates = {id: await self._directory.find(id) for id in submission.origin.councils}
        heading = heading_of(reading)
        chosen = council_for(
            {id: known.council for id, known in candidates.items()},
            heading.from_domain,
            domain_of(submission.envelope.mail_from.lower()),
        )
        known = candidates[chosen.id]
        council = known.council
        if council.upstream not in self._settings.upstreams:
            raise Misconfigured(f"{council.id} names the upstream {council.upstream}, which is not there")
        today = clock.today_in_london(received_at)
        person = sender_of(submission, council, heading, today)
        with metrics.STAGE_SECONDS.labels("answers").time():
            answers, documents = await looking.see(council, person, today, received_at)
        situation = Situation(
            person=person,
            authenticated=submission.origin.login is not None,
            profile=submission.origin.profile,
            envelope=submission.envelope,
            received_at=received_at,
            today=today,
            message=message,
            hostname=self._settings.hostname,
            answers=answers,
            documents=documents,
        )
        decision, analysis = await self._decision(submission, reading, trouble, known, situation, deadline)
        decision = await self._monitoring.asked(decision, submission, council, person)
        sealed = in_confidence(council, submission.envelope)
        return Entry(
            id=message,
            council=council.id,
            council_version=known.version,
            policy_version=council.policy.version,
            received_at=received_at,
            raw=submission.raw,
            envelope=submission.envelope,
            origin=submission.origin,
            person=situation.person,
            heading=heading,
            decision=decision,
            splices=None if analysis is None else analysis.rewrite,
            trace=self._trace(submission, message, received_at),
            upstream=self._route(council, submission.envelope.mail_from),
            recipients_per_hour=None if sealed else self._settings.limits.recipients_per_hour,
            written=None if analysis is None else analysis.record,
            added=() if analysis is None else analysis.added,
            prints=kept_prints(reading),
            shown=shown(reading),
            capacity=None if analysis is None else analysis.capacity,
            sealed=sealed,
            stretches=stretches(reading),
            content=found_by(reading, documents),
        )

    async def _sheet(self, entry: Entry) -> Sheet:
        """The rows of an entry; where there is much to hash, to compress and to take apart into words, made in a thread,
        one after the other: each takes several times the message's memory while it is at work.
        """
        vault, dialect = self._database.vault, self._database.engine.dialect.name
        attached = () if entry.content is None else entry.content.pieces
        if len(entry.raw) + sum(len(each.text) for each in attached) <= _LARGE:
            return sheet.of_submission(entry, vault, dialect)
        async with self._one_by_one:
            return await asyncio.to_thread(sheet.of_submission, entry, vault, dialect)

    async def _decision(
        self,
        submission: Submission,
        reading: Reading | None,
        trouble: str,
        known: Known,
        situation: Situation,
        deadline: float,
    ) -> tuple[Decision, Analysis | None]:
        """Decision and analysis; where a worker failed, "could not be checked" and no analysis."""
        if reading is not None:
            try:
                with metrics.STAGE_SECONDS.labels("decide").time():
                    analysis = await self._analyst.decide(
                        submission.raw, reading, known.document, situation, deadline
                    )
                return analysis.decision, analysis
            except WorkerFailed as error:
                trouble = error.reason
        unread = could_not_be_checked(known.council, situation.received_at, trouble)
        return spared(unread, known.council, situation.envelope, read=False), None

    def _trace(self, submission: Submission, message: str, received_at: datetime) -> bytes:
        origin = submission.origin
        traced = _Trace(message, origin.protocol, origin.tls)
        return received_field(traced, self._settings.hostname, received_at)

    async def _with_notice(self, entry: Entry) -> Entry:
        """A held message goes with a notice to its sender, written in the same transaction.

        Of one that is still being checked nobody is told yet: most go within the minute.
        """
        sender = entry.envelope.mail_from or entry.person
        if entry.state is not MessageState.HELD or entry.decision.pending or not sender:
            return entry
        council = (await self._directory.find(entry.council)).council
        letter = first_letter(
            council,
            sender,
            entry,
            await self._taker.key(),
            self._settings.answers.expire_days,
            clock.today_in_london(entry.received_at),
            self._route(council, ""),
            self._settings.console.base_url,
        )
        return replace(entry, notices=(letter,))

    def _route(self, council: Council, mail_from: str) -> str:
        """The upstream for mail of this council with this sender; the null sender may have one of its own."""
        return council.upstream if mail_from else self._settings.bounce_route(council.upstream)


def _held_for_rate(entry: Entry) -> Entry:
    """The same message, held because its login has written to very many people within the hour."""
    metrics.OVER_RATE.labels(entry.council).inc()
    _log.error("sending rate exceeded", council=entry.council, message=entry.id)
    return replace(
        entry, decision=Decision(findings=(*entry.decision.findings, too_many(entry.recipients_per_hour)))
    )
