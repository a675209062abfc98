"""The whole road on PostgreSQL: one node, two nodes, a node that stands still, a database that goes away."""

from __future__ import annotations

import asyncio
import os
import signal
import smtplib
import ssl
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from gateway.demo.upstream import Upstream
from tests.conftest import TlsFiles
from tests.dialogs.client import plain
from tests.end_to_end.test_road import RESIDENT, arrived, below_trace, message
from tests.installation import PASSWORD, Installation, queue_id, until
from tests.peers.postgresql_proxy import Lose, PostgresqlProxy
from tests.peers.scripted import STALL, ScriptedUpstream
from tests.postgresql import Cluster

pytestmark = pytest.mark.neighbour("postgresql")

DELIVERY = {"retry_seconds": [0.2], "poll_seconds": 0.2, "lease_seconds": 2}


@pytest.fixture
def node(tmp_path: Path, tls_files: TlsFiles, postgresql_url: str) -> Iterator[Callable[..., Installation]]:
    """`node(name)`: an installation on the test's database, not yet prepared nor started."""
    made: list[Installation] = []

    def make(name: str, url: str = postgresql_url, **upstream: Any) -> Installation:
        one = Installation(tmp_path / name, tls_files.certificate, tls_files.key, tls_files.ca)
        one.settings |= {"database": url, "delivery": DELIVERY, "hostname": f"{name}.test.example"}
        one.upstream(**upstream)
        one.prepare()
        made.append(one)
        return one

    yield make
    for one in made:
        if one.process is not None:
            one.process.send_signal(signal.SIGCONT)
            os.killpg(one.process.pid, signal.SIGCONT)
            one.stop()


def held_message(installation: Installation) -> bytes:
    """A message that claims to be the Clerk's, so that it is held."""
    return message(installation, text="Thanks.\r\n\r\nC. Smith\r\nClerk to the Council")


def whole(installation: Installation) -> bool:
    return installation.json("archive", "verify", "--json")["faults"] == []


def sent(installation: Installation, name: str) -> bool:
    found = installation.json("queue", "show", name, "--json")
    return bool(found) and all(r["state"] == "sent" for d in found for r in d["recipients"])


def test_the_road(node, upstream: Upstream):
    one = node("one", port=upstream.port)
    one.start()
    raw = message(one)
    code, reply = one.send(raw, (RESIDENT,))
    assert code == 250
    [delivered] = arrived(upstream)
    assert below_trace(delivered.content) == one.as_it_leaves(raw)
    name = queue_id(reply)
    assert one.vestry("archive", "show", name, "--as", "received").stdout == raw
    assert one.vestry("archive", "show", name, "--as", "sent").stdout == delivered.content
    # Held, and released by the Clerk.
    code, reply = one.send(held_message(one), (RESIDENT,))
    assert "held for the Clerk" in reply
    one.vestry("held", "release", queue_id(reply), "--by", one.address("clerk"), "--why", "Agreed")
    until(lambda: sent(one, queue_id(reply)))
    # Refused in another's name.
    code, _ = one.send(message(one, sender="clerk"), (RESIDENT,), mail_from=one.address("cllr.a"))
    assert code == 550
    # Killed, and started again.
    names = [queue_id(one.send(message(one, text=f"Number {n}"), (RESIDENT,))[1]) for n in range(4)]
    one.kill()
    one.start()
    for name in names:
        until(lambda name=name: sent(one, name))
    assert whole(one)


def test_two_nodes_both_accept_and_each_message_goes_once(node, upstream: Upstream):
    nodes = [node("one", port=upstream.port), node("two", port=upstream.port)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(Installation.start, nodes))
    texts = [f"Letter {number}" for number in range(30)]

    def send(number: int, node: int = 0) -> str:
        code, reply = nodes[(number + node) % 2].send(message(nodes[0], text=texts[number]), (RESIDENT,))
        assert code == 250
        return queue_id(reply)

    with ThreadPoolExecutor(6) as pool:
        names = list(pool.map(send, range(30)))
        # The same again, handed in at the other node.
        assert list(pool.map(send, range(10), [1] * 10)) == names[:10]
    until(lambda: nodes[0].json("queue", "list", "--json") == [])
    bodies = sorted(below_trace(d.content) for d in upstream.delivered())
    assert bodies == sorted(nodes[0].as_it_leaves(message(nodes[0], text=text)) for text in texts)
    assert whole(nodes[0])
    # Either node may fall, and the other goes on with all there is.
    nodes[0].kill()
    code, reply = nodes[1].send(message(nodes[1], text="Alone"), (RESIDENT,))
    assert code == 250
    until(lambda: sent(nodes[1], queue_id(reply)))


def test_guesses_at_one_node_are_counted_at_the_other(node, upstream: Upstream):
    """And by whoever starts after that; who has been somewhere before is let in from there at either."""
    nodes = [node("one", port=upstream.port), node("two", port=upstream.port)]
    for one in nodes:
        one.settings["auth"] = {"attempts_per_minute": 4}
        one.write_settings()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(Installation.start, nodes))
    login, other = (nodes[0].address(name) for name in ("cllr.b", "cllr.a"))
    assert log_in(nodes[0], login, PASSWORD, "127.0.9.1") == 235
    said = [log_in(nodes[number % 2], login, "wrong", f"127.0.9.{10 + number}") for number in range(4)]
    assert said == [535] * 4
    # Either is told within seconds, whoever asks, and from wherever nobody has been before.
    until(lambda: log_in(nodes[0], login, "wrong", "127.0.9.30") == 454, 30)
    until(lambda: log_in(nodes[1], login, "wrong", "127.0.9.31") == 454, 30)
    assert log_in(nodes[1], login, PASSWORD, "127.0.9.1") == 235
    assert log_in(nodes[1], other, PASSWORD, "127.0.9.2") == 235
    nodes[1].stop()
    with nodes[0].database() as database, database.engine.begin() as connection:
        connection.execute(text("update auth_failure set clear_at = clear_at + 300000000"))  # Slow machines.
    nodes[1].start()
    assert log_in(nodes[1], login, "wrong", "127.0.9.32") == 454
    assert log_in(nodes[1], login, PASSWORD, "127.0.9.1") == 235


def log_in(node: Installation, login: str, password: str, source: str) -> int:
    """What is said to a login from `source`."""
    context = ssl.create_default_context(cafile=str(node.ca))
    with smtplib.SMTP_SSL(
        "127.0.0.1", node.tls, timeout=60, source_address=(source, 0), context=context
    ) as client:
        client.ehlo()
        code, _ = client.docmd("AUTH", f"PLAIN {plain(login, password)}")
    return code


class TestANodeThatStandsStill:
    """Stopped past its lease, and going on as if nothing had been."""

    async def test_before_its_mark_it_sends_nothing_more(self, node, upstream: Upstream):
        async with ScriptedUpstream({"RCPT": STALL}) as stalled:
            one = node("one", port=stalled.port)
            two = node("two", port=upstream.port)
            await asyncio.to_thread(one.start)
            raw = message(one)
            _, reply = await asyncio.to_thread(one.send, raw, (RESIDENT,))
            await self.asked(stalled, "RCPT")
            os.killpg(one.process.pid, signal.SIGSTOP)
            await asyncio.to_thread(two.start)
            [delivered] = await asyncio.to_thread(arrived, upstream)
            assert below_trace(delivered.content) == one.as_it_leaves(raw)
            await asyncio.to_thread(until, lambda: sent(two, queue_id(reply)))
            stalled.release.set()
            os.killpg(one.process.pid, signal.SIGCONT)
            await asyncio.to_thread(until, lambda: "lease lost" in one.log())
            assert await asyncio.to_thread(one.stop) == 0
            assert stalled.said("DATA") == []
            assert len(upstream.delivered()) == 1
            [departure] = await asyncio.to_thread(two.json, "queue", "show", queue_id(reply), "--json")
            assert not departure["outcome_unknown"]

    async def test_after_it_nobody_takes_over_until_the_upstream_has_had_its_time(
        self, node, upstream: Upstream
    ):
        limit = 4.0
        async with ScriptedUpstream({"dot": STALL}) as stalled:
            one = node("one", port=stalled.port, data_seconds=limit, command_seconds=limit)
            two = node("two", port=upstream.port)
            await asyncio.to_thread(one.start)
            await asyncio.to_thread(two.start)
            os.killpg(two.process.pid, signal.SIGSTOP)
            _, reply = await asyncio.to_thread(one.send, message(one), (RESIDENT,))
            await asyncio.wait_for(stalled.at_dot.wait(), 30)
            os.killpg(one.process.pid, signal.SIGSTOP)
            stopped = time.monotonic()
            os.killpg(two.process.pid, signal.SIGCONT)
            await asyncio.to_thread(arrived, upstream)
            assert time.monotonic() - stopped > limit
            await asyncio.to_thread(until, lambda: sent(two, queue_id(reply)))
            [departure] = await asyncio.to_thread(two.json, "queue", "show", queue_id(reply), "--json")
            assert departure["outcome_unknown"]
            os.killpg(one.process.pid, signal.SIGCONT)
            await asyncio.to_thread(until, lambda: "lease lost" in one.log())
            assert await asyncio.to_thread(one.stop) == 0
            assert len(stalled.messages) == len(upstream.delivered()) == 1
            assert await asyncio.to_thread(whole, two)

    async def asked(self, upstream: ScriptedUpstream, verb: str) -> None:
        async with asyncio.timeout(30):
            while not upstream.said(verb):
                await asyncio.sleep(0.02)


class TestTheDatabaseGoesAway:
    def test_while_it_is_away_mail_is_put_off_and_afterwards_taken(
        self, node, cluster: Cluster, postgresql_url: str, upstream: Upstream
    ):
        with PostgresqlProxy(cluster.port) as proxy:
            url = cluster.url(postgresql_url.rpartition("/")[2], proxy.port)
            one = node("one", url, port=upstream.port)
            one.start()
            client = one.client()
            try:
                assert client.mail(one.address("cllr.a"))[0] == 250
                assert client.rcpt(RESIDENT)[0] == 250
                proxy.down(True)
                assert client.data(message(one))[0] == 451
                proxy.down(False)
                # The same connection, the same processes.
                until(lambda: client.mail(one.address("cllr.a"))[0] == 250)
                client.rcpt(RESIDENT)
                assert client.data(message(one))[0] == 250
            finally:
                client.close()
            arrived(upstream)
            # The COMMIT's reply is lost, and the client hears 250 all the same, for it was committed.
            proxy.lose = Lose.REPLY
            for number in range(3):
                code, reply = one.send(message(one, text=f"Number {number}"), (RESIDENT,))
                assert code == 250
                assert one.vestry("archive", "show", queue_id(reply)).returncode == 0
            until(lambda: len(upstream.delivered()) == 4)
            assert whole(one)

    def test_a_server_that_crashes_has_everything_that_was_acknowledged(
        self, tmp_path, node, upstream: Upstream
    ):
        with Cluster() as cluster:
            one = node("one", cluster.url(cluster.create()), port=upstream.port)
            one.start()
            names = []
            for number in range(6):
                code, reply = one.send(message(one, text=f"Number {number}"), (RESIDENT,))
                assert code == 250
                names.append(queue_id(reply))
            cluster.stop(signal.SIGQUIT)
            cluster.start()
            for name in names:
                until(lambda name=name: sent(one, name))
            until(lambda: one.send(message(one, text="Again"), (RESIDENT,))[0] == 250)
            assert whole(one)
            one.stop()
