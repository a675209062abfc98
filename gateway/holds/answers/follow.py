"""What follows from an answer, in the transaction that archives it: a decision, or a letter that says why there is none.

An answer counts if the person who was asked wrote it, by hand, chose one of what was offered, in time, and nobody has
decided meanwhile. All this is looked at here, under the lock of the council's ledger, so that of two answers one
decides.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from sqlalchemy import Connection

from config.council import Council
from filters.finding import Need
from gateway.holds import decisions
from gateway.holds.acknowledged import asks_more
from gateway.holds.answers import tell, tokens
from gateway.holds.answers.options import Choice, Option, Purpose
from gateway.holds.answers.parsing import Misread
from gateway.holds.answers.question import Question, question
from gateway.holds.asking import ask_consent, ask_second_review
from gateway.holds.decisions import Act, Ready
from gateway.holds.handing_over import hand_over
from gateway.notices.parts import Answering
from gateway.notices.people import address_of
from gateway.store import acknowledgements, answer_addresses, confirmations, holds, messages, secrets
from gateway.store.answer_addresses import AnswerAddress
from gateway.store.errors import Conflict
from gateway.store.messages import NewMessage

_Letter = Callable[..., NewMessage]


@dataclass(frozen=True, slots=True)
class Prepared:
    """What was worked out before: the choice, or why there is none; what the message needs to leave with it, or why
    it cannot; under which keys what is confirmed is known again. `version` is the council's that it was worked out by.
    """

    choice: Choice | None = None
    misread: Misread = Misread.NO_WORD
    ready: Ready | None = None
    trouble: str = ""
    keys: tuple[str, ...] = ()
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that is in the archive as `id`. `address` is what it was written to, `written_to` as it stood there.

    `by` is the login that it comes from, `asked` whether that is who was asked. `quiet`: whoever wrote it is told
    nothing but what it came to, be it a machine, or somebody who has been told often enough.
    """

    id: str
    address: AnswerAddress
    written_to: str
    by: str | None
    asked: bool
    automatic: bool
    quiet: bool
    prepared: Prepared
    now: datetime
    today: date
    hostname: str
    upstream: str
    days: float
    base_url: str | None = None


class Stale(Exception):
    """The council was changed since the answer was prepared: prepare it again."""


def follow(connection: Connection, council: Council, version: int, answer: Answer) -> None:
    """Do what the answer says, once, or tell why not. Raises Stale, and what the store raises."""
    if answer.automatic:
        return
    if not answer.asked:
        _tell_stranger(connection, council, answer)
        return
    if answer.address.message is None:
        if answer.now < answer.address.expires_at:
            _read(connection, council, None, answer)
        return
    asked = question(connection, council, answer.address.message, answer.today)
    purpose = tokens.purpose_of(answer.address)
    prepared, choice = answer.prepared, answer.prepared.choice
    if not asked.options(purpose) or answer.address.used_at is not None:
        _tell_where_it_stands(connection, asked, answer)
    elif answer.now >= answer.address.expires_at:
        _ask_anew(connection, asked, purpose, answer)
    elif choice is None or choice.option not in asked.options(purpose):
        wrong = prepared.misread if choice is None else Misread.NOT_OFFERED
        _ask(connection, asked, purpose, answer, partial(tell.asked_again, wrong=wrong))
    elif prepared.trouble:
        _ask(connection, asked, purpose, answer, partial(tell.could_not, why=prepared.trouble))
    elif prepared.version is not None and prepared.version != version:
        raise Stale
    elif purpose is Purpose.NOTICE:
        _read(connection, council, asked, answer)
    else:
        _decide(connection, asked, purpose, choice, answer)


def _decide(
    connection: Connection, asked: Question, purpose: Purpose, choice: Choice, answer: Answer
) -> None:
    """Do what was chosen, or leave everything as it was and say why it could not be done."""
    try:
        with connection.begin_nested():
            _act(connection, asked, choice, answer)
            answer_addresses.use(connection, answer.address, answer.now, answer.id)
    except Conflict as error:
        _ask(connection, asked, purpose, answer, partial(tell.could_not, why=str(error)))
        return
    after = question(connection, asked.council, asked.message.id, answer.today)
    if after.waits:
        _tell_where_it_stands(connection, after, answer, always=True)


def _act(connection: Connection, asked: Question, choice: Choice, answer: Answer) -> None:
    """Carry a choice out. Raises Conflict."""
    council, message = asked.council.id, str(asked.message.id)
    act = Act(
        by=str(answer.by),
        why="",
        now=answer.now,
        today=answer.today,
        hostname=answer.hostname,
        said=choice.said,
    )
    match choice.option:
        case Option.CANCEL:
            decisions.reject(connection, council, message, act)
        case Option.CLERK:
            hand_over(connection, council, message, act)
        case Option.ASK_CONSENT:
            ask_consent(connection, council, message, act)
        case Option.SECOND_REVIEW:
            ask_second_review(connection, council, message, act)
        case _:
            decisions.release(connection, council, message, act, answer.prepared.ready)
            confirmations.keep(connection, council, answer.prepared.keys, answer.now)


def _read(connection: Connection, council: Council, asked: Question | None, answer: Answer) -> None:
    """An answer to the monitoring notice: that it was read. What waited for it is a job's to send, or to ask about."""
    choice, notice = answer.prepared.choice, council.monitoring_notice
    if choice is None or choice.option is not Option.READ or notice is None:
        return
    version, login = tokens.version_of(answer.address), str(answer.by)
    if version != notice.version:
        if asked is not None:
            _ask_anew(connection, asked, Purpose.NOTICE, answer)
        return
    new = acknowledgements.acknowledge(
        connection, council, login, answer.now, version=version, message=answer.id
    )
    answer_addresses.use(connection, answer.address, answer.now, answer.id)
    person = council.person(login)
    if new and person is not None:
        to, goes = address_of(person, council, answer.today), _goes(connection, council, login)
        thanks = tell.acknowledged(council, to, version, goes, answer.now, answer.upstream)
        messages.write_own(connection, thanks, answer.now)


def _goes(connection: Connection, council: Council, login: str) -> int:
    """How much of somebody's mail waited for the notice to be read and for nothing else."""
    waiting = acknowledgements.waiting(connection, council.id, login)
    found = (holds.findings(connection, council.id, message) for message in waiting)
    return sum(each.needs == {Need.SENDER} and not asks_more(each) for each in found)


def _ask(connection: Connection, asked: Question, purpose: Purpose, answer: Answer, letter: _Letter) -> None:
    """Ask once more, at the same address."""
    to = tell.address_of(asked)
    if to is not None and not answer.quiet:
        how = tell.answering(asked, purpose, answer.written_to, answer.address.expires_at, answer.base_url)
        said = letter(asked, to, how=how, now=answer.now, upstream=answer.upstream)
        messages.write_own(connection, said, answer.now)


def _ask_anew(connection: Connection, asked: Question, purpose: Purpose, answer: Answer) -> None:
    """Ask afresh, at a new address."""
    to = tell.address_of(asked)
    if to is not None and not answer.quiet:
        how = _fresh(connection, asked, purpose, answer)
        messages.write_own(connection, tell.expired(asked, to, how, answer.now, answer.upstream), answer.now)


def _tell_where_it_stands(
    connection: Connection, asked: Question, answer: Answer, *, always: bool = False
) -> None:
    """Tell what was decided, or whose word it waits for, with an address for what can still be chosen."""
    to = tell.address_of(asked)
    if to is None or (answer.quiet and not always):
        return
    if asked.waits:
        how = _fresh(connection, asked, asked.purpose, answer)
        said: NewMessage | None = tell.stands(asked, to, how, answer.now, answer.upstream)
    else:
        said = tell.decided(asked, to, answer.now, answer.upstream)
    if said is not None:
        messages.write_own(connection, said, answer.now)


def _fresh(connection: Connection, asked: Question, purpose: Purpose, answer: Answer) -> Answering:
    """A new address for the same person to answer to."""
    key, login = secrets.made(connection, tokens.KEY), answer.address.login
    made = tokens.make(key, asked.council, asked.message.id, login, purpose, answer.now, answer.days)
    answer_addresses.keep(connection, made.row)
    return tell.answering(asked, purpose, made.address, made.row.expires_at, answer.base_url)


def _tell_stranger(connection: Connection, council: Council, answer: Answer) -> None:
    person = council.person(answer.by) if answer.by is not None else None
    if person is not None and not answer.quiet:
        to = address_of(person, council, answer.today)
        letter = tell.not_theirs(council, to, answer.now, answer.upstream)
        messages.write_own(connection, letter, answer.now)
