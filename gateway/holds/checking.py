"""Messages that were accepted before their attachments were read: the durable job that reads them and decides anew.

How it fails and what survives. Intake gives such a message 250 and holds it, with a finding that says that its
attachments are still being checked; this job stands in the same transaction. While it runs nobody's word lets the
message go (`gateway.holds.decisions.require_checked`), and nobody is asked for one. Whatever dies meanwhile, the job
is there, and begins from the start: reading changes nothing. The new decision, the state that the message is in by
it, its departure or its letter, and the end of the job are one transaction, fenced by the job's lease and made only
while the message is held and its check still pending. So it is decided on once, and time alone never sends it: it
leaves because every check has looked at all of it and found nothing.

Nothing that was found when it came in is lost by looking again: what then needed somebody's word needs it still,
but for what could not be looked at then. What cannot be read within ten minutes of acceptance could not be
checked, and is the Clerk's; where the post room itself was away that long, it gets half a minute.

Its sender is told nothing within the first minute, as most of these messages go within it, and a letter that says
"not sent" about one that has gone would do harm. After a minute they are told, once, that it is still being
checked; and whoever was told that is told too when it goes.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta

from config.settings import Settings
from filters.analysis import Analysis, Reading, could_not_be_checked
from filters.extract.document import Documents
from filters.inside import TOO_LONG
from filters.spared import spared
from gateway import logs, metrics
from gateway.clock import today_in_london
from gateway.holds.change import UNCHANGED
from gateway.holds.changing import Held, held_message
from gateway.holds.checked import Checked, apply_to, tell_that_it_waits
from gateway.holds.decisions import Act
from gateway.holds.ready import situation_of
from gateway.intake.answers import Answerer
from gateway.intake.completing import completed
from gateway.intake.looking import Inside, look_inside
from gateway.intake.resolve import Resolver, resolver_for
from gateway.jobs.task import Done, Handler, Task
from gateway.scanning.scanner import Scanner, scanner_of
from gateway.store.kinds import MessageState
from gateway.store.messages import CHECK_AGAIN, CouncilChanged
from gateway.workers.analysis import Analyst
from gateway.workers.pool import Pool, WorkerFailed

KIND = CHECK_AGAIN
WITHIN = timedelta(minutes=10)
"""How long after its acceptance the attachments of a message may be read."""

TOLD_AFTER = timedelta(minutes=1)
"""How long after its acceptance the sender is told that it is still being checked."""

_LEAST = timedelta(seconds=30)
_DECIDING = 60.0
_MOST_STARTS = 3
_MOST_DECISIONS = 5

_log = logs.get("holds")

Analysts = Callable[[Settings], AbstractAsyncContextManager[Analyst]]


@asynccontextmanager
async def one_worker(settings: Settings) -> AsyncIterator[Analyst]:
    """An analyst with a worker of its own, which may take as long as a message may be checked. Raises WorkerFailed."""
    async with patient(settings, 0) as analyst:
        yield analyst


@asynccontextmanager
async def patient(settings: Settings, niceness: int) -> AsyncIterator[Analyst]:
    """The same, with a worker that lets others have the processor first where `niceness` is above 0."""
    seconds = WITHIN.total_seconds()
    limits = {"processes": 1, "task_seconds": seconds, "cpu_seconds": int(seconds)}
    pool = Pool(settings.workers.model_copy(update=limits), niceness=niceness)
    await pool.start()
    try:
        yield Analyst(pool, settings.limits)
    finally:
        await pool.stop()


@dataclass(frozen=True, slots=True)
class _Tools:
    """What a message is looked at with."""

    settings: Settings
    analyst: Analyst
    scanner: Scanner | None
    resolver: Resolver | None


def checking(
    settings: Callable[[], Settings], wake: Callable[[], None], analysts: Analysts = one_worker
) -> Handler:
    """The job. `wake` is called when something may have been queued."""

    async def check(task: Task) -> Done:
        council, message, current = task.job.council, task.job.key, settings()
        held = await task.read(lambda c: held_message(c, council, message))
        if not _waits(held):
            return await task.write_last(lambda c: None)
        async with analysts(current) as analyst:
            tools = _Tools(current, analyst, scanner_of(current.malware), resolver_for(current.recipients))
            reading, inside, trouble = await _looked(task, held, tools)
            for _ in range(_MOST_DECISIONS):
                held = await task.read(lambda c: held_message(c, council, message))
                if not _waits(held):
                    return await task.write_last(lambda c: None)
                checked = await _decided(task, held, tools, reading, inside, trouble)
                with suppress(CouncilChanged):
                    done = await task.write_last(
                        lambda c, it=checked: apply_to(c, council, message, it, task.now(), current)  # type: ignore[misc]  # mypy cannot infer a lambda with a default.
                    )
                    metrics.CHECKED_LATER.labels(council, checked.decision.verdict.word).inc()
                    wake()
                    return done
        raise RuntimeError("the council was changed again and again")

    return check


def _waits(held: Held) -> bool:
    return held.row.state == MessageState.HELD.value and held.decision.pending


async def _looked(task: Task, held: Held, tools: _Tools) -> tuple[Reading | None, Inside, str]:
    """What the message is made of and what is inside, or why it cannot be read.

    Where that takes longer than a minute its sender is told.
    """
    looking = asyncio.create_task(_look(task, held, tools))
    try:
        told_at = held.row.received_at + TOLD_AFTER
        await asyncio.wait([looking], timeout=max((told_at - task.now()).total_seconds(), 0.0))
        if not looking.done():
            council, message, settings = task.job.council, task.job.key, tools.settings
            await task.write(lambda c: tell_that_it_waits(c, council, message, task.now(), settings))
        return await looking
    finally:
        looking.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await looking


async def _look(task: Task, held: Held, tools: _Tools) -> tuple[Reading | None, Inside, str]:
    now, loop = task.now(), asyncio.get_running_loop()
    left = max(held.row.received_at + WITHIN - now, _LEAST).total_seconds()
    deadline = loop.time() + left
    try:
        reading = await tools.analyst.read(held.raw, deadline)
    except WorkerFailed as error:
        return None, Inside(), error.reason
    if task.job.starts > _MOST_STARTS:
        # Whoever reads it is brought down by it.
        return reading, Inside(documents=Documents(trouble=TOO_LONG)), ""
    at = held.row.received_at
    inside = await look_inside(tools.analyst, tools.scanner, held.raw, reading, held.council, at, deadline)
    return reading, inside.settled, ""


async def _decided(
    task: Task, held: Held, tools: _Tools, reading: Reading | None, inside: Inside, trouble: str
) -> Checked:
    """What the policy makes of the message now."""
    row, council, now = held.row, held.council, task.now()
    act = Act(by="", why="", now=now, today=today_in_london(now), hostname=tools.settings.hostname)
    situation = situation_of(held, UNCHANGED, act)
    analysis: Analysis | None = None
    if reading is not None:
        answerer = Answerer(task.database, tools.resolver)
        answers = await answerer.answer(
            reading, situation.envelope, council, row.id, row.person, situation.today
        )
        document = council.model_dump_json(by_alias=True).encode()
        deadline = asyncio.get_running_loop().time() + _DECIDING
        answers = await completed(
            task.read, tools.analyst, council.id, reading, answers, inside.documents, deadline
        )
        try:
            analysis = await tools.analyst.decide(
                held.raw, reading, document, inside.added_to(situation, answers), deadline
            )
        except WorkerFailed as error:
            trouble = error.reason
    if analysis is not None:
        return Checked(held.version, analysis.decision, analysis)
    unread = could_not_be_checked(council, row.received_at, trouble)
    return Checked(held.version, spared(unread, council, situation.envelope, read=False), None)
