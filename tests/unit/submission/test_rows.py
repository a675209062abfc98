"""The eighteen defaults of aiosmtpd that a submission server must not have (docs/decisions.md), one test each.

Numbered as in the list there. Where a dialog shows more of it, the test names the dialog.
"""

from __future__ import annotations

import contextlib
import re
import select
import threading
import time
from ipaddress import IPv4Address

import pytest
import structlog

from config.limits import LimitSettings
from gateway.submission import receive, replies
from gateway.submission.auth.accounts import Account
from gateway.submission.auth.authenticator import PasswordCheck
from gateway.submission.auth.hashing import Hashing
from gateway.submission.auth.sasl import Credentials
from tests.conftest import TlsFiles
from tests.dialogs.client import Client, plain
from tests.dialogs.house import LOGIN, PASSWORD, QUEUED, OpenHouse

OK = str(QUEUED.code)


def test_row_01_auth_works_under_implicit_tls(open_doors: OpenHouse, tls_files: TlsFiles) -> None:
    """See implicit_tls.txt."""
    with open_doors("tls") as house, Client(house.port(), str(tls_files.ca), tls=True) as client:
        client.line()
        client.send(b"EHLO client.example\r\n")
        assert "250-AUTH PLAIN LOGIN" in client.reply()
        assert client.log_in() == "235 2.7.0 Welcome"


@pytest.mark.parametrize("mechanism", ["plain", "Plain", "PLAIN"])
def test_row_02_mechanisms_in_any_case(open_doors: OpenHouse, tls_files: TlsFiles, mechanism: str) -> None:
    with open_doors("tls") as house, Client(house.port(), str(tls_files.ca), tls=True) as client:
        client.line()
        client.say("EHLO client.example")
        assert client.say(f"AUTH {mechanism} {plain(LOGIN, PASSWORD)}").startswith("235 ")


def test_row_03_long_logins_and_the_empty_initial_response(
    open_doors: OpenHouse, tls_files: TlsFiles
) -> None:
    """See auth_long.txt and auth_plain.txt."""
    password = "long " * 1800
    with open_doors("tls") as house, Client(house.port(), str(tls_files.ca), tls=True) as client:
        house.accounts.add(LOGIN, password)
        client.line()
        client.say("EHLO client.example")
        assert client.say("AUTH LOGIN =") == "334 UGFzc3dvcmQ6"
        assert client.say("eA==").startswith("535 5.7.8 ")
        assert len(plain(LOGIN, password)) > 12_000
        assert client.log_in(password=password).startswith("235 ")


def test_row_04_auth_inside_a_transaction_is_refused(open_doors: OpenHouse, tls_files: TlsFiles) -> None:
    with open_doors("starttls") as house, Client(house.port(), str(tls_files.ca)) as client:
        client.enter().begin()
        assert client.log_in() == "503 5.5.1 A message is being handed in already"
        assert client.data(b"a\r\n.\r\n").startswith(OK)


class _SlowCheck:
    """Takes its time in a thread, as argon2 does."""

    def __init__(self, hashing: Hashing) -> None:
        self.hashing = hashing
        self.begun = threading.Event()
        self.end = threading.Event()

    async def matches(self, account: Account | None, credentials: Credentials) -> bool:
        return await self.hashing._run(self._work)

    def _work(self) -> bool:
        self.begun.set()
        return self.end.wait(10)


def test_row_05_hashing_keeps_nobody_waiting(open_doors: OpenHouse, tls_files: TlsFiles) -> None:
    checks: list[_SlowCheck] = []

    def slow(hashing: Hashing) -> PasswordCheck:
        checks.append(_SlowCheck(hashing))
        return checks[0]

    with (
        open_doors("tls", check=slow) as house,
        Client(house.port(), str(tls_files.ca), tls=True) as one,
        Client(house.port(), str(tls_files.ca), tls=True) as other,
    ):
        for client in (one, other):
            client.line()
            client.say("EHLO client.example")
        one.send(f"AUTH PLAIN {plain(LOGIN, PASSWORD)}\r\n".encode())
        assert checks[0].begun.wait(10)
        assert other.say("NOOP") == "250 2.0.0 Ok"
        checks[0].end.set()
        assert one.line().startswith("235 ")


def test_row_06_everything_has_a_most(open_doors: OpenHouse, tls_files: TlsFiles) -> None:
    """See too_many_connections.txt, too_many_recipients.txt, too_many_errors.txt, auth_throttled.txt."""
    limits = LimitSettings(errors=4)
    with open_doors("tls", limits=limits, attempts_per_minute=2) as house:
        with Client(house.port(), str(tls_files.ca), tls=True) as client:
            client.line()
            client.say("EHLO client.example")
            said = [client.log_in(password="wrong")[:9] for _ in range(4)]
            assert said == ["535 5.7.8", "535 5.7.8", "454 4.7.0", "421 4.7.0"]
            assert client.closed()
        # Another connection does not begin anew.
        with Client(house.port(), str(tls_files.ca), tls=True) as client:
            client.line()
            client.say("EHLO client.example")
            assert client.log_in().startswith("454 4.7.0")


def test_row_07_no_login_is_logged(
    open_doors: OpenHouse, tls_files: TlsFiles, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "hunter2-typed-into-the-wrong-field"
    with (
        structlog.testing.capture_logs() as lines,
        open_doors("tls") as house,
        Client(house.port(), str(tls_files.ca), tls=True) as client,
    ):
        client.line()
        client.say("EHLO client.example")
        client.log_in(login=secret, password=secret)
        client.log_in(login=LOGIN, password=secret)
        client.log_in()
        client.begin().data(b"Subject: secret\r\n\r\nsecret\r\n.\r\n")
        house.accounts.away = True
        client.say("MAIL FROM:<secret@littlewickham-pc.example>")
    text = f"{lines} {caplog.text}"
    assert secret not in text
    assert plain(LOGIN, secret) not in text
    assert PASSWORD not in text
    assert "Subject" not in text
    assert "secret" not in text
    failed = [line for line in lines if line["event"] == "auth failed"]
    assert [(line["reason"], line.get("login"), line["peer"]) for line in failed] == [
        ("unknown", None, "127.0.0.1"),
        ("credentials", LOGIN, "127.0.0.1"),
    ]


def test_row_08_every_parameter_has_its_grammar(open_doors: OpenHouse, tls_files: TlsFiles) -> None:
    """See dsn.txt, mail_parameters.txt, smtputf8.txt. Values keep their case."""
    with open_doors("trusted") as house, Client(house.port()) as client:
        client.line()
        client.say("EHLO client.example")
        client.begin(mail=f"MAIL FROM:<{LOGIN}> RET=FULL ENVID=MixedCase AUTH=A@b.example BODY=8BITMIME")
        assert client.say("RCPT TO:<B@c.example> NOTIFY=FAILURE ORCPT=rfc822;MixedCase@c.example").startswith(
            "250"
        )
        assert client.say("MAIL FROM:<a@b.c> MT-PRIORITY=1").startswith("503 ")
        client.data(b"a\r\n.\r\n")
        envelope = house.intake.submissions[0].envelope
        assert envelope.envid == "MixedCase"
        assert envelope.recipients[1].orcpt == "rfc822;MixedCase@c.example"
        assert client.say("MAIL FROM:<a@b.c> MT-PRIORITY=1").startswith("555 5.5.4 ")


def test_row_09_extensions_and_enhanced_codes(open_doors: OpenHouse) -> None:
    """See hello.txt; test_replies.py holds every reply to its enhanced code."""
    with open_doors("starttls") as house, Client(house.port()) as client:
        client.line()
        client.send(b"EHLO client.example\r\n")
        offered = {line[4:].split()[0] for line in client.reply()[1:]}
        assert {
            "PIPELINING",
            "SIZE",
            "8BITMIME",
            "SMTPUTF8",
            "ENHANCEDSTATUSCODES",
            "DSN",
            "CHUNKING",
        } <= offered
        for command in ("NOOP", "RSET", "MAIL", "NONSENSE", "QUIT"):
            assert re.match(r"[245]\d\d [245]\.\d+\.\d+ ", client.say(command))


@pytest.mark.parametrize(
    "command", [b"EHLO a\rX-Evil: 1\r\n", b'MAIL FROM:<"a\rX-Evil: 1\r"@b.example>\r\n', b"NOOP \0\r\n"]
)
def test_row_10_no_control_character_in_a_command(open_doors: OpenHouse, command: bytes) -> None:
    """See lines.txt and bare_newline.txt."""
    with open_doors("trusted") as house, Client(house.port()) as client:
        client.line()
        client.send(command)
        assert client.reply()[-1].startswith("500 5.5.2 ")


@pytest.mark.parametrize(
    "end", [b"\n.\n", b"\r.\r", b"\r\n.\n", b"\n.\r\n", b"\r\n.\r", b"\r.\r\n", b"\r\n\0.\r\n", b"\n\n.\r\n"]
)
def test_row_11_content_ends_at_one_thing_only_and_holds_no_other(open_doors: OpenHouse, end: bytes) -> None:
    """What follows a false end stays content, and content with a false end is not taken."""
    smuggled = b"MAIL FROM:<chair@littlewickham-pc.example>\r\nRCPT TO:<a@example.org>\r\nDATA\r\nX\r\n"
    with open_doors("trusted") as house, Client(house.port()) as client:
        client.line()
        client.say("EHLO client.example")
        client.begin()
        assert client.data(b"Subject: a\r\n\r\na" + end + smuggled + b"\r\n.\r\n").startswith("550 5.6.0 ")
        assert client.say("NOOP") == "250 2.0.0 Ok"
        assert house.intake.submissions == []


def test_row_12_long_lines_are_taken(open_doors: OpenHouse) -> None:
    """See content.txt for the limit."""
    line = b"x" * 900_000 + b"\r\n"
    with open_doors("trusted") as house, Client(house.port()) as client:
        client.line()
        client.say("EHLO client.example")
        client.begin()
        assert client.data(line + b".\r\n").startswith(OK)
        assert house.intake.submissions[0].raw == line


def test_row_13_time_is_counted_from_the_last_octet(
    open_doors: OpenHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An upload longer than the idle time passes while it flows; one below the least rate does not."""
    limits = LimitSettings(idle_seconds=1.0)
    with open_doors("trusted", limits=limits) as house:
        with Client(house.port()) as client:
            client.line()
            client.say("EHLO client.example")
            client.begin()
            client.say("DATA")
            began = time.monotonic()
            while time.monotonic() - began < 1.6:
                client.send(b"x\r\n")
                time.sleep(0.1)
            client.send(b".\r\n")
            assert client.line().startswith(OK)
        monkeypatch.setattr(receive, "START_SECONDS", 0.3)
        with Client(house.port()) as client:
            client.line()
            client.say("EHLO client.example")
            client.begin()
            client.say("DATA")
            sent = 0
            while not select.select([client.socket], [], [], 0.05)[0]:
                client.send(b"x\r\n")
                sent += 1
                assert sent < 100
            assert client.line().startswith("421 4.4.2 The message came too slowly")


def test_row_14_limits_are_each_connections_own(open_doors: OpenHouse) -> None:
    command = f"MAIL FROM:<{LOGIN}> ENVID={'x' * 100} AUTH={'y' * 500}"
    with open_doors("trusted") as house, Client(house.port()) as one, Client(house.port()) as other:
        for client in (one, other):
            client.line()
            client.say("EHLO client.example")
        for _ in range(50):
            one.say("EHLO client.example")
        assert one.say("NOOP " + "x" * 2100).startswith("500 5.5.2 ")
        with Client(house.port()) as third:
            third.line()
        assert other.say(command).startswith("250 ")
        assert one.say(command).startswith("250 ")


@pytest.mark.parametrize(
    "path", ["<a b@c.example>", "<a>", "<(a)b@c.example>", "<a@b.example(c)>", "<é@c.example>", "a@b.example"]
)
def test_row_15_addresses_are_addresses(open_doors: OpenHouse, path: str) -> None:
    """See senders.txt."""
    with open_doors("trusted") as house, Client(house.port()) as client:
        client.line()
        client.say("EHLO client.example")
        assert client.say(f"MAIL FROM:{path}")[:9] in {"501 5.1.7", "553 5.6.7"}


@pytest.mark.parametrize("loop", ["uvloop", "asyncio"])
def test_row_16_starttls_once_and_an_end_after_it(
    open_doors: OpenHouse, tls_files: TlsFiles, loop: str
) -> None:
    """See starttls_injection.txt. The house fails the test where its loop meets an unhandled error."""
    with open_doors("starttls", loop=loop) as house:
        for goodbye in (True, False):
            with Client(house.port(), str(tls_files.ca)) as client:
                client.enter()
                assert client.say("STARTTLS") == "503 5.5.1 The connection is encrypted already"
                if goodbye:
                    client.say("QUIT")
        with Client(house.port()) as client:
            client.line()
            client.say("EHLO client.example")
            client.say("STARTTLS")
            client.send(b"this is no handshake\r\n")
            client.buffer = b""
            while client._receive():  # An alert, perhaps; and then the end.
                pass


def test_row_17_a_rush_is_greeted_and_a_shutdown_waits(open_doors: OpenHouse) -> None:
    """See shutdown.txt. A short backlog left a hundred of five hundred clients connected and never greeted."""

    with open_doors("trusted") as house:
        with contextlib.ExitStack() as stack:
            held_up = threading.Event()
            house.loop.call_soon_threadsafe(held_up.wait, 20)
            rush = [stack.enter_context(Client(house.port())) for _ in range(500)]
            held_up.set()
            assert all(client.line().startswith("220 ") for client in rush)
        port = house.port()
        with Client(port) as client:
            client.line()
            client.say("EHLO client.example")
            client.begin()
            assert client.say("DATA").startswith("354 ")
            draining = house.drain()
            client.send(b"Subject: just in time\r\n\r\na\r\n.\r\n")
            assert client.line().startswith(OK)
            assert client.line().startswith("421 4.3.2 ")
            assert client.closed()
            client.close()
            assert draining.result(10) == 0
        with pytest.raises(ConnectionRefusedError):
            Client(port)


def test_row_18_nobody_can_claim_another_address(open_doors: OpenHouse) -> None:
    """There is no PROXY header until a listener names whose headers it believes; `listeners._connect` is its place."""
    with open_doors("trusted") as house, Client(house.port()) as client:
        client.send(b"PROXY TCP4 192.0.2.1 192.0.2.2 1 25\r\n")
        assert client.line().startswith("220 ")
        assert client.line().startswith(f"{replies.UNKNOWN_COMMAND.code} ")
        client.say("EHLO client.example")
        client.begin().data(b"a\r\n.\r\n")
        assert IPv4Address(house.intake.submissions[0].origin.peer) == IPv4Address("127.0.0.1")
