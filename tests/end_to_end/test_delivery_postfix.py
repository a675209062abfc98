"""Delivery to a real mail server: Postfix with TLS and logins, and whatever it finds to refuse."""

from __future__ import annotations

import asyncio
import email
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flufl.bounce import all_failures
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.archive.verify import verify
from tests.peers.postfix import LOGIN, PASSWORD, Postfix
from tests.unit.delivery.conftest import COUNCIL, RAW, TRACE, House, council, house, ticking  # noqa: F401  # fixtures
from tests.unit.delivery.test_runner import running

pytestmark = pytest.mark.neighbour("postfix", "dovecot")

ADDED = re.compile(rb"\ADKIM-Signature: [^\r\n]*\r\n" + re.escape(TRACE) + rb"X-Council: yes\r\n")


@pytest.fixture(scope="module")
def postfix() -> Iterator[Postfix]:
    """One that wants a login, for all tests here that leave it as it is."""
    with Postfix.running(
        refuse={"^nobody@": "550 5.1.1 no such user", "^later@": "451 4.2.1 not just now"},
        certificate_for=("127.0.0.1",),
    ) as running:
        yield running


@pytest.fixture(scope="module")
def open_postfix() -> Iterator[Postfix]:
    """One that takes mail from anyone on this machine, of 200 kB at most."""
    with Postfix.running(login=False, size=200_000) as running:
        yield running


@pytest.fixture
def serve(house: House) -> Callable[..., None]:  # a fixture asked for by its name
    """`serve(postfix, **changes)`: deliver to it, with STARTTLS and login unless changed."""

    def to(postfix: Postfix, **changes: Any) -> None:
        usual = {
            "port": postfix.port,
            "tls": "starttls",
            "ca": postfix.ca,
            "username": LOGIN,
            "password": PASSWORD,
        }
        house.serve(default=usual | changes)

    return to


def recipient() -> str:
    """An address that nobody else uses."""
    return f"r{time.monotonic_ns()}@there.example"


MODES = [
    pytest.param({"tls": "starttls"}, True, id="starttls"),
    pytest.param({"tls": "implicit"}, True, id="implicit"),
    pytest.param({"tls": "opportunistic", "username": None, "password": None}, False, id="opportunistic"),
]


@pytest.mark.parametrize(("changes", "login"), MODES)
async def test_every_way_of_connecting(house: House, serve, postfix, open_postfix, changes, login):
    upstream = postfix if login else open_postfix
    if changes["tls"] == "implicit":
        changes = changes | {"port": upstream.smtps}
    serve(upstream, **changes)
    to = recipient()
    message = await house.submit(to)
    await house.turn()
    assert await house.states(message) == {to: "sent"}
    [received] = upstream.wait_for(to)
    assert b"(using TLSv1.3 with cipher" in received
    assert (b"with ESMTPSA" if login else b"with ESMTPS ") in received
    [sent] = upstream.sent(to)
    assert ADDED.sub(b"", sent) == RAW
    assert await house.database.read(lambda c: list(verify(c, COUNCIL))) == []


NAMES = st.sampled_from([b"From", b"To", b"Subject", b"X-Odd", b"Comments", b"x-lower", b"Received", b"Bcc"])
TEXT = st.binary(max_size=120).map(lambda text: re.sub(rb"[\x00\r\n]", b"", text))
SEVEN_BIT = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=120).map(str.encode)
FIELDS = st.lists(
    st.builds(
        lambda name, space, value, folds: (
            name + b":" + space + value + b"".join(b"\r\n\t" + f for f in folds)
        ),
        NAMES,
        st.sampled_from([b"", b" ", b"  "]),
        SEVEN_BIT,
        st.lists(SEVEN_BIT.map(lambda text: b"x" + text), max_size=2),
    ),
    min_size=1,
    max_size=6,
)
LINES = st.lists(
    st.one_of(TEXT, st.sampled_from([b"", b".", b"..", b"From here on", b"\t", b" ", b"x" * 3000, b"--"])),
    max_size=12,
)
MESSAGES = st.builds(
    lambda fields, lines: (
        b"".join(f + b"\r\n" for f in fields) + b"\r\n" + b"".join(x + b"\r\n" for x in lines)
    ),
    FIELDS,
    LINES,
)


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(raws=st.lists(MESSAGES, min_size=10, max_size=25))
async def test_every_byte_below_our_trace_arrives_as_it_was(house: House, serve, open_postfix, raws):
    serve(open_postfix, tls="opportunistic", username=None, password=None)
    expected = {}
    for number, raw in enumerate(raws):
        expected[f"n{number}.{recipient()}"] = raw
    for to, raw in expected.items():
        await house.submit(to, raw=raw)
    while await house.turn():
        pass
    for to, raw in expected.items():
        [sent] = open_postfix.sent(to)
        assert ADDED.sub(b"", sent) == raw
    await house.upstreams.close()


async def test_one_connection_for_many_messages(house: House, serve, postfix):
    serve(postfix)
    to = recipient()
    for _ in range(5):
        await house.submit(to)
    await house.turn()
    postfix.wait_for(to, 5)
    await house.upstreams.close()
    async with asyncio.timeout(10):
        while not re.search(r"disconnect from .* auth=1 mail=5 rcpt=5 data=5 quit=1", postfix.log()):
            await asyncio.sleep(0.05)


async def test_some_recipients_refused(house: House, serve, postfix):
    serve(postfix)
    author = f"author-{recipient()}"
    good = recipient()
    message = await house.submit("nobody@there.example", good, "later@there.example", mail_from=author)
    await house.turn()
    assert await house.states(message) == {
        "nobody@there.example": "failed",
        good: "sent",
        "later@there.example": "queued",
    }
    await house.turn()  # The bounce goes out as mail does.
    [bounce] = postfix.sent(author)
    assert all_failures(email.message_from_bytes(bounce)) == (set(), {b"nobody@there.example"})
    assert b"nobody@there.example: Recipient address rejected: no such user" in bounce.replace(
        b"<", b""
    ).replace(b">", b"")
    assert postfix.inbox(author)[0].startswith(b"Return-Path: <>\r\n")


async def test_wrong_password_pauses_and_bounces_nothing(house: House, serve, postfix):
    serve(postfix, password="wrong")
    to = recipient()
    message = await house.submit(to)
    await house.turn()
    house.clock.move(days=30)
    await house.turn()
    assert await house.states(message) == {to: "queued"}
    assert await house.bounces() == []
    [departure] = await house.departures(message)
    assert departure["recipients"][0]["reply"].startswith("535 5.7.8")
    await house.upstreams.close()
    serve(postfix)
    house.clock.move(hours=1)
    await house.turn()
    assert len(postfix.wait_for(to)) == 1


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
@pytest.mark.parametrize("wrong", ["authority", "name"])
async def test_a_certificate_not_to_be_trusted(house: House, serve, postfix, open_postfix, tls, wrong):
    port = postfix.port if tls == "starttls" else postfix.smtps
    changes = {"ca": open_postfix.ca} if wrong == "authority" else {"host": "localhost"}
    serve(postfix, tls=tls, port=port, **changes)
    message = await house.submit()
    await house.turn()
    house.clock.move(days=30)
    await house.turn()
    assert await house.states(message) == {"a@there.example": "queued"}
    assert await house.bounces() == []
    [departure] = await house.departures(message)
    assert "its certificate is not trusted" in departure["recipients"][0]["reply"]


async def test_a_message_over_the_upstreams_size_comes_back(house: House, serve, open_postfix):
    serve(open_postfix, tls="opportunistic", username=None, password=None)
    author = f"author-{recipient()}"
    message = await house.submit(mail_from=author, raw=RAW + b"0123456789\r\n" * 20_000)
    await house.turn()
    assert await house.status(message) == {"a@there.example": "5.3.4"}
    await house.turn()
    [bounce] = open_postfix.sent(author)
    assert all_failures(email.message_from_bytes(bounce))[1] == {b"a@there.example"}


async def test_a_large_message_and_an_international_address(house: House, serve, postfix):
    serve(postfix)
    to = f"jürgen{recipient()}"
    raw = RAW + "Gemüse, dot-stuffed:\r\n.\r\n..\r\n".encode() * 300_000
    message = await house.submit(to, raw=raw)
    await house.turn()
    assert await house.states(message) == {to: "sent"}
    [sent] = postfix.sent(to)
    assert ADDED.sub(b"", sent) == raw


async def test_an_upstream_that_goes_and_comes_back(house: House):
    with Postfix.running(login=False) as upstream:
        house.serve(default={"port": upstream.port, "tls": "starttls", "ca": upstream.ca})
        async with ticking(house.clock, faster=100), running(house.runner()):
            before, meanwhile = recipient(), recipient()
            await house.submit(before)
            await asyncio.to_thread(upstream.wait_for, before)
            await asyncio.to_thread(upstream.stop)
            await house.submit(meanwhile)
            async with asyncio.timeout(10):
                while "default" not in house.upstreams.wanting_no_more():
                    await asyncio.sleep(0.01)
            await asyncio.to_thread(upstream.start)
            await asyncio.to_thread(upstream.wait_for, meanwhile)
            assert upstream.log().count("status=sent") == 2
        assert await house.bounces() == []
        await house.upstreams.close()
