"""Mail accepted before its attachments were read: held meanwhile, decided on once all was looked at, sent by nothing else."""

from __future__ import annotations

import asyncio
import random
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from config.check_policy import CheckPolicy
from config.policy import Clause, Stage, Verdict
from filters.extract.document import Document, Documents
from filters.inside import STILL_CHECKED
from gateway.archive.verify import verify
from gateway.holds import checking, decisions, reminding
from gateway.holds.checking import KIND, WITHIN
from gateway.holds.ready import ready_with
from gateway.jobs.task import LeaseLost, Task
from gateway.store import archive, holds, jobs
from gateway.store.errors import Conflict, Unavailable
from gateway.workers.pool import Cause, WorkerFailed
from tests.unit.holds.analyst import InProcess
from tests.unit.holds.office import ANN, CLERK, RESIDENT, Office
from tests.unit.intake.attached import attached

CLAUSE = Clause(document="Test policy", item="1")
HARMLESS = Documents(found=(Document(number=2, path=("paper.pdf",), kind="application/pdf", size=9),))
TEXT = "The pond is dry."


class Slow(InProcess):
    """An analyst whose reading of attachments comes to what is said."""

    def __init__(self) -> None:
        super().__init__()
        self.documents: Documents | Exception = WorkerFailed(Cause.TIME)
        self.readings = 0
        self.until = asyncio.Event()
        self.until.set()

    async def extract(self, raw, deadline):
        self.readings += 1
        await self.until.wait()
        if isinstance(self.documents, Exception):
            raise self.documents
        return self.documents


@pytest.fixture
def demo(demo):
    return policed(demo, attachments=Verdict.HOLD)


def policed(council, stage: Stage = Stage.ENFORCE, **verdicts):
    """The council with these checks besides."""
    more = {
        name: CheckPolicy(stage=stage, verdict=verdict, clause=CLAUSE) for name, verdict in verdicts.items()
    }
    checks = {**council.policy.checks, **more}
    return council.model_copy(update={"policy": council.policy.model_copy(update={"checks": checks})})


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def office(office, slow) -> Office:
    return Office(office.database, office.council, office.folder, analyst=slow)


async def handed_in(office: Office, *to: str, text: str = TEXT, **attachment: str) -> str:
    return await office.send(attached(text=text, to=to or (RESIDENT,), **attachment), *(to or (RESIDENT,)))


class Post:
    """The jobs of an office. `now` begins ten seconds after the first message came in, and is moved by hand."""

    def __init__(self, office: Office, slow: Slow) -> None:
        self.office = office
        self._moved = timedelta(seconds=10)
        self.woken = 0
        self.handler = checking.checking(lambda: office.settings, self._wake, self._analysts)
        self.slow = slow

    @property
    def now(self):
        ids = self.office.database.read_blocking(lambda c: archive.message_ids(c, self.office.council.id))
        return self.office.row(ids[0]).received_at + self._moved

    def later(self, **span: float) -> None:
        self._moved += timedelta(**span)

    def _wake(self) -> None:
        self.woken += 1

    @asynccontextmanager
    async def _analysts(self, settings):
        yield self.slow

    async def claimed(self, owner: str = "node"):
        return await self.office.database.write(lambda c: jobs.claim(c, owner, self.now, 5, 60, (KIND,)))

    async def fall(self, owner: str = "node") -> None:
        """Have what `owner` had in hand be anybody's, as when its process is gone."""
        await self.office.database.write(lambda c: jobs.end_leases(c, owner))

    async def work(self) -> int:
        """Do what is due. Returns how many there were."""
        found = await self.claimed()
        for job in found:
            await self.do(job)
        return len(found)

    async def do(self, job) -> None:
        await self.handler(Task(job, self.office.database, lambda: self.now))

    def decisions(self, message: str) -> list[str]:
        rows = self.office.database.read_blocking(
            lambda c: archive.decisions(c, self.office.council.id, message)
        )
        return [f"{row.by} {row.act}" for row in rows]

    def findings(self, message: str):
        return self.office.database.read_blocking(
            lambda c: holds.findings(c, self.office.council.id, message)
        ).findings


@pytest.fixture
def post(office, slow) -> Post:
    return Post(office, slow)


def gone(office, message) -> list[list[str]]:
    return [to for _, to in office.left(message)]


async def test_it_is_accepted_and_held_and_nobody_is_told(office, post):
    reply = await office.submit(attached(), RESIDENT)
    assert (reply.code, reply.text.partition(", ")[2]) == (250, "its attachments are still being checked")
    message = reply.text.partition("queued as ")[2].partition(",")[0]
    assert office.state(message) == "held"
    assert [each.reason for each in post.findings(message) if each.need] == [STILL_CHECKED]
    assert office.notices(message) == []
    assert gone(office, message) == []


async def test_read_and_found_harmless_it_goes_by_itself_once(office, post, slow):
    message = await handed_in(office)
    slow.documents = HARMLESS
    assert await post.work() == 1
    assert office.state(message) == "passed"
    assert gone(office, message) == [[RESIDENT, CLERK]]
    assert office.notices(message) == []
    assert post.decisions(message) == ["policy hold", "policy note"]
    assert post.woken == 1
    assert await post.work() == 0
    assert office.database.read_blocking(lambda c: list(verify(c, office.council.id))) == []


async def test_it_leaves_as_it_would_have_left(office, post, slow):
    message = await handed_in(office)
    slow.documents = HARMLESS
    at_once = await handed_in(office, text="Another.")
    await post.work()
    [(late, _)] = office.left(message)
    [(other, _)] = office.left(at_once)
    assert late.replace(TEXT.encode(), b"Another.").count(b"\r\n") == other.count(b"\r\n")
    assert b"Little Wickham" in late


async def test_what_is_found_is_held_with_a_letter(office, post, slow):
    message = await handed_in(office)
    slow.documents = Documents(trouble="it took too much memory")
    await post.work()
    assert office.state(message) == "held"
    [(to, said)] = office.notices(message)
    assert (to, said.startswith("NOT SENT YET")) == (ANN, True)
    assert "its attachments could not be read: it took too much memory" in said
    assert gone(office, message) == []
    await office.release(message, CLERK)
    assert gone(office, message) == [[RESIDENT, CLERK]]


async def test_what_is_to_be_asked_is_asked_and_answered(office, post, slow):
    """A question about the message itself, asked when all is known; and the answer sends it."""
    others = tuple(f"r{number}@x{number}.example" for number in range(1, 7))
    message = await handed_in(office, RESIDENT, *others, reply=True)
    assert office.notices(message) == []
    slow.documents = HARMLESS
    await post.work()
    assert office.state(message) == "held"
    [(to, said)] = office.notices(message)
    assert to == ANN
    assert "SEND" in said
    assert "still being checked" not in said
    await office.release(message, ANN)
    assert len(gone(office, message)) == 1


async def test_it_cannot_be_refused_any_more_so_it_is_rejected(office, post, slow):
    office.adopt(policed(office.council, attachments=Verdict.REFUSE))
    message = await handed_in(office)
    assert office.state(message) == "held"
    slow.documents = Documents(
        found=(
            Document(number=2, path=("a.exe",), kind="application/x-msdownload", size=9, facts={"program"}),
        )
    )
    await post.work()
    assert office.state(message) == "rejected"
    [(to, said)] = office.notices(message)
    assert (to, said.startswith("NOT SENT:")) == (ANN, True)
    assert "a.exe" in said
    assert gone(office, message) == []


async def test_after_ten_minutes_it_could_not_be_checked(office, post, slow):
    message = await handed_in(office)
    post.later(minutes=WITHIN.seconds / 60 + 60)
    await post.work()
    assert office.state(message) == "held"
    [finding] = [each for each in post.findings(message) if each.need]
    assert (finding.check, finding.incomplete, finding.pending) == ("attachments", True, False)
    assert "could not be checked" in finding.reason
    assert slow.readings == 2


async def test_whoever_is_brought_down_by_it_does_not_read_it_for_ever(office, post, slow):
    message = await handed_in(office)
    for _ in range(4):
        await post.fall()
        [job] = await post.claimed()
    slow.documents = HARMLESS
    await post.do(job)
    assert office.state(message) == "held"
    assert slow.readings == 1
    assert any("could not be checked" in each.reason for each in post.findings(message))


async def test_its_sender_is_told_after_a_minute_and_again_when_it_has_gone(office, post, slow):
    message = await handed_in(office)
    slow.documents = HARMLESS
    slow.until.clear()
    post.later(seconds=49.5)
    [job] = await post.claimed()
    doing = asyncio.create_task(post.do(job))
    async with asyncio.timeout(10):
        while not office.notices(message):
            await asyncio.sleep(0.01)
    [(to, said)] = office.notices(message)
    assert to == ANN
    assert "still being checked by a machine" in said
    assert gone(office, message) == []
    slow.until.set()
    await doing
    # Both were written at one moment of this clock, so that their order is by chance.
    assert {said.partition(":")[0] for _, said in office.notices(message)} == {"NOT SENT YET", "SENT"}
    assert len(office.notices(message)) == 2


@pytest.mark.parametrize("by", [CLERK, ANN])
async def test_nobodys_word_lets_it_go_meanwhile(office, post, by):
    message = await handed_in(office)
    with pytest.raises(Conflict, match="still being checked"):
        await ready_with(office.analyst, office.database.read, office.council.id, message, office.act(by))
    with pytest.raises(Conflict, match="still being checked"):
        await office.write(lambda c: decisions.release(c, office.council.id, message, office.act(by)))
    assert gone(office, message) == []


@pytest.mark.parametrize("by", [CLERK, ANN])
async def test_but_it_can_be_rejected_and_then_it_never_goes(office, post, slow, by):
    message = await handed_in(office)
    await office.write(lambda c: decisions.reject(c, office.council.id, message, office.act(by)))
    slow.documents = HARMLESS
    assert await post.work() == 1
    assert office.state(message) == "rejected"
    assert gone(office, message) == []
    assert await post.work() == 0


async def test_rejected_while_it_is_read_it_does_not_go(office, post, slow):
    message = await handed_in(office)
    slow.documents = HARMLESS
    slow.until.clear()
    [job] = await post.claimed()
    doing = asyncio.create_task(post.do(job))
    while slow.readings < 2:
        await asyncio.sleep(0.01)
    await office.write(lambda c: decisions.reject(c, office.council.id, message, office.act(CLERK)))
    slow.until.set()
    await doing
    assert office.state(message) == "rejected"
    assert gone(office, message) == []


async def test_the_clerk_is_asked_for_nothing_meanwhile(office, post, slow):
    message = await handed_in(office)
    remind = reminding.reminding(lambda upstream: upstream, lambda: 14.0)

    async def reminded() -> None:
        await office.database.write(lambda c: jobs.add_for_everyone(c, reminding.KIND, post.now))
        await office.database.write(lambda c: jobs.hasten(c, office.council.id, reminding.KIND, post.now))
        for job in await office.database.write(
            lambda c: jobs.claim(c, "node", post.now, 5, 60, (reminding.KIND,))
        ):
            await remind(Task(job, office.database, lambda: post.now))

    await reminded()
    assert office.notices(message) == []
    slow.documents = Documents(trouble="it took too much memory")
    await post.work()
    post.later(minutes=6)
    await reminded()
    assert sorted(to for to, _ in office.notices(message)) == sorted((ANN, CLERK))


async def test_the_same_again_waits_with_it_and_one_leaves(office, post, slow):
    first = await handed_in(office)
    reply = await office.submit(attached(message_id="<again@pc.example>"), RESIDENT)
    assert f"waits with {first}" in reply.text
    slow.documents = HARMLESS
    await post.work()
    assert len(gone(office, first)) == 1


async def test_what_nobody_enforces_is_not_waited_for(office, post):
    office.adopt(policed(office.council, Stage.TRIAL, attachments=Verdict.HOLD))
    message = await handed_in(office)
    assert office.state(message) == "passed"
    [finding] = [each for each in post.findings(message) if each.check == "attachments"]
    assert "could not be read: it took too long" in finding.reason
    assert await post.work() == 0


async def test_a_policy_that_was_changed_meanwhile_counts(office, post, slow):
    message = await handed_in(office)
    office.adopt(policed(office.council, attachments=Verdict.HOLD, moderation=Verdict.HOLD))
    slow.documents = HARMLESS
    await post.work()
    assert office.state(message) == "held"
    assert {each.check for each in post.findings(message) if each.need} == {"moderation"}


async def test_what_was_found_before_is_not_forgotten(office, post, slow, monkeypatch):
    """What the resolver said when it came in, it need not say again."""
    message = await handed_in(office)
    stands = decisions_with(office, message, "recipients", Verdict.ASK)
    monkeypatch.setattr(checking, "held_message", stands)
    monkeypatch.setattr("gateway.holds.checked.holds.findings", lambda c, council, id: stands.decision)
    slow.documents = HARMLESS
    await post.work()
    monkeypatch.undo()
    assert office.state(message) == "held"
    assert {each.check for each in post.findings(message) if each.need} == {"recipients"}


def decisions_with(office, message, check, verdict):
    """`held_message`, with one more finding."""
    from filters.finding import Decision, finding_of
    from gateway.holds.changing import held_message

    policy = CheckPolicy(stage=Stage.ENFORCE, verdict=verdict, clause=CLAUSE)
    found = office.database.read_blocking(lambda c: holds.findings(c, office.council.id, message))
    decision = Decision(findings=(*found.findings, finding_of(check, policy, "There is no such domain.")))

    def read(connection, council, id):
        from dataclasses import replace

        return replace(held_message(connection, council, id), decision=decision)

    read.decision = decision
    return read


async def test_too_many_in_an_hour_are_held_then_too(office, post, slow):
    limits = office.settings.limits.model_copy(update={"recipients_per_hour": 1})
    message = await handed_in(office)
    office.settings = office.settings.model_copy(update={"limits": limits})
    slow.documents = HARMLESS
    await post.work()
    assert office.state(message) == "held"
    assert "sending_rate" in {each.check for each in post.findings(message) if each.need}


class Lost(Exception):
    """The process fell."""


@pytest.mark.parametrize("step", ["reading", "decided", "written"])
async def test_a_fall_at_any_step_leaves_it_to_the_next(office, post, slow, step, monkeypatch):
    message = await handed_in(office)
    slow.documents = HARMLESS
    [job] = await post.claimed("first")
    if step == "reading":
        slow.until.clear()
        doing = asyncio.create_task(post.do(job))
        while slow.readings < 2:
            await asyncio.sleep(0.01)
        doing.cancel()
        await asyncio.gather(doing, return_exceptions=True)
        slow.until.set()
    elif step == "decided":

        async def fall(self, act):
            raise Lost

        with monkeypatch.context() as patched:
            patched.setattr(Task, "write_last", fall)
            with pytest.raises(Lost):
                await post.do(job)
    else:
        real = Task.write_last

        async def fall_after(self, act):
            await real(self, act)
            raise Lost

        with monkeypatch.context() as patched:
            patched.setattr(Task, "write_last", fall_after)
            with pytest.raises(Lost):
                await post.do(job)
    before = len(gone(office, message))
    assert before == (step == "written")
    await post.fall("first")
    assert await post.work() == (step != "written")
    assert office.state(message) == "passed"
    assert len(gone(office, message)) == 1
    assert office.database.read_blocking(lambda c: list(verify(c, office.council.id))) == []


async def test_who_has_lost_the_lease_writes_nothing(office, post, slow):
    message = await handed_in(office)
    slow.documents = HARMLESS
    [first] = await post.claimed("first")
    await post.fall("first")
    [second] = await post.claimed("second")
    with pytest.raises(LeaseLost):
        await post.do(first)
    assert gone(office, message) == []
    await post.do(second)
    assert len(gone(office, message)) == 1


@pytest.mark.parametrize("seed", range(12))
async def test_whatever_happens_it_leaves_only_after_its_attachments_were_read(office, post, slow, seed):
    """Random acts and failures in a random order: nothing leaves before a reading came to an end, and nothing twice."""
    chance = random.Random(seed)
    message = await handed_in(office)

    async def release():
        by = chance.choice([CLERK, ANN])
        with pytest.raises(Conflict):
            await office.write(lambda c: decisions.release(c, office.council.id, message, office.act(by)))

    async def fail():
        slow.documents = chance.choice([Unavailable("away"), RuntimeError("a fault")])
        for job in await post.claimed():
            with pytest.raises((Unavailable, RuntimeError)):
                await post.do(job)
            await office.database.write(lambda c, job=job: jobs.fail(c, job, post.now, "a fault"))

    async def fall():
        for job in await post.claimed():
            if job.starts > 2:  # After one more it is read no more.
                await office.database.write(lambda c, job=job: jobs.put_back(c, job))
        await post.fall()

    async def adopt():
        office.adopt(office.council.model_copy(update={"name": f"Parish {chance.random()}"}))

    async def wait():
        post.later(seconds=chance.randrange(5))

    for act in chance.choices([release, fail, fall, adopt, wait], k=8):
        await act()
        assert office.state(message) == "held"
        assert gone(office, message) == []
    slow.documents, before = HARMLESS, slow.readings
    assert await post.work() == 1
    # Where run after run came to no end, it is read no more, and is the Clerk's.
    assert office.state(message) == ("passed" if slow.readings > before else "held")
    assert len(gone(office, message)) == (slow.readings > before)
    assert office.database.read_blocking(lambda c: list(verify(c, office.council.id))) == []
