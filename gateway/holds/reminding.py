"""Telling people that mail waits, by the office's own hours: the durable job that each council has.

How it fails and what survives. Time alone tells people and does nothing else: no step here sends a message, rejects
one or deletes one. What was told stands in a table in the same transaction as the letter, so that each thing is told
once, whatever dies meanwhile and however many nodes look. Each message is looked at under the lock of its council's
ledger, where decisions are made too: what is decided a moment before is not told any more, and with its decision all
reminders of a message end, as only held ones are looked at. A message that comes in hastens the job.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from config.base import london_day
from config.council import Council
from filters.finding import Decision, Need
from gateway import logs, metrics
from gateway.holds.acknowledged import waits_for_acknowledgement
from gateway.holds.steps import OFFICE, Held, Step, being_checked, due, last_digest
from gateway.holds.summons import Summons
from gateway.holds.words import Act
from gateway.jobs.task import Done, Handler, Task
from gateway.store import acknowledgements, archive, councils, holds, jobs, ledger, reminders
from gateway.store.kinds import MessageState
from gateway.store.reminders import KIND

__all__ = ["KIND", "held_in", "reminding"]


_LOOKS = timedelta(minutes=5)
_LOOKS_IDLE = timedelta(minutes=15)
_MOST_LETTERS = 10
"""Of more messages than these at a time a list is sent: a flood of mail is not answered with a flood of letters."""

_log = logs.get("holds")


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What a council has waiting, and of which what is to be told."""

    council: Council
    held: tuple[Held, ...]
    due: frozenset[str]


def reminding(
    route: Callable[[str], str],
    answer_days: Callable[[], float],
    base_url: Callable[[], str | None] = lambda: None,
) -> Handler:
    """The job. `route` names the upstream for a council's notices, by its own upstream; `answer_days` is for how long
    a question may be answered; `base_url` is what links to its page begin with, where there is one.
    """

    async def remind(task: Task) -> Done:
        now = task.now()
        found = await task.read(lambda c: _look(c, task.job.council, now))
        if len(found.due) > _MOST_LETTERS:
            await task.write(lambda c: _tell_in_one(c, task.job.council, now, route))
            found = await task.read(lambda c: _look(c, task.job.council, now))
        for message in sorted(found.due):
            await task.write(
                lambda c, m=message: _tell(c, task.job.council, m, now, route, answer_days(), base_url())  # type: ignore[misc]  # mypy cannot infer a lambda with a default.
            )
        await task.write(lambda c: _tell_of_all(c, task.job.council, now, route))
        if any(waits_for_acknowledgement(each.decision) for each in found.held):
            await task.write(lambda c: _send_late(c, task.job.council, now))
        _measure(found, now)
        seen = {each.id for each in found.held}

        def finish(connection: Connection) -> None:
            new = reminders.waiting_ids(connection, task.job.council) - seen
            pause = timedelta(0) if new else _LOOKS if found.held else _LOOKS_IDLE
            jobs.finish(connection, task.job, now, now + pause)

        await task.write(finish)
        return Done.DONE

    return remind


def held_in(connection: Connection, council: str) -> tuple[Held, ...]:
    """A council's held messages, oldest first."""
    acts = holds.acts_on_held(connection, council)
    return tuple(
        Held(
            id=row.id,
            person=row.person,
            received_at=row.received_at,
            decision=Decision.model_validate_json(row.findings),
            acts=acts.get(row.id, ()),
            sealed=bool(row.sealed),
            handed_at=_handed_at(connection, council, row.id, acts.get(row.id, ())),
        )
        for row in reminders.waiting(connection, council)
    )


def _handed_at(connection: Connection, council: str, message: str, acts: tuple[str, ...]) -> datetime | None:
    """When its sender handed a message to the Clerk, if they did."""
    if Act.HANDED_OVER.value not in acts:
        return None
    made = archive.decisions(connection, council, message)
    last: datetime = max(each.at for each in made if each.act == Act.HANDED_OVER.value)
    return last


def _look(connection: Connection, council_id: str, now: datetime) -> _Waiting:
    _, council = councils.load(connection, council_id)
    held = held_in(connection, council_id)
    told = reminders.told(connection, council_id)
    wanted = (
        each.id for each in held if due(council, each, now) - {Step.CHAIR} - told.get(each.id, frozenset())
    )
    return _Waiting(council, held, frozenset(wanted))


def _tell(
    connection: Connection,
    council_id: str,
    message: str,
    now: datetime,
    route: Callable[[str], str],
    answer_days: float,
    base_url: str | None,
) -> None:
    """Tell what is to be told of one message, if it is held still."""
    ledger.lock(connection, council_id)
    _, council = councils.load(connection, council_id)
    row = archive.message(connection, council_id, message)
    if row.state != MessageState.HELD.value:
        return
    acts = holds.acts(connection, council_id, message)
    held = Held(
        id=row.id,
        person=row.person,
        received_at=row.received_at,
        decision=holds.findings(connection, council_id, message),
        acts=acts,
        sealed=bool(row.sealed),
        handed_at=_handed_at(connection, council_id, message, acts),
    )
    told = reminders.of_message(connection, council_id, message)
    steps = frozenset(step for step in due(council, held, now) if step.value not in told)
    summons = Summons(connection, council, now, route(council.upstream), answer_days, base_url)
    for step in summons.of_message(held, row, steps):
        reminders.tell_once(connection, council_id, step.value, now, message)


def _send_late(connection: Connection, council_id: str, now: datetime) -> None:
    """What was held at the very moment of its sender's acknowledgement was not seen by the job that came of that."""
    _, council = councils.load(connection, council_id)
    if council.monitoring_notice is None:
        return
    for each in held_in(connection, council_id):
        waits = each.person is not None and Need.SENDER in each.needs and not each.decision.pending
        if not (waits and each.person and waits_for_acknowledgement(each.decision)):
            continue
        if acknowledgements.acknowledged(connection, council, each.person):
            key = f"{council.monitoring_notice.version} {each.person} {each.id}"
            acknowledgements.send_waiting(connection, council_id, each.person, now, key)


def _tell_in_one(connection: Connection, council_id: str, now: datetime, route: Callable[[str], str]) -> None:
    """Tell those who decide of many messages by one list each, where there are so many."""
    ledger.lock(connection, council_id)
    _, council = councils.load(connection, council_id)
    held = held_in(connection, council_id)
    summons = Summons(connection, council, now, route(council.upstream), 0)
    for step in (Step.NEW, Step.HANDED, Step.AGAIN, Step.ESCALATED):
        told = reminders.told(connection, council_id)
        steps = [(each, due(council, each, now) - told.get(each.id, frozenset())) for each in held]
        some = [each for each, pending in steps if step in pending]
        if len(some) <= _MOST_LETTERS:
            continue
        listed = {each.id for each in summons.listed(some, standing_in=step is Step.ESCALATED)}
        for each, pending in steps:
            if each.id in listed:
                done = {step} | ({Step.AGAIN} & pending if step in {Step.NEW, Step.HANDED} else set())
                for one in sorted(done):
                    reminders.tell_once(connection, council_id, one.value, now, each.id)


def _tell_of_all(connection: Connection, council_id: str, now: datetime, route: Callable[[str], str]) -> None:
    """The Chair's letter, once a day at most and only where something new is in it; and the digest."""
    ledger.lock(connection, council_id)
    _, council = councils.load(connection, council_id)
    held = held_in(connection, council_id)
    summons = Summons(connection, council, now, route(council.upstream), 0)
    told = reminders.told(connection, council_id)
    for_chair = [each for each in held if Step.CHAIR in due(council, each, now)]
    if any(Step.CHAIR.value not in told.get(each.id, frozenset()) for each in for_chair):
        day = f"chair {london_day(now)}"
        if summons.has_chair and reminders.tell_once(connection, council_id, day, now):
            summons.to_chair(for_chair)
            for each in for_chair:
                reminders.tell_once(connection, council_id, Step.CHAIR.value, now, each.id)
    digest = last_digest(council, now)
    if digest is not None and reminders.tell_once(
        connection, council_id, f"digest {digest.isoformat()}", now
    ):
        listed = (each for each in held if not each.sealed and each.received_at <= digest)
        summons.listed(each for each in listed if _is_listed(council, each, now))


def _is_listed(council: Council, held: Held, now: datetime) -> bool:
    """Whether a message is one for the Clerk's list: to be decided, left behind, or a question without an answer."""
    if being_checked(held, now):
        return False
    listed = due(council, held, now) & {Step.LEFT, Step.UNANSWERED}
    return bool(held.needs & OFFICE or listed)


def _measure(found: _Waiting, now: datetime) -> None:
    """How much waits, and how much of it for nobody; what is sealed is not counted."""
    council, today = found.council, london_day(now)
    shown = [each for each in found.held if not each.sealed]
    nobody = [
        each
        for each in shown
        if (each.needs & OFFICE or each.left_behind(council, today))
        and not each.reviewers(council, today).at_hand(council, today)
    ]
    metrics.HELD.labels(council.id).set(len(shown))
    metrics.HELD_FOR_NOBODY.labels(council.id).set(len(nobody))
    if nobody:
        _log.error("held mail waits for nobody", council=council.id, messages=len(nobody))
