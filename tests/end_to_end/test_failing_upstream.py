"""smtp-sink as an upstream that fails at each command in each way it can, with a real Postfix beside it."""

from __future__ import annotations

import asyncio
import contextlib
import email
import os
import socket
import subprocess
import time
from collections.abc import Iterator

import pytest
from flufl.bounce import all_failures

from tests.neighbours import program
from tests.peers.postfix import Postfix, free_port
from tests.unit.delivery.conftest import House, council, house  # noqa: F401  # fixtures
from tests.unit.delivery.test_runner import running

pytestmark = pytest.mark.neighbour("postfix")

HARD, SOFT, HANG_UP, CLOSING = "-f", "-r", "-q", "-Q"
WAYS = {HARD: "5xx", SOFT: "4xx", HANG_UP: "hangs-up", CLOSING: "421"}
BEFORE, WITHIN = ("CONNECT", "EHLO,HELO"), ("MAIL", "RCPT", "DATA", ".")


@contextlib.contextmanager
def sink(*options: str) -> Iterator[int]:
    """A smtp-sink with these options; gives its port once it listens."""
    path = program("smtp-sink")
    assert path is not None
    port = free_port()
    user = ("-u", "nobody") if os.geteuid() == 0 else ()
    process = subprocess.Popen([path, *user, *options, f"127.0.0.1:{port}", "100"], stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 10
        while not _listens(port):
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


@pytest.fixture(scope="module")
def postfix() -> Iterator[Postfix]:
    with Postfix.running(login=False) as running_postfix:
        yield running_postfix


async def settled(house: House, message: str) -> None:
    """Wait until something has been said of each recipient, and the departure is nobody's."""
    deadline = time.monotonic() + 20
    while True:
        [departure] = await house.departures(message)
        if departure["starts"] == 0 and all(one["reply"] for one in departure["recipients"]):
            return
        assert time.monotonic() < deadline, departure
        await asyncio.sleep(0.02)


async def meet(house: House, postfix: Postfix, *options: str, patience: float = 5) -> str:
    """Have one message for the failing upstream and three for Postfix beside it, until each has met its fate.

    Returns the one message. Those for Postfix have been delivered.
    """
    to = f"r{time.monotonic_ns()}@there.example"
    with sink(*options) as port:
        house.serve(
            default={
                "port": port,
                "connect_seconds": patience,
                "command_seconds": patience,
                "data_seconds": patience,
            },
            healthy={"port": postfix.port},
        )
        message = await house.submit("a@there.example", "b@there.example")
        beside = [await house.submit(to, upstream="healthy") for _ in range(3)]
        async with running(house.runner()):
            for one in (message, *beside):
                await settled(house, one)
        await house.upstreams.close()
    for one in beside:
        assert await house.states(one) == {to: "sent"}
    assert len(postfix.wait_for(to, 3)) == 3
    return message


async def goes_out(house: House, message: str) -> None:
    """Once the upstream works, the message is delivered."""
    house.clock.move(hours=1)
    with sink() as port:
        house.serve(default={"port": port})
        await house.turn()
        await house.upstreams.close()
    assert set((await house.states(message)).values()) == {"sent"}


@pytest.mark.parametrize("command", BEFORE)
@pytest.mark.parametrize("way", WAYS, ids=WAYS.get)
async def test_what_keeps_a_conversation_from_beginning_is_held_against_no_message(
    house: House, postfix: Postfix, way: str, command: str
):
    message = await meet(house, postfix, way, command)
    [departure] = await house.departures(message)
    assert {one["state"] for one in departure["recipients"]} == {"queued"}
    assert departure["attempts"] == 0
    assert await house.bounces() == []
    await goes_out(house, message)


@pytest.mark.parametrize("command", WITHIN)
@pytest.mark.parametrize("way", [SOFT, HANG_UP, CLOSING], ids=WAYS.get)
async def test_what_may_pass_is_tried_again(house: House, postfix: Postfix, way: str, command: str):
    message = await meet(house, postfix, way, command)
    [departure] = await house.departures(message)
    assert {one["state"] for one in departure["recipients"]} == {"queued"}
    assert departure["attempts"] == 1
    assert departure["outcome_unknown"] == ((way, command) == (HANG_UP, "."))
    assert await house.bounces() == []
    await goes_out(house, message)


@pytest.mark.parametrize("command", ["CONNECT", "EHLO", *WITHIN])
async def test_silence_is_not_waited_for_without_end(house: House, postfix: Postfix, command: str):
    message = await meet(house, postfix, "-W", f"{command}:10", patience=0.3)
    [departure] = await house.departures(message)
    assert {one["state"] for one in departure["recipients"]} == {"queued"}
    assert departure["attempts"] == (command in WITHIN)
    assert departure["outcome_unknown"] == (command == ".")
    assert await house.bounces() == []
    await goes_out(house, message)


async def test_who_does_not_know_ehlo_is_greeted_as_of_old(house: House, postfix: Postfix):
    """RFC 5321 §3.2."""
    message = await meet(house, postfix, HARD, "EHLO")
    assert set((await house.states(message)).values()) == {"sent"}


@pytest.mark.parametrize("command", WITHIN)
async def test_a_refusal_for_good_comes_back(house: House, postfix: Postfix, command: str):
    message = await meet(house, postfix, HARD, command)
    assert set((await house.states(message)).values()) == {"failed"}
    [bounce] = await house.bounces()
    failed = all_failures(email.message_from_bytes(bounce))[1]
    assert failed == {b"a@there.example", b"b@there.example"}
    assert b"500 5.3.0 Error: command failed" in bounce


@pytest.mark.parametrize("without", ["-8", "-N", "-E", "-p"])
async def test_what_it_does_not_offer_is_done_without(house: House, postfix: Postfix, without: str):
    message = await meet(house, postfix, without)
    assert set((await house.states(message)).values()) == {"sent"}
