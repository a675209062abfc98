"""Connections are lent, used again, and thrown away."""

from __future__ import annotations

import asyncio
import time

import pytest

from gateway.upstream.pool import Pool
from gateway.upstream.refusal import Refused, Step
from tests.peers.scripted import STALL, ScriptedUpstream

MESSAGE = b"Subject: x\r\n\r\nHello\r\n"


async def send_one(pool: Pool) -> None:
    connection = await pool.take()
    await connection.mail("a@b.example", [])
    await connection.rcpt("c@d.example", [])
    await connection.data(MESSAGE)
    pool.give_back(connection)


async def until(done, seconds: float = 5) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


async def test_a_connection_is_used_again(settings_for):
    async with ScriptedUpstream() as upstream:
        pool = Pool(settings_for(upstream.port), "us.example")
        for _ in range(5):
            await send_one(pool)
        await pool.close()
        assert (upstream.connections, len(upstream.messages)) == (1, 5)
        assert upstream.said("QUIT") == ["QUIT"]
        assert upstream.said("RSET") == []


async def test_only_so_many_messages_go_over_one(settings_for):
    async with ScriptedUpstream() as upstream:
        pool = Pool(settings_for(upstream.port, messages_per_connection=2), "us.example")
        for _ in range(5):
            await send_one(pool)
        await pool.close()
        assert upstream.connections == 3


async def test_no_more_connections_than_are_allowed(settings_for):
    async with ScriptedUpstream() as upstream:
        pool = Pool(settings_for(upstream.port, connections=2), "us.example")
        await asyncio.gather(*(send_one(pool) for _ in range(10)))
        await pool.close()
        assert (upstream.connections, len(upstream.messages)) == (2, 10)


async def test_an_unused_connection_runs_out(settings_for):
    async with ScriptedUpstream() as upstream:
        pool = Pool(settings_for(upstream.port, idle_seconds=0.1), "us.example")
        await send_one(pool)
        assert upstream.open == 1
        await until(lambda: upstream.open == 0)
        assert upstream.commands[-1] == "QUIT"
        await send_one(pool)
        assert upstream.connections == 2
        await pool.close()


async def test_one_that_was_left_in_the_middle_is_reset(settings_for):
    async with ScriptedUpstream({"RCPT": ["550 5.1.1 no", "250 ok"]}) as upstream:
        pool = Pool(settings_for(upstream.port, connections=1), "us.example")
        connection = await pool.take()
        await connection.mail("a@b.example", [])
        await connection.rcpt("c@d.example", [])
        pool.give_back(connection)
        await send_one(pool)
        await pool.close()
        assert upstream.connections == 1
        assert [command[:4] for command in upstream.commands[:5]] == ["EHLO", "MAIL", "RCPT", "RSET", "MAIL"]


async def test_one_that_cannot_be_reset_is_thrown_away(settings_for):
    async with ScriptedUpstream({"RSET": "502 5.5.1 what?"}) as upstream:
        pool = Pool(settings_for(upstream.port, connections=1), "us.example")
        connection = await pool.take()
        await connection.mail("a@b.example", [])
        pool.give_back(connection)
        await send_one(pool)
        await pool.close()
        assert upstream.connections == 2


async def test_one_that_was_closed_at_the_other_end_is_not_lent(settings_for):
    async with ScriptedUpstream({"dot": "250 ok"}) as upstream:
        pool = Pool(settings_for(upstream.port), "us.example")
        await send_one(pool)
        await upstream.stop()
        await upstream.start()
        await send_one(pool)
        await pool.close()
        assert len(upstream.messages) == 2


async def test_a_failure_to_open_gives_the_slot_back(settings_for):
    async with ScriptedUpstream({"greeting": ["554 no", "220 yes"]}) as upstream:
        pool = Pool(settings_for(upstream.port, connections=1), "us.example")
        with pytest.raises(Refused):
            await pool.take()
        await send_one(pool)
        await pool.close()


async def test_a_cancelled_wait_gives_the_slot_back(settings_for):
    async with ScriptedUpstream({"greeting": [STALL, "220 yes"]}) as upstream:
        pool = Pool(settings_for(upstream.port, connections=1), "us.example")
        task = asyncio.create_task(pool.take())
        await until(lambda: upstream.connections == 1)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await send_one(pool)
        await pool.close()


async def test_a_ca_file_that_is_not_there_is_our_fault(settings_for, tmp_path):
    pool = Pool(settings_for(1, tls="implicit", ca=tmp_path / "none.pem"), "us.example")
    with pytest.raises(Refused) as caught:
        await pool.take()
    assert (caught.value.refusal.step, caught.value.refusal.ours) == (Step.SETTINGS, True)
    await pool.close()
