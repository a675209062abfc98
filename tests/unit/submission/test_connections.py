"""Connections that behave badly: gone, half gone, slow, greedy, cut anywhere."""

from __future__ import annotations

import asyncio
import random
import select
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable

import pytest

from config.limits import LimitSettings
from gateway.submission import session, wire
from gateway.submission.wire import HIGH_WATER
from tests.conftest import TlsFiles
from tests.dialogs.client import Client
from tests.dialogs.house import LOGIN, OpenHouse, listener
from tests.dialogs.house import LOOPS as LOOPS_BY_NAME

LOOPS = pytest.mark.parametrize("loop", ["uvloop", "asyncio"])
MESSAGE = b"Subject: a\r\n\r\na\r\n"
WHOLE = (
    b"EHLO client.example\r\nMAIL FROM:<clerk@littlewickham-pc.example>\r\nRCPT TO:<a@example.org>\r\nDATA\r\n"
    + MESSAGE
    + b".\r\n"
)


def until(condition: Callable[[], object], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)


def reset(client: Client) -> None:
    """Drop the connection with RST."""
    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.socket.close()


@LOOPS
@pytest.mark.parametrize("goodbye", ["reset", "close", "half-close"])
def test_a_client_that_goes_during_acceptance_cancels_nothing(
    open_doors: OpenHouse, loop: str, goodbye: str
) -> None:
    with open_doors("trusted", loop=loop) as house, Client(house.port()) as client:
        house.intake.gate.clear()
        client.send(WHOLE)
        assert house.intake.begun.acquire(timeout=10)
        if goodbye == "reset":
            reset(client)
        elif goodbye == "close":
            client.close()
        else:
            client.send(b"QUIT\r\n")
            client.socket.shutdown(socket.SHUT_WR)
        time.sleep(0.05)  # Long enough for the loop to hear of it.
        assert house.intake.submissions == []
        house.intake.gate.set()
        until(lambda: house.intake.submissions)
        assert house.intake.submissions[0].raw == MESSAGE
        if goodbye == "half-close":
            replies = [client.line() for _ in range(15)]
            assert replies[-3:] == [
                "354 Send the message; end it with a line that has one dot",
                "250 2.0.0 Ok: queued as A1",
                "221 2.0.0 Goodbye",
            ]


@LOOPS
def test_a_client_that_goes_during_acceptance_under_tls_cancels_nothing(
    open_doors: OpenHouse, tls_files: TlsFiles, loop: str
) -> None:
    with open_doors("starttls", loop=loop) as house, Client(house.port(), str(tls_files.ca)) as client:
        client.enter().begin()
        assert client.say("DATA").startswith("354 ")
        house.intake.gate.clear()
        client.send(MESSAGE + b".\r\nQUIT\r\n")
        assert house.intake.begun.acquire(timeout=10)
        client.close()
        time.sleep(0.05)
        house.intake.gate.set()
        until(lambda: house.intake.submissions)


def test_a_shutdown_that_runs_out_of_patience_cancels_no_acceptance(open_doors: OpenHouse) -> None:
    with open_doors("trusted") as house, Client(house.port()) as client:
        house.intake.gate.clear()
        client.send(WHOLE)
        assert house.intake.begun.acquire(timeout=10)
        draining = house.drain(0.3)
        until(lambda: client._receive() == b"")
        house.intake.gate.set()
        assert draining.result(10) == 0
        assert len(house.intake.submissions) == 1


def test_a_shutdown_ends_what_does_not_end(open_doors: OpenHouse) -> None:
    with open_doors("trusted") as house, Client(house.port()) as client:
        client.line()
        client.say("EHLO client.example")
        client.begin()
        assert client.say("DATA").startswith("354 ")
        began = time.monotonic()
        assert house.drain(0.2).result(10) == 0
        assert time.monotonic() - began < 5
        assert client._receive() == b""


@LOOPS
def test_a_message_cut_anywhere_arrives_whole(open_doors: OpenHouse, loop: str) -> None:
    cut = random.Random(5)
    with open_doors("trusted", loop=loop) as house:
        for _ in range(30):
            with Client(house.port()) as client:
                at = 0
                while at < len(WHOLE):
                    piece = WHOLE[at : at + cut.choice([1, 1, 2, 3, 50])]
                    client.send(piece)
                    at += len(piece)
                while not client.line().startswith("250 2.0.0 Ok: queued"):
                    pass
        assert [submission.raw for submission in house.intake.submissions] == [MESSAGE] * 30


@LOOPS
def test_a_message_sent_octet_by_octet_arrives_whole(
    open_doors: OpenHouse, tls_files: TlsFiles, loop: str
) -> None:
    with open_doors("tls", loop=loop) as house, Client(house.port(), str(tls_files.ca), tls=True) as client:
        client.enter().begin("a@example.org")
        assert client.say("DATA").startswith("354 ")
        for octet in MESSAGE + b"..\r\n.\r\n":
            client.send(bytes([octet]))
        assert client.line().startswith("250 ")
        assert house.intake.submissions[0].raw == MESSAGE + b".\r\n"


@pytest.mark.parametrize("at", range(1, len(WHOLE), 7))
def test_a_client_gone_at_any_octet_leaves_nothing(open_doors: OpenHouse, at: int) -> None:
    with open_doors("trusted") as house:
        with Client(house.port()) as client:
            client.send(WHOLE[:at])
            reset(client)
        with Client(house.port()) as client:
            client.send(WHOLE + b"QUIT\r\n")
            until(lambda: house.intake.submissions)
        assert [submission.raw for submission in house.intake.submissions] == [MESSAGE]


@LOOPS
def test_octets_sent_ahead_wait_outside(open_doors: OpenHouse, loop: str) -> None:
    """While a message is being accepted, the client's next gigabyte does not fill the memory."""
    with open_doors("trusted", loop=loop) as house, Client(house.port()) as client:
        house.intake.gate.clear()
        client.send(WHOLE)
        assert house.intake.begun.acquire(timeout=10)
        client.socket.setblocking(False)
        sent = 0
        flood = b"NOOP\r\n" * 50_000
        while sent < 200_000_000 and select.select([], [client.socket], [], 0.5)[1]:
            sent += client.socket.send(flood)
        assert sent < 50_000_000
        [conversation] = house.listeners[0]._conversations.values()
        assert conversation is not None
        assert len(conversation._wire.buffer) <= 2 * HIGH_WATER
        house.intake.gate.set()


@LOOPS
def test_who_does_not_read_replies_is_hung_up_on(
    open_doors: OpenHouse, loop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "WRITE_SECONDS", 0.3)
    with open_doors("trusted", loop=loop) as house, Client(house.port()) as client:
        client.socket.setblocking(False)
        deadline = time.monotonic() + 20
        try:
            while time.monotonic() < deadline:
                if select.select([], [client.socket], [], 0.05)[1]:
                    client.socket.send(b"HELP\r\n" * 10_000)
        except (ConnectionResetError, BrokenPipeError):
            pass
        until(lambda: not house.listeners[0]._conversations)


def test_a_handshake_that_does_not_come_ends(open_doors: OpenHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.submission.listeners.HANDSHAKE_SECONDS", 0.2)
    monkeypatch.setattr(session, "HANDSHAKE_SECONDS", 0.2)
    with open_doors("tls", "starttls") as house:
        with Client(house.port(0)) as client:
            assert client._receive() == b""
        with Client(house.port(1)) as client:
            client.line()
            assert client.say("STARTTLS").startswith("220 ")
            assert client._receive() == b""
        until(lambda: not any(each._conversations for each in house.listeners))


def test_handshakes_take_up_places_too(open_doors: OpenHouse) -> None:
    with open_doors("tls", limits=LimitSettings(connections=2)) as house:
        idle = [Client(house.port()) for _ in range(2)]
        until(lambda: len(house.listeners[0]._conversations) == 2)
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with Client(house.port()) as client:
            client.socket = context.wrap_socket(client.socket)
            assert client.line().startswith("421 4.7.0 ")
        for each in idle:
            each.close()


def test_far_too_many_are_just_closed(open_doors: OpenHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.submission.listeners._TURNED_AWAY_AT_ONCE", 0)
    with open_doors("trusted", limits=LimitSettings(connections=1)) as house, Client(house.port()) as one:
        one.line()
        with Client(house.port()) as other:
            assert other._receive() == b""
        assert one.say("NOOP").startswith("250 ")


@pytest.mark.parametrize("kind", ["starttls", "tls", "trusted"])
def test_ipv6(open_doors: OpenHouse, tls_files: TlsFiles, kind: str) -> None:
    try:
        settings = listener(kind, "::1", "::1/128")
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        pytest.skip("this machine has no IPv6")
    with (
        open_doors(settings) as house,
        Client(house.port(), str(tls_files.ca), host="::1", tls=kind == "tls") as client,
    ):
        if kind == "trusted":
            client.line()
            client.say("EHLO client.example")
        else:
            client.enter()
        client.begin().data(b"a\r\n.\r\n")
        assert house.intake.submissions[0].origin.peer == "::1"


def test_many_at_once(open_doors: OpenHouse, tls_files: TlsFiles) -> None:
    """Messages of different people do not get mixed up."""

    def send(number: int) -> None:
        with Client(house.port(), str(tls_files.ca)) as client:
            client.enter()
            for _ in range(5):
                client.begin(f"r{number}@example.org")
                assert client.data(b"N: %d\r\n\r\n%s\r\n.\r\n" % (number, b"x" * 5000)).startswith("250 ")

    with open_doors("starttls") as house:
        threads = [threading.Thread(target=send, args=(number,)) for number in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(house.intake.submissions) == 100
        for submission in house.intake.submissions:
            number = submission.raw.split(b"\r\n")[0][3:].decode()
            assert [each.address for each in submission.envelope.recipients] == [f"r{number}@example.org"]
            assert submission.envelope.mail_from == LOGIN


@LOOPS
def test_a_large_message(open_doors: OpenHouse, tls_files: TlsFiles, loop: str) -> None:
    content = (b"x" * 76 + b"\r\n") * 300_000
    with open_doors("starttls", loop=loop) as house, Client(house.port(), str(tls_files.ca)) as client:
        client.enter().begin()
        assert client.data(content + b".\r\n").startswith("250 ")
        assert house.intake.submissions[0].raw == content


@LOOPS
def test_chunks_in_pieces_arrive_whole(open_doors: OpenHouse, loop: str) -> None:
    with open_doors("trusted", loop=loop) as house, Client(house.port()) as client:
        client.line()
        client.say("EHLO client.example")
        client.begin()
        for octet in b"BDAT 6\r\nSubjecBDAT 9 LAST\r\nt: a\r\n\r\nx":
            client.send(bytes([octet]))
        assert client.line() == "250 2.0.0 6 octets received"
        assert client.line().startswith("250 2.0.0 Ok: queued")
        assert house.intake.submissions[0].raw == b"Subject: a\r\n\r\nx\r\n"
        client.begin()
        chunk = (b"y" * 76 + b"\r\n") * 20_000
        for _ in range(5):
            client.send(b"BDAT %d\r\n" % len(chunk) + chunk)
            assert client.line().startswith("250 ")
        assert client.say("BDAT 0 LAST").startswith("250 ")
        assert house.intake.submissions[1].raw == chunk * 5


def test_a_client_gone_in_the_middle_of_a_chunk_leaves_nothing(open_doors: OpenHouse) -> None:
    with open_doors("trusted") as house:
        with Client(house.port()) as client:
            client.line()
            client.say("EHLO client.example")
            client.begin()
            client.send(b"BDAT 100 LAST\r\nSubject: a\r\n")
            reset(client)
        until(lambda: not house.listeners[0]._conversations)
        assert house.intake.submissions == []


@pytest.mark.parametrize("trouble", [OSError(24, "Too many open files"), RuntimeError("a loop's own")])
def test_accepting_goes_on_after_it_has_failed(
    open_doors: OpenHouse, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    monkeypatch.setattr("gateway.submission.listeners._PAUSE_SECONDS", 0.01)
    troubles = [trouble] * 3

    class Loop(asyncio.SelectorEventLoop):
        async def sock_accept(self, sock: socket.socket) -> tuple[socket.socket, object]:
            if troubles:
                raise troubles.pop()
            return await super().sock_accept(sock)

    monkeypatch.setitem(LOOPS_BY_NAME, "failing", Loop)
    with open_doors("trusted", loop="failing") as house, Client(house.port()) as client:
        assert client.line().startswith("220 ")
    assert troubles == []
