"""What is asked before a decision: only what is wanted, all at once, and never for longer than there is time."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime

import pytest

from config.check_policy import CheckPolicy
from config.policy import Clause, Stage, Verdict
from filters.analysis import read_step
from filters.answers import Answers, Scan
from filters.context import Envelope
from filters.extract.document import Document, Documents
from filters.inside import PENDING, READERS, TOO_LONG
from gateway.intake.looking import Eyes, Inside, InTurn, Looking, look_inside
from gateway.scanning import NO_SCANNER
from gateway.store.errors import Unavailable
from gateway.workers.analysis import Unreadable
from gateway.workers.pool import Cause, WorkerFailed
from tests.policies import only
from tests.unit.intake.attached import attached

NOW = datetime(2026, 11, 9, 10, 0, tzinfo=UTC)
TODAY = date(2026, 11, 9)
CLAUSE = Clause(document="Test policy", item="1")
PLAIN = b"From: a@littlewickham-pc.example\r\nSubject: Hi\r\n\r\nHello.\r\n"
READ = Documents(found=(Document(number=1, path=("paper.pdf",), kind="application/pdf", size=8),))


class Reader:
    """Reads attachments, or does not. Counts how many it reads at the same time."""

    def __init__(self, comes_to=READ, seconds: float = 0.0) -> None:
        self.comes_to, self.seconds = comes_to, seconds
        self.asked = self.now = self.most = 0

    async def extract(self, raw, deadline):
        self.asked += 1
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await asyncio.sleep(self.seconds)
        finally:
            self.now -= 1
        if isinstance(self.comes_to, Exception):
            raise self.comes_to
        return self.comes_to


class Scanner:
    def __init__(self, comes_to=Scan(), seconds: float = 0.0) -> None:  # noqa: B008  # It is frozen.
        self.comes_to, self.seconds = comes_to, seconds
        self.asked: list[float] = []

    async def scan(self, raw, seconds):
        self.asked.append(seconds)
        await asyncio.sleep(self.seconds)
        return self.comes_to


class Archive:
    """Answers, or fails."""

    def __init__(self, seconds: float = 0.0, failure: Exception | None = None) -> None:
        self.seconds, self.failure, self.asked = seconds, failure, 0

    async def read(self, act):
        raise AssertionError("nothing more is to be asked")

    async def answer(self, *asked):
        self.asked += 1
        await asyncio.sleep(self.seconds)
        if self.failure is not None:
            raise self.failure
        return Answers(known=("ada@parishioner.example",))


def wanting(council, *checks: str, stage: Stage = Stage.ENFORCE):
    policies = {name: CheckPolicy(stage=stage, verdict=Verdict.HOLD, clause=CLAUSE) for name in checks}
    bare = only(council, "sender_identity")
    return bare.model_copy(
        update={"policy": bare.policy.model_copy(update={"checks": {**bare.policy.checks, **policies}})}
    )


def at(archive, reader, scanner, raw=None, seconds: float = 20.0) -> Looking:
    raw = attached() if raw is None else raw
    deadline = asyncio.get_running_loop().time() + seconds
    return Looking(
        Eyes(archive, reader, scanner), raw, read_step(raw), Envelope(mail_from="", recipients=()), "Q1", deadline
    )  # fmt: skip


async def test_nothing_is_asked_that_no_check_wants(little_wickham):
    reader, scanner = Reader(), Scanner()
    looking = at(Archive(), reader, scanner)
    answers, documents = await looking.see(wanting(little_wickham), None, TODAY, NOW)
    assert (answers.scan, documents, reader.asked, scanner.asked) == (None, None, 0, [])
    assert answers.known == ("ada@parishioner.example",)


@pytest.mark.parametrize("check", READERS)
async def test_each_check_that_reads_attachments_has_them_read(little_wickham, check):
    reader, scanner = Reader(), Scanner()
    answers, documents = await at(Archive(), reader, scanner).see(
        wanting(little_wickham, check), None, TODAY, NOW
    )
    assert (answers.scan, documents, scanner.asked) == (None, READ, [])


async def test_malware_has_it_scanned(little_wickham):
    reader, scanner = Reader(), Scanner(Scan(names=("X",)))
    answers, documents = await at(Archive(), reader, scanner, PLAIN).see(
        wanting(little_wickham, "malware"), None, TODAY, NOW
    )
    assert (answers.scan, documents, reader.asked) == (Scan(names=("X",)), None, 0)


async def test_what_has_no_attachments_is_not_read_for_any(little_wickham):
    reader = Reader()
    _, documents = await at(Archive(), reader, None, PLAIN).see(
        wanting(little_wickham, *READERS), None, TODAY, NOW
    )
    assert (documents, reader.asked) == (None, 0)


@pytest.mark.parametrize(("stage", "asked"), [(Stage.OFF, 0), (Stage.TRIAL, 1), (Stage.WARN, 1)])
async def test_a_check_that_is_off_wants_nothing(little_wickham, stage, asked):
    reader, scanner = Reader(), Scanner()
    council = wanting(little_wickham, "malware", "attachments", stage=stage)
    await at(Archive(), reader, scanner).see(council, None, TODAY, NOW)
    assert (reader.asked, len(scanner.asked)) == (asked, asked)


async def test_without_a_scanner_it_is_said_that_there_is_none(little_wickham):
    answers, _ = await at(Archive(), Reader(), None).see(wanting(little_wickham, "malware"), None, TODAY, NOW)
    assert answers.scan == Scan(trouble=NO_SCANNER)


async def test_all_are_asked_at_the_same_time(little_wickham):
    begun = asyncio.get_running_loop().time()
    looking = at(Archive(0.3), Reader(seconds=0.3), Scanner(seconds=0.3))
    await looking.see(wanting(little_wickham, "malware", "attachments"), None, TODAY, NOW)
    assert asyncio.get_running_loop().time() - begun < 0.8


async def test_time_is_left_for_the_decision(little_wickham):
    scanner = Scanner()
    await at(Archive(), Reader(), scanner).see(wanting(little_wickham, "malware"), None, TODAY, NOW)
    assert 14 < scanner.asked[0] <= 15


@pytest.mark.parametrize("cause", [Cause.TIME, Cause.BUSY, Cause.CPU, Cause.STOPPED])
async def test_what_there_was_no_time_for_is_still_being_read(little_wickham, cause):
    looking = at(Archive(), Reader(WorkerFailed(cause)), None)
    _, documents = await looking.see(wanting(little_wickham, "attachments"), None, TODAY, NOW)
    assert documents == PENDING


@pytest.mark.parametrize(
    "failure",
    [WorkerFailed(Cause.MEMORY), WorkerFailed(Cause.CRASH), WorkerFailed(Cause.ERROR), Unreadable("it is odd")],
)  # fmt: skip
async def test_what_more_time_would_not_help_could_not_be_read(little_wickham, failure):
    _, documents = await at(Archive(), Reader(failure), None).see(
        wanting(little_wickham, "attachments"), None, TODAY, NOW
    )
    assert documents == Documents(trouble=failure.reason)


async def test_where_nobody_goes_on_reading_it_took_too_long(little_wickham):
    assert Inside(None, PENDING).settled.documents == Documents(trouble=TOO_LONG)
    assert Inside(Scan(), READ).settled == Inside(Scan(), READ)
    found = await look_inside(
        Reader(WorkerFailed(Cause.TIME)),
        None,
        attached(),
        read_step(attached()),
        wanting(little_wickham, "attachments"),
        NOW,
        asyncio.get_running_loop().time() + 5,
    )
    assert found.settled.documents == Documents(trouble=TOO_LONG)


async def test_a_message_is_looked_at_once_however_often_it_is_decided_on(little_wickham):
    archive, reader, scanner = Archive(), Reader(), Scanner()
    looking = at(archive, reader, scanner)
    for _ in range(3):
        await looking.see(wanting(little_wickham, "malware", "attachments"), None, TODAY, NOW)
    assert (archive.asked, reader.asked, len(scanner.asked)) == (1, 1, 1)


async def test_what_a_new_policy_wants_besides_is_asked_then(little_wickham):
    reader, scanner = Reader(), Scanner()
    looking = at(Archive(), reader, scanner)
    _, before = await looking.see(wanting(little_wickham), None, TODAY, NOW)
    answers, after = await looking.see(wanting(little_wickham, "malware", "secrets"), None, TODAY, NOW)
    assert (before, after, answers.scan) == (None, READ, Scan())


async def test_where_the_archive_fails_the_others_are_given_up(little_wickham):
    looking = at(Archive(failure=Unavailable("away")), reader := Reader(seconds=30), Scanner(seconds=30))
    async with asyncio.timeout(5):
        with pytest.raises(Unavailable):
            await looking.see(wanting(little_wickham, "malware", "attachments"), None, TODAY, NOW)
        while reader.now:
            await asyncio.sleep(0)


async def test_attachments_wait_their_turn(little_wickham):
    reader = Reader(seconds=0.05)
    in_turn = InTurn(reader, 2)
    loop = asyncio.get_running_loop()
    found = await asyncio.gather(*(in_turn.extract(b"", loop.time() + 5) for _ in range(6)))
    assert (found, reader.most) == ([READ] * 6, 2)


async def test_whose_turn_does_not_come_is_still_to_be_read(little_wickham):
    in_turn = InTurn(Reader(seconds=5), 1)
    loop = asyncio.get_running_loop()
    first = asyncio.create_task(in_turn.extract(b"", loop.time() + 10))
    await asyncio.sleep(0)
    with pytest.raises(WorkerFailed, match="too many others were waiting"):
        await in_turn.extract(b"", loop.time() + 0.1)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    async with asyncio.timeout(1):
        in_turn._analyst = Reader()
        assert await in_turn.extract(b"", loop.time() + 5) == READ
