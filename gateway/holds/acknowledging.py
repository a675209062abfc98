"""Sending what waited for an acknowledgement of the monitoring notice alone: the job that each acknowledgement makes.

How it fails and what survives. The acknowledgement stands in its table before this begins, and the job was made with
it. Each message is decided on by itself, under the lock of the council's ledger and only while it is held, so that
what was sent before a fall is not sent again after it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from config.settings import Settings
from filters.finding import Need
from gateway import logs
from gateway.clock import today_in_london
from gateway.holds import decisions
from gateway.holds.acknowledged import asks_more, waits_for_acknowledgement
from gateway.holds.answers import tell, tokens
from gateway.holds.answers.options import Purpose
from gateway.holds.answers.question import question
from gateway.holds.decisions import Act, Ready
from gateway.holds.ready import make_ready
from gateway.holds.standing import standing
from gateway.holds.words import Act as Done
from gateway.holds.words import given
from gateway.jobs.task import Done as Ended
from gateway.jobs.task import Handler, Task
from gateway.notices import held as notices
from gateway.store import acknowledgements, archive, councils, holds, ledger, messages, reminders
from gateway.store.acknowledgements import SEND_WAITING
from gateway.store.errors import Conflict
from gateway.store.kinds import MessageState

KIND = SEND_WAITING

_ASKED = "asked after the notice"
_WHY = "The Council's monitoring notice was acknowledged."

_log = logs.get("holds")


def sending(settings: Callable[[], Settings], wake: Callable[[], None]) -> Handler:
    """The job. `wake` is called when something may have been queued."""

    async def send(task: Task) -> Ended:
        council, login, now = task.job.council, str(task.job.payload["login"]), task.now()
        act = Act(by=login, why=_WHY, now=now, today=today_in_london(now), hostname=settings().hostname)
        for message in await task.read(lambda c: acknowledgements.waiting(c, council, login)):
            try:
                ready = await _ready(task, message, act, settings())
                await task.write(
                    lambda c, m=message, r=ready: _send(c, council, m, act, r, settings())  # type: ignore[misc]  # mypy cannot infer a lambda with a default.
                )
            except Conflict as error:
                _log.warning("not sent by acknowledgement", message=message, council=council, why=str(error))
        wake()
        return await task.write_last(lambda c: None)

    return send


async def _ready(task: Task, message: str, act: Act, settings: Settings) -> Ready | None:
    """What it takes for it to leave, where that could not be worked out when it came in. Raises Conflict."""
    council = task.job.council
    decision = await task.read(lambda c: holds.findings(c, council, message))
    acts = await task.read(lambda c: holds.acts(c, council, message))
    last = decision.needs - given(acts) == {Need.SENDER} and not asks_more(decision)
    if not last or not await task.read(lambda c: decisions.must_be_made_ready(c, council, message)):
        return None
    return await task.read(lambda c: make_ready(c, council, message, act, settings))


def _send(
    connection: Connection,
    council_id: str,
    message: str,
    act: Act,
    ready: Ready | None,
    settings: Settings,
) -> None:
    """Take the acknowledgement as the sender's word, where no other word of theirs is asked for. Raises Conflict."""
    ledger.lock(connection, council_id)
    version, council = councils.load(connection, council_id)
    row = archive.message(connection, council_id, message)
    decision = holds.findings(connection, council_id, message)
    acts = holds.acts(connection, council_id, message)
    needs = standing(decision, acts).needs - given(acts)
    waits = (
        row.state == MessageState.HELD.value and Need.SENDER in needs and waits_for_acknowledgement(decision)
    )
    if not waits or council.monitoring_notice is None or decision.pending:
        return
    if not acknowledgements.acknowledged(connection, council, act.by):
        return
    if asks_more(decision):
        _ask(connection, council_id, message, act.now, settings)
    elif needs == {Need.SENDER}:
        decisions.release(connection, council_id, message, act, ready)
    else:
        holds.decide(
            connection,
            council,
            version,
            message,
            state=MessageState.HELD,
            act=Done.CONFIRMED,
            by=act.by,
            why=act.why,
            now=act.now,
        )


def _ask(connection: Connection, council_id: str, message: str, now: datetime, settings: Settings) -> None:
    """Ask what else there is to be asked: the first letter about it was the notice."""
    if not reminders.tell_once(connection, council_id, _ASKED, now, message):
        return
    _, council = councils.load(connection, council_id)
    asked = question(connection, council, message, today_in_london(now))
    to, person = tell.address_of(asked), asked.message.person
    if to is None or person is None:
        return
    days = settings.answers.expire_days
    answer_to = tokens.issue(connection, council, message, person, Purpose.QUESTION, now, days)
    until, pages = now + timedelta(days=days), settings.console.base_url
    how = tell.answering(asked, Purpose.QUESTION, answer_to, until, pages)
    about = tell.waiting(asked)
    upstream = settings.bounce_route(council.upstream)
    new = notices.reminder(council, to, about, now, answering=how, upstream=upstream)
    messages.write_own(connection, new, now)
