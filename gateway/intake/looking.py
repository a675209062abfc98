"""All that is asked before a message is decided on: the archive, the resolver, the virus scanner, and the workers that
read what is attached. They are asked at the same time, and only what a check that is in force wants to know.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from config.council import Council
from filters.analysis import Reading, Situation
from filters.answers import NO_ANSWERS, Answers, Scan
from filters.context import Envelope
from filters.extract.document import Documents
from filters.inside import PENDING, TOO_LONG, wants_documents, wants_scan
from gateway.intake.answers import Answerer
from gateway.intake.completing import completed
from gateway.scanning.scanner import Scanner, scan
from gateway.workers.analysis import Analyst
from gateway.workers.pool import Cause, WorkerFailed

_SHARE = 0.75
"""The share of the time until the decision that looking inside may take: the rest is for the decision itself."""

_LATER = frozenset({Cause.BUSY, Cause.TIME, Cause.CPU, Cause.STOPPED})
"""Why attachments were not read that is no fault of theirs: with more time they may be."""


def time_to_look(deadline: float) -> float:
    """Until when one may look inside a message that is to be decided on by `deadline`, both in the loop's time."""
    now = asyncio.get_running_loop().time()
    return now + max(deadline - now, 0.0) * _SHARE


@dataclass(frozen=True, slots=True)
class Inside:
    """What is known of the inside of a message; None where nobody wanted to know."""

    scan: Scan | None = None
    documents: Documents | None = None

    @property
    def settled(self) -> Inside:
        """The same where nobody goes on reading: what is not read by now could not be."""
        if self.documents is None or not self.documents.pending:
            return self
        return Inside(self.scan, Documents(trouble=TOO_LONG))

    def added_to(self, situation: Situation, answers: Answers) -> Situation:
        """The situation with the archive's answers and all this."""
        known = answers.model_copy(update={"scan": self.scan})
        return situation.model_copy(update={"answers": known, "documents": self.documents})


class Extractor(Protocol):
    """Whoever reads attachments: an `Analyst`, for one."""

    async def extract(self, raw: bytes, deadline: float) -> Documents:
        """What is attached to a message, by `deadline` in the loop's time. Raises WorkerFailed."""

    async def said(self, raw: bytes, deadline: float) -> tuple[str, ...]:
        """All that a message says, by `deadline` in the loop's time. Raises WorkerFailed."""


async def look_inside(
    extractor: Extractor,
    scanner: Scanner | None,
    raw: bytes,
    reading: Reading,
    council: Council,
    at: datetime,
    deadline: float,
) -> Inside:
    """What a council's checks in force at a moment want to know of the inside of a message, as far as can be said by
    `deadline`, in the loop's time. Attachments that could be read with more time are `PENDING`.
    """
    scanning = scan(scanner, raw, deadline) if wants_scan(council, at) else _nothing()
    wanted = wants_documents(reading.anatomy, council, at)
    found, documents = await _together(
        scanning, read_documents(extractor, raw, deadline) if wanted else _nothing()
    )
    return Inside(found, documents)


async def read_documents(extractor: Extractor, raw: bytes, deadline: float) -> Documents:
    """What is attached to a message; `PENDING` where there was no time to read it."""
    try:
        return await extractor.extract(raw, deadline)
    except WorkerFailed as error:
        return PENDING if error.reason in _LATER else Documents(trouble=error.reason)


class InTurn:
    """Reads attachments with an analyst, of so many messages at once: large ones are not to keep other mail waiting."""

    def __init__(self, analyst: Analyst, at_once: int) -> None:
        self._analyst = analyst
        self._turns = asyncio.Semaphore(at_once)

    async def extract(self, raw: bytes, deadline: float) -> Documents:
        """See `Extractor`."""
        try:
            async with asyncio.timeout_at(deadline):
                await self._turns.acquire()
        except TimeoutError:
            raise WorkerFailed(Cause.BUSY) from None
        try:
            return await self._analyst.extract(raw, deadline)
        finally:
            self._turns.release()

    async def said(self, raw: bytes, deadline: float) -> tuple[str, ...]:
        """See `Extractor`. It takes no longer than to read a message, so it waits for no turn."""
        return await self._analyst.said(raw, deadline)


@dataclass(frozen=True, slots=True)
class Eyes:
    """What messages are looked at with."""

    answerer: Answerer
    extractor: Extractor
    scanner: Scanner | None = None


@dataclass(slots=True)
class Looking:
    """One message being looked at. What was seen of it is kept, as it may be decided on more than once. `message` is
    its queue id; `reading` what was read of it, None where that could not be done.
    """

    eyes: Eyes
    raw: bytes
    reading: Reading | None
    envelope: Envelope
    message: str
    deadline: float
    _answers: dict[str, Answers] = field(default_factory=dict)
    _inside: Inside = Inside()

    async def see(
        self, council: Council, person: str | None, today: date, at: datetime
    ) -> tuple[Answers, Documents | None]:
        """What is known of the message as one of a council's, sent by `person`; of one that could not be read,
        nothing. Raises Unavailable.
        """
        reading = self.reading
        if reading is None:
            return NO_ANSWERS, None
        answering = self._answered(reading, council, person, today)
        if self._lacks(reading, council, at):
            answers, self._inside = await _together(answering, self._looked(reading, council, at))
        else:
            answers = await answering
        answers = await completed(
            self.eyes.answerer.read,
            self.eyes.extractor,
            council.id,
            reading,
            answers,
            self._inside.documents,
            self.deadline,
        )
        self._answers[council.id] = answers
        return answers.model_copy(update={"scan": self._inside.scan}), self._inside.documents

    async def _answered(self, reading: Reading, council: Council, person: str | None, today: date) -> Answers:
        if (known := self._answers.get(council.id)) is not None:
            return known
        return await self.eyes.answerer.answer(reading, self.envelope, council, self.message, person, today)

    def _lacks(self, reading: Reading, council: Council, at: datetime) -> bool:
        """Whether a council wants to know more of the inside than was seen before."""
        seen = self._inside
        if seen.scan is None and wants_scan(council, at):
            return True
        return seen.documents is None and wants_documents(reading.anatomy, council, at)

    async def _looked(self, reading: Reading, council: Council, at: datetime) -> Inside:
        until = time_to_look(self.deadline)
        return await look_inside(
            self.eyes.extractor, self.eyes.scanner, self.raw, reading, council, at, until
        )


async def _nothing() -> None:
    return None


async def _together(one: Coroutine[Any, Any, Any], other: Coroutine[Any, Any, Any]) -> tuple[Any, Any]:
    """What both come to. Where one fails, the other is given up. Raises what either raises."""
    tasks = [asyncio.ensure_future(one), asyncio.ensure_future(other)]
    try:
        first, second = await asyncio.gather(*tasks)
        return first, second
    finally:
        for task in tasks:
            task.cancel()
