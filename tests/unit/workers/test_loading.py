"""What workers need and nurseries do not load at their start: it is loaded when the first task asks for it."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from config.limits import LimitSettings
from config.settings import WorkerSettings
from filters.analysis import Situation, decide_step
from filters.context import Envelope, Profile, Recipient
from gateway.workers.analysis import Analyst
from gateway.workers.pool import Cause, Pool, WorkerFailed
from tests.unit.filters.official_mail import NOW, TODAY, message
from tests.unit.filters.personal_data.writing import JILL, council_with
from tests.unit.workers.conftest import hostile_pool, until

COUNCIL = council_with()
PLAIN = message(to=JILL, body="The hall is open from 9 to 5. Ring 01632 960123.")
NINO = message(to=JILL, body="Mrs Pemberton of 14 Mill Lane (QQ123456C, a.pem@gmail.com) is in arrears.")


def situation() -> Situation:
    return Situation(
        person="anne@little.example",
        authenticated=True,
        profile=Profile.SUBMISSION,
        envelope=Envelope(
            mail_from="anne@little.example", recipients=(Recipient(address=JILL, canonical=JILL),)
        ),
        received_at=NOW,
        today=TODAY,
        message="1M7YYM0YJVEAT54W",
        hostname="post.test.example",
    )


def soon() -> float:
    return asyncio.get_running_loop().time() + 60


async def decided(pool: Pool, raw: bytes):
    analyst = Analyst(pool, LimitSettings())
    reading = await analyst.read(raw, soon())
    council = COUNCIL.model_dump_json(by_alias=True).encode()
    analysis = await analyst.decide(raw, reading, council, situation(), soon())
    assert analysis == decide_step(raw, reading, situation(), COUNCIL)
    return analysis


def processor_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def threads(process: int) -> int:
    return len(list(Path(f"/proc/{process}/task").iterdir()))


def nursery_of(pool: Pool) -> int:
    assert pool._keeper._process is not None
    return pool._keeper._process.pid


def has_engine(process: int) -> bool:
    return "spacy" in Path(f"/proc/{process}/maps").read_text()


@pytest.fixture
async def pool():
    made = Pool(WorkerSettings(processes=2))
    await made.start()
    yield made
    await made.stop()


async def test_the_engine_is_loaded_when_it_is_first_needed(pool, restarts):
    nursery = nursery_of(pool)
    at_start = processor_seconds(nursery)
    assert not (await decided(pool, PLAIN)).decision.findings
    assert not has_engine(nursery)
    for _ in range(4):
        (finding,) = (await decided(pool, NINO)).decision.findings
        assert not finding.incomplete
        assert "a National Insurance number" in finding.reason
        assert "words about debts" in finding.reason
    assert has_engine(nursery)
    assert nursery_of(pool) == nursery
    assert threads(nursery) == 1
    assert restarts("unprepared") in (1, 2)
    # Two seconds are what a start may take; a busy machine makes even processor time longer.
    print(f"start {at_start:.2f} s, with the engine {processor_seconds(nursery):.2f} s")
    assert at_start < 2.5
    assert processor_seconds(nursery) - at_start < 3


async def test_every_kind_is_found_there_as_here(pool):
    """What a library loads when it first meets something, a worker could not."""
    everything = (
        "Mrs Pemberton, Rose Cottage, Mill Lane, 14 Heol Fawr, WX1 2AB, +44 7700 900123, 01632 960123, a.p@gmail.com, "
        "QQ123456C, NHS 999 000 0018, passport 925665416, MORGA657054SM9IJ, 4111 1111 1111 1111, AB51 ABC, "
        "GB82 WEST 1234 5698 7654 32, DE89 3704 0044 0532 0130 00, sort code 20-00-00 account 55779911, UTR 1234567890, "
        "DOB 3/5/1951, 203.0.113.7, 2001:db8::1, 00:1A:2B:3C:4D:5E, cookie id: 8f3a99c1d2e4b7, plot 12A, arrears, noise"
    )
    (finding,) = (await decided(pool, message(to=JILL, body=everything))).decision.findings
    assert not finding.incomplete


async def test_tasks_at_the_same_time_load_it_once(pool, restarts):
    found = await asyncio.gather(*(decided(pool, NINO) for _ in range(6)))
    assert all(each.decision.findings for each in found)
    assert restarts("unprepared") <= 2


async def test_the_least_memory_is_enough_with_the_engine_too():
    made = Pool(WorkerSettings(processes=1, memory_mb=128))
    await made.start()
    try:
        assert (await decided(made, NINO)).decision.findings
    finally:
        await made.stop()


async def test_a_nursery_that_died_is_asked_again(pool):
    assert (await decided(pool, NINO)).decision.findings
    dead = nursery_of(pool)
    os.kill(dead, signal.SIGKILL)
    await until(lambda: not any(each.channel.is_open for each in pool._all))
    for _ in range(100):
        try:
            again = await decided(pool, NINO)
        except WorkerFailed:
            continue  # It met a worker that had just died.
        break
    assert again.decision.findings
    assert nursery_of(pool) != dead
    assert has_engine(nursery_of(pool))


async def test_what_is_loaded_is_there_for_all_who_come_later(ask, restarts):
    async with hostile_pool(processes=2) as pool:
        answers = await asyncio.gather(*(ask(pool, "want") for _ in range(8)))
        assert set(answers) == {b"loaded"}
        assert restarts("unprepared") <= 2
        assert await ask(pool, "threads") == b"1"


async def test_a_task_that_asks_without_end_has_no_answer(ask):
    async with hostile_pool(processes=1) as pool:
        with pytest.raises(WorkerFailed) as caught:
            await ask(pool, "insist")
        assert caught.value.reason == Cause.ERROR
        assert await ask(pool, "echo", b"on") == b"on"


async def test_a_model_is_loaded_at_start(ask):
    pool = Pool(_with_model("a_model"), "tests.unit.workers.hostile")
    await pool.start()
    try:
        assert await ask(pool, "want") == b"a_model"
    finally:
        await pool.stop()


async def test_without_its_model_it_does_not_start(capfd):
    pool = Pool(_with_model("no_such_model"), "tests.unit.workers.hostile")
    with pytest.raises(WorkerFailed):
        await pool.start()
    assert "no_such_model" in capfd.readouterr().err


def _with_model(name: str) -> WorkerSettings:
    """Settings as they are where there is such a pipeline; here there is none."""
    return WorkerSettings(processes=1).model_copy(update={"names_model": name})
