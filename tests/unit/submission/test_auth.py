"""Logins: SASL octets, the brake, hashing, and where passwords are checked."""

from __future__ import annotations

import base64
import os
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from ipaddress import IPv4Address, ip_address

import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from gateway.submission.auth import sasl
from gateway.submission.auth.accounts import Account
from gateway.submission.auth.authenticator import Later, Local, Unavailable, Wrong
from gateway.submission.auth.hashing import Hashing
from gateway.submission.auth.passthrough import PassThrough
from gateway.submission.auth.passwords import check_new_password, hash_password
from gateway.submission.auth.sasl import Credentials, Malformed, NotBase64
from gateway.submission.auth.throttle import Throttle
from gateway.upstream.smtp_login import NoAnswer
from tests.dialogs.house import CHEAP, LOGIN, PASSWORD, MemoryAccounts, authenticator

HERE = IPv4Address("192.0.2.1")
THERE = IPv4Address("198.51.100.1")


Through = Callable[["Server"], Callable[..., Awaitable[bool]]]


class Clock:
    """Time that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def hashing() -> AsyncIterator[Hashing]:
    hashing = Hashing(2, CHEAP)
    yield hashing
    hashing.close()


# SASL.


@settings(deadline=None)
@given(st.text(min_size=1), st.text(min_size=1), st.sampled_from(["", "same", "other"]))
def test_plain_gives_back_what_was_put_in(login: str, password: str, acting_for: str) -> None:
    if not all(encodable(text) for text in (login, password)) or "\0" in login + password:
        return
    acting = {"": "", "same": login, "other": login + "x"}[acting_for]
    message = f"{acting}\0{login}\0{password}".encode()
    try:
        credentials = sasl.plain(message)
    except Malformed:
        assert acting_for == "other" or any(ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0 for char in password)
        return
    assert acting_for != "other"
    assert credentials.login == login
    assert sasl.prepare(credentials.password) == credentials.password


def encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_octets_are_credentials_or_malformed(octets: bytes) -> None:
    for decode in (sasl.plain, lambda message: sasl.credentials(message, message)):
        try:
            credentials = decode(octets)
        except Malformed:
            continue
        assert "\0" not in credentials.login + credentials.password
        assert credentials.login
        assert credentials.password


@settings(deadline=None)
@given(st.binary(max_size=100))
def test_any_answer_is_base64_or_not(answer: bytes) -> None:
    try:
        octets = sasl.decode(answer)
    except NotBase64:
        return
    assert answer == b"=" or base64.b64encode(octets) == answer or base64.b64decode(answer) == octets


@pytest.mark.parametrize(
    "answer", [b"%%%%", b"YQ", b"YQ=", b"Y Q==", b"YQ==YQ==", b"YQ==\n", b"\xff\xff", b"===="]
)
def test_what_is_no_base64(answer: bytes) -> None:
    with pytest.raises(NotBase64):
        sasl.decode(answer)


def test_passwords_are_compared_as_people_mean_them() -> None:
    """RFC 8265 §4.2: composed or not, and whatever the space bar gives."""
    assert sasl.prepare("pa\u0301nt\u00a0\u3000x") == sasl.prepare("pánt  x")
    assert sasl.prepare("Ａ") != sasl.prepare("A")


def test_credentials_never_show_themselves() -> None:
    assert repr(Credentials("clerk", "hunter2")) == "Credentials()"
    assert "hash" not in repr(Account("clerk", "$argon2id$hash", False, ())).replace("password_hash", "")


# The brake.


def test_attempts_run_out_and_come_back(clock: Clock) -> None:
    throttle = Throttle(6, clock)
    assert [throttle.take(LOGIN, HERE) for _ in range(7)] == [True] * 6 + [False]
    clock.now += 10
    assert [throttle.take(LOGIN, HERE) for _ in range(2)] == [True, False]


def test_an_account_is_protected_from_many_networks_and_a_network_from_many_accounts(clock: Clock) -> None:
    throttle = Throttle(3, clock)
    peers = [ip_address(f"192.0.2.{number}") for number in range(4)]
    assert [throttle.take(LOGIN, peer) for peer in peers] == [True, True, True, False]
    logins = [f"{number}@example.org" for number in range(4)]
    assert [throttle.take(login, THERE) for login in logins] == [True, True, True, False]


def test_an_ipv6_network_is_a_64(clock: Clock) -> None:
    throttle = Throttle(1, clock)
    assert throttle.take("a@b.c", ip_address("2001:db8::1"))
    assert not throttle.take("d@e.f", ip_address("2001:db8::ffff:0:0:1"))
    assert throttle.take("d@e.f", ip_address("2001:db8:0:1::1"))


def test_guessing_from_elsewhere_locks_nobody_out(clock: Clock) -> None:
    throttle = Throttle(5, clock)
    assert throttle.take(LOGIN, HERE)
    throttle.succeeded(LOGIN, HERE)
    while throttle.take(LOGIN, THERE):
        pass
    assert not throttle.take(LOGIN, IPv4Address("203.0.113.1"))
    assert throttle.take(LOGIN, HERE)


def test_success_forgives_half(clock: Clock) -> None:
    throttle = Throttle(8, clock)
    for _ in range(7):
        assert throttle.take(LOGIN, HERE)
    assert throttle.take(LOGIN, HERE)
    throttle.succeeded(LOGIN, HERE)
    elsewhere = [throttle.take(LOGIN, THERE) for _ in range(5)]
    assert elsewhere == [True] * 4 + [False]


def test_the_brake_does_not_grow_without_end(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.submission.auth.throttle._MOST_BUCKETS", 100)
    throttle = Throttle(5, clock)
    for number in range(1000):
        peer = ip_address(f"10.0.{number // 250}.{number % 250}")
        assert throttle.take(f"{number}@example.org", peer)
        throttle.succeeded(f"{number}@example.org", peer)
    assert len(throttle._buckets) <= 100
    assert len(throttle._familiar) <= 100


# Hashing.


async def test_unknown_logins_cost_as_much_as_known_ones() -> None:
    """With the real costs. The dummy has the parameters of the day, as have passwords that are set.

    The same work is what counts; the times are compared loosely, for the machine may be busy.
    """
    hashing = Hashing(1)
    known = hash_password(PASSWORD)
    assert known.split("$")[1:4] == hashing._dummy.split("$")[1:4]

    async def seconds(password_hash: str | None) -> float:
        began = time.perf_counter()
        assert not await hashing.matches(password_hash, "wrong")
        return time.perf_counter() - began

    with_hash = min([await seconds(known) for _ in range(5)])
    without = min([await seconds(None) for _ in range(5)])
    hashing.close()
    assert 0.1 < without / with_hash < 10


async def test_a_hash_that_cannot_be_read_matches_nothing(hashing: Hashing) -> None:
    assert not await hashing.matches("plain text", "plain text")


async def test_hashing_gives_way_to_the_loop(hashing: Hashing) -> None:
    """Its threads, and theirs, have a lower priority than whoever asks."""
    mine = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    theirs = await hashing._run(lambda: os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
    assert theirs > mine or mine == 19
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == mine


# The only way in.


@pytest.fixture
def accounts() -> MemoryAccounts:
    accounts = MemoryAccounts()
    accounts.add(LOGIN, PASSWORD)
    accounts.add("gone@littlewickham-pc.example", PASSWORD, disabled=True)
    accounts.add("ended@littlewickham-pc.example", PASSWORD, councils=())
    accounts.add("empty@littlewickham-pc.example", None)
    return accounts


def failures(reason: str) -> float:
    return REGISTRY.get_sample_value("vestry_auth_failures_total", {"reason": reason}) or 0.0


@pytest.mark.parametrize(
    ("login", "password", "reason"),
    [
        (LOGIN, "wrong", "credentials"),
        ("nobody@littlewickham-pc.example", PASSWORD, "unknown"),
        ("no address at all", PASSWORD, "unknown"),
        ("gone@littlewickham-pc.example", PASSWORD, "disabled"),
        ("ended@littlewickham-pc.example", PASSWORD, "ended"),
        ("empty@littlewickham-pc.example", PASSWORD, "credentials"),
        ("empty@littlewickham-pc.example", "nobody has this password", "credentials"),
        ("nobody@littlewickham-pc.example", "nobody has this password", "unknown"),
    ],
)
async def test_all_that_is_wrong_is_wrong(
    hashing: Hashing, accounts: MemoryAccounts, clock: Clock, login: str, password: str, reason: str
) -> None:
    way_in = authenticator(accounts, Local(hashing), 5, clock)
    before = failures(reason)
    with structlog.testing.capture_logs() as lines, pytest.raises(Wrong):
        await way_in.authenticate(Credentials(login, password), HERE)
    assert failures(reason) == before + 1
    [line] = [line for line in lines if line["event"] == "auth failed"]
    assert (line["peer"], line["reason"]) == ("192.0.2.1", reason)
    assert line.get("login") == (login if reason != "unknown" else None)


async def test_the_account_that_logged_in(hashing: Hashing, accounts: MemoryAccounts, clock: Clock) -> None:
    way_in = authenticator(accounts, Local(hashing), 5, clock)
    account = await way_in.authenticate(Credentials(LOGIN.upper(), PASSWORD), HERE)
    assert account.login == LOGIN


async def test_no_work_is_done_for_what_is_throttled(accounts: MemoryAccounts, clock: Clock) -> None:
    class Never:
        async def matches(self, account: Account | None, credentials: Credentials) -> bool:
            raise AssertionError("asked")

    way_in = authenticator(accounts, Never(), 1, clock)
    assert way_in._throttle.take(LOGIN, THERE)
    with pytest.raises(Later):
        await way_in.authenticate(Credentials(LOGIN, PASSWORD), HERE)


async def test_what_cannot_be_checked_costs_no_attempt(accounts: MemoryAccounts, clock: Clock) -> None:
    class Away:
        async def matches(self, account: Account | None, credentials: Credentials) -> bool:
            raise Unavailable

    way_in = authenticator(accounts, Away(), 2, clock)
    for _ in range(5):
        with pytest.raises(Later):
            await way_in.authenticate(Credentials(LOGIN, PASSWORD), HERE)
    assert failures("unavailable") >= 5


# Passing through.


class Server:
    """A mail server that knows a password, or is away."""

    def __init__(self, password: str = PASSWORD) -> None:
        self.password = password
        self.away = False
        self.asked: list[str] = []

    async def __call__(self, account: Account, password: str) -> bool:
        self.asked.append(account.login)
        if self.away:
            raise NoAnswer("connect 451")
        return password == self.password


ACCOUNT = Account(LOGIN, None, False, ("littlewickham",), "default")


@pytest.fixture
def through(accounts: MemoryAccounts, clock: Clock) -> Through:
    """`through(server)(password)`: whether one gets in, with passwords checked at the server."""

    def made(server: Server) -> Callable[..., Awaitable[bool]]:
        accounts.accounts[LOGIN] = ACCOUNT
        way_in = authenticator(accounts, PassThrough(server, clock), 20, clock)

        async def gets_in(password: str = PASSWORD, login: str = LOGIN) -> bool:
            try:
                return (await way_in.authenticate(Credentials(login, password), HERE)).login == login
            except Wrong:
                return False

        return gets_in

    return made


async def test_a_password_is_asked_for_once_in_ten_minutes(through: Through, clock: Clock) -> None:
    server = Server()
    gets_in = through(server)
    for _ in range(3):
        assert await gets_in()
    assert server.asked == [LOGIN]
    clock.now += 601
    assert await gets_in()
    assert server.asked == [LOGIN] * 2


async def test_another_password_is_asked_for_and_forgets_nothing(through: Through) -> None:
    server = Server()
    gets_in = through(server)
    assert await gets_in()
    assert not await gets_in("wrong")
    server.away = True
    assert await gets_in()
    assert len(server.asked) == 2
    with pytest.raises(Later):
        await gets_in("another")


async def test_a_password_changed_at_the_server_is_taken_at_once(through: Through) -> None:
    server = Server()
    gets_in = through(server)
    assert await gets_in()
    server.password = "another horse battery"
    assert await gets_in("another horse battery")


async def test_only_known_logins_are_passed_on(through: Through) -> None:
    server = Server()
    gets_in = through(server)
    for login in (
        "nobody@littlewickham-pc.example",
        "gone@littlewickham-pc.example",
        "ended@littlewickham-pc.example",
    ):
        assert not await gets_in(login=login)
    assert server.asked == []
    assert await gets_in()


async def test_a_server_that_is_away_is_no_wrong_password(through: Through) -> None:
    server = Server()
    server.away = True
    with structlog.testing.capture_logs() as lines, pytest.raises(Later):
        await through(server)()
    assert {"event": "password check unavailable", "reason": "connect 451"}.items() <= lines[0].items()
    assert PASSWORD not in str(lines)


# New passwords.


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "vestry-demo",
        "password1234",
        "qwertyuiop[]",
        "aaaaaaaaaaaaaaaa",
        "clerk@littlewickham",
        "littlewickham1",
        "abcdefghijkl",
        "x" * 257,
        "tab\tand then some more words",
    ],
)
def test_passwords_that_are_no_good(password: str) -> None:
    complaints = check_new_password(password, [LOGIN, "Jane Penhaligon", "Little Wickham Parish Council"])
    assert complaints
    assert all(sentence.endswith(".") or sentence[0].isupper() for sentence in complaints)
    assert password not in " ".join(complaints)


@pytest.mark.parametrize(
    "password",
    ["correct horse battery", "tapir-Umbrella-gravel", "ŵyn bach gwlanog du", "k3#vR9!qLm2$xT" * 10],
)
def test_passwords_that_are_good(password: str) -> None:
    assert check_new_password(password, [LOGIN]) == []
    assert CHEAP.verify(hash_password(password), sasl.prepare(password))
