"""The pool against workers that crash, hang, eat memory or are killed: one task is lost, never two."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
import uvloop

from gateway.workers import pool as pools
from gateway.workers.pool import Cause, Pool, WorkerFailed
from tests.unit.workers.conftest import HOSTILE, environment_of, hostile_pool, parent_of, runs, until

ROOT = Path(__file__).parents[3]


async def failing(asking) -> str:
    """Why a task had no answer, in one word."""
    with pytest.raises(WorkerFailed) as caught:
        await asking
    return Cause(caught.value.reason).name.lower()


async def test_answers_come_back_to_those_who_asked(ask):
    async with hostile_pool() as pool:
        texts = [str(number).encode() * 50 for number in range(40)]
        assert await asyncio.gather(*(ask(pool, "echo", text, b"b") for text in texts)) == [
            text + b"|b" for text in texts
        ]


async def test_a_large_message_goes_there_and_back(ask):
    async with hostile_pool(processes=1) as pool:
        message = os.urandom(1 << 20) * 30
        assert await ask(pool, "echo", message, b"", b"end") == message + b"||end"


async def test_one_that_hangs_is_killed_and_the_others_do_not_notice(ask, restarts):
    async with hostile_pool() as pool:
        hanging = asyncio.create_task(failing(ask(pool, "sleep", b"60", seconds=1)))
        pids = {await ask(pool, "pid") for _ in range(20)}
        assert len(pids) == 1
        assert await hanging == "time"
        # Both workers are there again: two tasks that take half a second each take half a second.
        await until(lambda: restarts("time") == 1 and pool._idle.qsize() == 2)
        begun = time.monotonic()
        await asyncio.gather(ask(pool, "sleep", b"0.5"), ask(pool, "sleep", b"0.5"))
        assert time.monotonic() - begun < 0.95


async def test_the_longest_time_for_a_task_holds_whatever_the_deadline(ask):
    async with hostile_pool(processes=1, task_seconds=0.3) as pool:
        assert await failing(ask(pool, "sleep", b"60", seconds=60)) == "time"
        assert await ask(pool, "echo", b"on") == b"on"


@pytest.mark.parametrize(
    ("task", "parts"),
    [("die", [b"%d" % signal.SIGSEGV]), ("die", [b"%d" % signal.SIGKILL]), ("leave", [])],
    ids=["segmentation fault", "killed", "left"],
)
async def test_one_that_crashes_is_replaced(ask, restarts, task, parts):
    async with hostile_pool(processes=1) as pool:
        assert await failing(ask(pool, task, *parts)) == "crash"
        assert await ask(pool, "echo", b"on") == b"on"
        assert restarts("crash") == 1


async def test_memory_is_limited(ask, restarts):
    async with hostile_pool(processes=1, memory_mb=256) as pool:
        assert await failing(ask(pool, "eat")) == "memory"
        assert await failing(ask(pool, "echo", bytes(200 << 20))) == "memory"
        assert await ask(pool, "echo", b"on") == b"on"
        assert restarts("memory") == 2


async def test_the_least_memory_that_the_settings_allow_is_enough_to_work(ask):
    async with hostile_pool(processes=1, memory_mb=128) as pool:
        assert await ask(pool, "echo", bytes(100_000)) == bytes(100_000)


async def test_processor_time_is_limited(ask, restarts):
    async with hostile_pool(processes=1, cpu_seconds=1) as pool:
        assert await failing(ask(pool, "spin")) == "cpu"
        assert await ask(pool, "echo", b"on") == b"on"
        assert restarts("cpu") == 1


async def test_processor_time_is_counted_for_each_task_by_itself(ask):
    async with hostile_pool(processes=1, cpu_seconds=1) as pool:
        worker = await ask(pool, "pid")
        for _ in range(4):
            assert await failing(ask(pool, "spin", seconds=0.5)) == "time"
        assert await ask(pool, "pid") != worker


async def test_a_task_that_raises_costs_no_worker_and_its_words_stay_there(ask, capfd):
    async with hostile_pool(processes=1) as pool:
        worker = await ask(pool, "pid")
        assert await failing(ask(pool, "fail")) == "error"
        assert await failing(ask(pool, "no such task")) == "error"
        assert await ask(pool, "pid") == worker
    said = "".join(capfd.readouterr())
    assert "ValueError" in said
    assert "only the sender" not in said


async def test_waiting_for_a_worker_counts(ask):
    async with hostile_pool(processes=1) as pool:
        working = asyncio.create_task(ask(pool, "sleep", b"1"))
        await until(pool._idle.empty)
        begun = time.monotonic()
        assert await failing(ask(pool, "echo", b"", seconds=0.2)) == "busy"
        assert time.monotonic() - begun < 0.9
        assert await working == b"awake"


async def test_a_worker_is_replaced_after_so_many_tasks(ask, restarts, monkeypatch):
    monkeypatch.setattr(pools, "_TASKS_IN_A_LIFE", 3)
    async with hostile_pool(processes=1) as pool:
        pids = [await ask(pool, "pid") for _ in range(7)]
        assert [pids.count(pid) for pid in dict.fromkeys(pids)] == [3, 3, 1]
        assert restarts("recycled") == 2
        await until(lambda: not any(runs(int(pid)) for pid in dict.fromkeys(pids[:6])))


async def test_no_task_suffers_for_a_worker_that_died_idle(ask, restarts):
    async with hostile_pool(processes=2) as pool:
        for _ in range(2):
            os.kill(int(await ask(pool, "pid")), signal.SIGKILL)
            await until(lambda: not all(each.channel.is_open for each in pool._all))
            assert await ask(pool, "echo", b"on") == b"on"
            await until(lambda: pool._idle.qsize() == 2)
        assert restarts("crash") == 2


async def test_the_nursery_may_be_killed_too(ask):
    async with hostile_pool(processes=2) as pool:
        workers = {int(await ask(pool, "pid")) for _ in range(3)}
        nursery = parent_of(next(iter(workers)))
        os.kill(nursery, signal.SIGKILL)
        await until(lambda: not any(map(runs, (nursery, *workers))))
        # A task that meets a worker just then may be lost, and is told so; soon all is as before.
        for _ in range(100):
            try:
                answer = await ask(pool, "echo", b"on")
            except WorkerFailed:
                continue
            assert answer == b"on"
        await until(lambda: pool._idle.qsize() == 2)


async def test_a_caller_who_goes_away_costs_only_their_worker(ask, restarts):
    async with hostile_pool(processes=1) as pool:
        worker = int(await ask(pool, "pid"))
        gone = asyncio.create_task(ask(pool, "sleep", b"60"))
        await until(pool._idle.empty)
        gone.cancel()
        assert await ask(pool, "echo", b"on") == b"on"
        assert restarts("cancelled") == 1
        await until(lambda: not runs(worker))


async def test_stopping_fails_what_is_under_way_and_leaves_nothing_behind(ask):
    async with hostile_pool(processes=2) as pool:
        worker = int(await ask(pool, "pid"))
        nursery = parent_of(worker)
        working = asyncio.create_task(failing(ask(pool, "sleep", b"60")))
        await until(lambda: pool._idle.qsize() == 1)
    assert await working == "stopped"
    assert await failing(ask(pool, "echo", b"")) == "stopped"
    await until(lambda: not runs(nursery) and not runs(worker))
    await pool.stop()


async def test_a_worker_can_open_nothing_and_knows_no_secret(ask, monkeypatch):
    monkeypatch.setenv("VESTRY_PASSWORD", "open-sesame")
    async with hostile_pool(processes=1) as pool:
        worker = int(await ask(pool, "pid"))
        for task in ("open_file", "open_socket"):
            assert await failing(ask(pool, task)) == "error"
        assert b"sesame" not in await ask(pool, "environment")
        assert b"sesame" not in environment_of(worker)
        assert b"sesame" not in environment_of(parent_of(worker))
        held = sorted(os.readlink(f"/proc/{worker}/fd/{fd}") for fd in os.listdir(f"/proc/{worker}/fd"))
        assert [name.partition(":")[0] for name in held if name.startswith("socket")] == ["socket"]


async def test_workers_know_neither_the_store_nor_the_network_nor_the_log():
    code = "import sys, gateway.workers.tasks, gateway.workers.nursery; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in done.stdout.split()} | set(done.stdout.split())
    assert not loaded & {
        "sqlalchemy",
        "prometheus_client",
        "structlog",
        "uvloop",
        "aiosmtplib",
    }
    assert not loaded & {"gateway.store", "gateway.metrics", "gateway.logs", "config.settings"}


@pytest.mark.parametrize("charset", ["utf-8", "cp1252", "iso-2022-jp", "big5", "no-such-charset", "idna"])
async def test_every_charset_is_there_without_opening_a_file(ask, charset):
    async with hostile_pool(processes=1) as pool:
        assert (await ask(pool, "decode", charset.encode())).startswith(b"caf")


async def test_signals_to_the_whole_service_are_for_its_owner(ask):
    async with hostile_pool(processes=1) as pool:
        worker = await ask(pool, "pid")
        assert await ask(pool, "ignore_signals") == b"alive"
        assert await ask(pool, "pid") == worker


async def test_it_does_not_start_with_tasks_that_cannot_be_imported():
    from config.settings import WorkerSettings

    pool = Pool(WorkerSettings(), "tests.unit.workers.nothing_here")
    with pytest.raises(WorkerFailed):
        await pool.start()


def test_it_works_on_uvloop():
    async def main():
        loop = asyncio.get_running_loop()
        async with hostile_pool() as pool:
            with pytest.raises(WorkerFailed):
                await pool.run("die", b"%d" % signal.SIGKILL, deadline=loop.time() + 30)
            return await pool.run("echo", bytes(1 << 20), b"end", deadline=loop.time() + 30)

    assert uvloop.run(main()) == bytes(1 << 20) + b"|end"


OWNER = """
import asyncio, sys
print("main imported as", __name__, flush=True)
from config.settings import WorkerSettings
from gateway.workers.pool import Pool

async def main():
    pool = Pool(WorkerSettings(processes=2), {tasks!r})
    await pool.start()
    loop = asyncio.get_running_loop()
    print((await pool.run("pid", deadline=loop.time() + 30)).decode(), flush=True)
    spinning = [asyncio.create_task(pool.run("spin", deadline=loop.time() + 60)) for _ in range(2)]
    while not pool._idle.empty():
        await asyncio.sleep(0.01)
    print("spinning", flush=True)
    await asyncio.gather(*spinning)

if __name__ == "__main__":
    asyncio.run(main())
"""


async def test_workers_and_nursery_go_when_their_owner_is_killed_and_never_import_its_main(tmp_path):
    script = tmp_path / "owner.py"
    script.write_text(textwrap.dedent(OWNER).format(tasks=HOSTILE))
    owner = subprocess.Popen(
        [sys.executable, str(script)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    with owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "main imported as __main__\n"
        worker = int(owner.stdout.readline())
        nursery = parent_of(worker)
        assert owner.stdout.readline() == "spinning\n"
        owner.kill()
    await until(lambda: not runs(worker) and not runs(nursery))
