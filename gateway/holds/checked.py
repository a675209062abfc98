"""What becomes of a message once all of it was looked at: the transaction at the end of `gateway.holds.checking`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from config.council import Council
from config.policy import Verdict
from config.settings import Settings
from filters.analysis import Analysis
from filters.finding import Decision
from gateway import logs, metrics
from gateway.clock import today_in_london
from gateway.holds.answers import tell, tokens
from gateway.holds.answers.letters import asking
from gateway.holds.answers.question import question
from gateway.intake.rate import too_many
from gateway.intake.trace import received_field
from gateway.notices import held as notices
from gateway.notices import outcomes
from gateway.notices.outcomes import Told
from gateway.notices.parts import Answering
from gateway.store import (
    acknowledgements,
    archive,
    correspondents,
    councils,
    holds,
    ledger,
    messages,
    queue,
    reminders,
)
from gateway.store.kinds import MessageState
from gateway.store.messages import CouncilChanged

_TOLD = "still being checked"
"""The step of having told its sender that it is."""

_log = logs.get("holds")


@dataclass(frozen=True, slots=True)
class Checked:
    """What the policy makes of a message, by the council's `version`; without an `analysis` it cannot leave."""

    version: int
    decision: Decision
    analysis: Analysis | None


def apply_to(
    connection: Connection, council_id: str, message: str, checked: Checked, now: datetime, settings: Settings
) -> None:
    """Have a message go, ask or be held by what the policy makes of it now; where it was decided on meanwhile, nothing.

    Raises CouncilChanged where the council is another by now.
    """
    ledger.lock(connection, council_id)
    version, council = councils.load(connection, council_id)
    row = archive.message(connection, council_id, message)
    before = holds.findings(connection, council_id, message)
    if row.state != MessageState.HELD.value or not before.pending:
        return
    if version != checked.version:
        raise CouncilChanged(council_id)
    decision = _limited(
        connection, row, _with_what_stands(connection, council, row, before, checked), settings
    )
    state = _state_by(decision, checked)
    holds.decide_anew(connection, council, version, message, decision, state=state, now=now)
    _log.info(
        "decided anew",
        message=message,
        council=council_id,
        verdict=decision.verdict.word,
        checks=[] if row.sealed else sorted({finding.check for finding in decision.findings}),
        state=state.value,
    )
    if state is MessageState.PASSED and checked.analysis is not None:
        _depart(connection, council, row, checked.analysis, now, settings)
    elif state is MessageState.REJECTED:
        _tell_refused(connection, council, row, decision, now, settings)
    else:
        _ask(connection, council, message, now, settings)
        reminders.hasten(connection, (council_id,), now)


def tell_that_it_waits(
    connection: Connection, council_id: str, message: str, now: datetime, settings: Settings
) -> None:
    """Tell its sender, once, that a message is still being checked, if it is."""
    ledger.lock(connection, council_id)
    _, council = councils.load(connection, council_id)
    asked = question(connection, council, message, today_in_london(now))
    to = tell.address_of(asked)
    if not asked.waits or not asked.decision.pending or to is None:
        return
    if reminders.tell_once(connection, council_id, _TOLD, now, message):
        upstream = settings.bounce_route(council.upstream)
        letter = notices.still_checked(council, to, tell.waiting(asked), now, upstream=upstream)
        messages.write_own(connection, letter, now)


def _with_what_stands(
    connection: Connection, council: Council, row: Row[Any], before: Decision, checked: Checked
) -> Decision:
    """The decision, with what needed somebody's word when the message came in and was not asked by the checks alone.

    What could not be looked at then has been looked at now. An acknowledgement that was given meanwhile is given.
    """
    known = {(each.check, each.need) for each in checked.decision.findings}
    read = row.person is not None and acknowledgements.acknowledged(connection, council, row.person)
    stands = tuple(
        each
        for each in before.findings
        if each.need is not None
        and not each.incomplete
        and (each.check, each.need) not in known
        and not (read and each.check == acknowledgements.CHECK)
    )
    return Decision(findings=(*checked.decision.findings, *stands))


def _limited(connection: Connection, row: Row[Any], decision: Decision, settings: Settings) -> Decision:
    """The decision, with a hold where too many were written to within the hour by its login."""
    most = settings.limits.recipients_per_hour
    if decision.needs or decision.verdict is Verdict.REFUSE or row.sealed:
        return decision
    count = len(archive.recipients(connection, row.council_id, row.id))
    if not messages.over_rate(connection, row.person, count, most, row.received_at):
        return decision
    metrics.OVER_RATE.labels(row.council_id).inc()
    return Decision(findings=(*decision.findings, too_many(most)))


def _state_by(decision: Decision, checked: Checked) -> MessageState:
    """The state that it is in by a decision. It was accepted, so that it cannot be refused any more: it is rejected."""
    if decision.verdict is Verdict.REFUSE:
        return MessageState.REJECTED
    return MessageState.HELD if decision.needs or checked.analysis is None else MessageState.PASSED


def _depart(
    connection: Connection,
    council: Council,
    row: Row[Any],
    analysis: Analysis,
    now: datetime,
    settings: Settings,
) -> None:
    """Have it leave, as it would have done when it came in. Who was told that it waits is told that it has gone."""
    upstream, listed = council.upstream, archive.recipients(connection, council.id, row.id)
    archive.keep_written(connection, council.id, row.id, analysis.record)
    written_to = () if row.sealed else (each.canonical for each in listed)
    correspondents.keep(connection, correspondents.rows_of(council.id, written_to, now))
    queue.depart(
        connection,
        queue.Leaving(
            council=council.id,
            message=row.id,
            from_domain=row.from_domain,
            upstream=upstream if row.mail_from else settings.bounce_route(upstream),
            trace=received_field(row, settings.hostname, row.received_at),
            splices=analysis.rewrite,
            recipients=[each.number for each in listed],
            now=now,
        ),
    )
    if _TOLD in reminders.of_message(connection, council.id, row.id):
        named = [each.address for each in listed if each.added_by is None]
        letter = outcomes.after_decision(
            council, row, Told.RELEASED, "", now, recipients=named, upstream=settings.bounce_route(upstream)
        )
        if letter is not None:
            messages.write_own(connection, letter, now)


def _tell_refused(
    connection: Connection,
    council: Council,
    row: Row[Any],
    decision: Decision,
    now: datetime,
    settings: Settings,
) -> None:
    asked = question(connection, council, row.id, today_in_london(now))
    to = tell.address_of(asked)
    if to is not None:
        waiting = replace(tell.waiting(asked), decision=decision)
        upstream = settings.bounce_route(council.upstream)
        messages.write_own(connection, outcomes.refused(council, to, waiting, now, upstream=upstream), now)


def _ask(connection: Connection, council: Council, message: str, now: datetime, settings: Settings) -> None:
    """The letter that everybody gets whose message waits, with what is to be asked."""
    asked = question(connection, council, message, today_in_london(now))
    to, person = tell.address_of(asked), asked.message.person
    if to is None:
        return
    how, days = Answering(), settings.answers.expire_days
    if person is not None:
        answer_to = tokens.issue(connection, council, message, person, asked.purpose, now, days)
        how = tell.answering(
            asked, asked.purpose, answer_to, now + timedelta(days=days), settings.console.base_url
        )
    upstream = settings.bounce_route(council.upstream)
    letter = asking(council, to, tell.waiting(asked), asked.purpose, how, now, upstream)
    messages.write_own(connection, letter, now)
