"""All that takes time of what follows from an answer, done before its transaction: reading it, and what it would send."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime

from config.council import Council
from filters.analysis import Reading
from filters.finding import Need
from gateway import clock
from gateway.holds.answers import heard, tokens
from gateway.holds.answers.follow import Prepared
from gateway.holds.answers.heard import Answerer
from gateway.holds.answers.options import SENDING, Choice, Option, Purpose, change_of
from gateway.holds.answers.question import Question, question
from gateway.holds.decisions import Act
from gateway.holds.ready import ready_with
from gateway.intake.answers import confirmable
from gateway.intake.submission import Submission
from gateway.scanning.scanner import Scanner
from gateway.store import archive, people
from gateway.store.answer_addresses import AnswerAddress
from gateway.store.database import Database
from gateway.store.errors import Conflict
from gateway.workers.analysis import Analyst
from gateway.workers.pool import WorkerFailed

_LEAVES_OPEN = {Option.BCC: "exposure", Option.WITHOUT_TRAIL: "trail"}
"""Who takes this way out has not confirmed what this check asks about."""


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer, read; `reading` is None where that could not be done."""

    submission: Submission
    address: AnswerAddress
    reading: Reading | None
    answerer: Answerer
    automatic: bool
    now: datetime


class Preparing:
    """Reads answers in workers, and makes ready what they would send."""

    def __init__(
        self, database: Database, analyst: Analyst, hostname: str, scanner: Scanner | None = None
    ) -> None:
        self._database = database
        self._analyst = analyst
        self._hostname = hostname
        self._scanner = scanner

    async def hear(
        self,
        submission: Submission,
        address: AnswerAddress,
        council: Council,
        now: datetime,
        deadline: float,
    ) -> Heard:
        """The answer, read in a worker. One that cannot be read says nothing."""
        try:
            reading: Reading | None = await self._analyst.read(submission.raw, deadline)
        except WorkerFailed:
            reading = None
        who = heard.answerer(submission, reading, council, address.login, clock.today_in_london(now))
        if who.asked and not await self._stands(address):
            who = Answerer(None, False)
        automatic = heard.is_automatic(reading, submission)
        return Heard(submission, address, reading, who, automatic, now)

    async def _stands(self, address: AnswerAddress) -> bool:
        """Whether the login that was asked may still act in the council."""
        login = await self._database.read(lambda c: people.find(c, address.login))
        return login is not None and not login.disabled and address.council in login.councils

    async def prepare(self, said: Heard, council: Council, version: int, deadline: float) -> Prepared:
        """What is chosen, and all that takes time of what follows from it."""
        address = said.address
        if said.reading is None or said.automatic or not said.answerer.asked:
            return Prepared(version=version)
        purpose, texts = tokens.purpose_of(address), said.reading.anatomy.own_texts
        if purpose is Purpose.NOTICE or address.message is None:
            choice = heard.choice_in(texts, purpose, (Option.READ,), 0)
            return Prepared(choice, heard.misread_in(texts, purpose, (Option.READ,), 0), version=version)
        about, today = address.message, clock.today_in_london(said.now)
        asked = await self._database.read(lambda c: question(c, council, about, today))
        options, count = asked.options(purpose), len(asked.recipients)
        choice = heard.choice_in(texts, purpose, options, count)
        if choice is None or choice.option not in SENDING:
            return Prepared(choice, heard.misread_in(texts, purpose, options, count), version=version)
        act = Act(by=address.login, why="", now=said.now, today=today, hostname=self._hostname)
        try:
            change = change_of(choice, len(asked.recipients), asked.author)
            ready = await ready_with(
                self._analyst,
                self._database.read,
                council.id,
                about,
                act,
                change,
                seconds=max(deadline - asyncio.get_running_loop().time(), 0.0),
                scanner=self._scanner,
            )
        except Conflict as error:
            return Prepared(choice, trouble=str(error), version=version)
        keys = await self._keys(asked, choice, change.left_out, deadline)
        return Prepared(choice, ready=ready, keys=keys, version=version)

    async def _keys(
        self, asked: Question, choice: Choice, left_out: tuple[int, ...], deadline: float
    ) -> tuple[str, ...]:
        """Under which keys what is confirmed now is known again; none where the message cannot be read."""
        council, row = asked.council.id, asked.message
        raw = await self._database.read(lambda c: archive.body(c, council, row.id))
        try:
            reading = await self._analyst.read(raw or b"", deadline)
        except WorkerFailed:
            return ()
        kept = [each for number, each in enumerate(asked.recipients) if number not in left_out]
        asking = {each.check for each in asked.decision.findings if each.need is Need.SENDER}
        asking.discard(_LEAVES_OPEN.get(choice.option, ""))
        found = confirmable(reading, kept, str(row.person), asked.on)
        return tuple(key for check, key in found if check in asking)
