"""The resolver against a name server of the test's own."""

from __future__ import annotations

import time

import pytest

from config.settings import RecipientSettings
from gateway.intake.resolve import Resolver, resolver_for
from tests.peers.name_server import BROKEN, SILENT, name_server

ZONE = {
    "mail.example": {"MX": ["10 mx.mail.example."]},
    "bare.example": {"A": ["192.0.2.1"]},
    "six.example": {"AAAA": ["2001:db8::1"]},
    "null.example": {"MX": ["0 ."]},
    "empty.example": {"TXT": ['"nothing here"']},
    "silent.example": SILENT,
    "broken.example": BROKEN,
}


@pytest.fixture
async def server():
    async with name_server(dict(ZONE)) as server:
        yield server


def resolver(server, **options) -> Resolver:
    return Resolver(["127.0.0.1"], port=server.port, **options)


@pytest.mark.parametrize(
    ("domain", "why"),
    [
        ("mail.example", None),
        ("bare.example", None),
        ("six.example", None),
        ("null.example", "takes no mail"),  # RFC 7505
        ("empty.example", "no mail server"),
        ("gone.example", "no such domain"),
        ("broken.example", None),
        ("[192.0.2.1]", None),
        ("a" * 64 + ".example", None),  # No name at all: that is for the check of its form.
    ],
)
async def test_what_the_dns_says(server, domain, why):
    found = await resolver(server).undeliverable([domain])
    assert [each.domain for each in found] == ([domain] if why else [])
    assert all(why in each.why for each in found)


async def test_silence_is_no_answer_and_costs_no_more_than_its_time(server):
    begun = time.monotonic()
    found = await resolver(server, seconds=0.3).undeliverable(
        ["silent.example", "gone.example", "mail.example"]
    )
    assert [each.domain for each in found] == ["gone.example"]
    assert time.monotonic() - begun < 2.0


async def test_nobody_there_is_no_answer():
    async with name_server({}) as server:
        port = server.port
    assert await Resolver(["127.0.0.1"], port=port, seconds=0.3).undeliverable(["gone.example"]) == ()


async def test_an_answer_is_kept_for_an_hour_and_silence_is_not(server):
    now = [0.0]
    kept = resolver(server, seconds=0.2, monotonic=lambda: now[0])
    for _ in range(2):
        assert len(await kept.undeliverable(["gone.example", "mail.example", "broken.example"])) == 1
    assert server.asked["gone.example", "MX"] == server.asked["mail.example", "MX"] == 1
    before = server.asked["broken.example", "MX"]
    server.zone["gone.example"] = {"MX": ["10 mx.gone.example."]}
    now[0] = 3599.0
    assert len(await kept.undeliverable(["gone.example", "broken.example"])) == 1
    assert server.asked["broken.example", "MX"] > before
    now[0] = 3601.0
    assert await kept.undeliverable(["gone.example"]) == ()


async def test_no_more_than_twenty_are_asked_about(server):
    found = await resolver(server).undeliverable([f"gone{number}.example" for number in range(30)])
    assert len(found) == len(server.asked) == 20


def test_who_is_asked_is_for_the_settings_to_say():
    assert resolver_for(RecipientSettings()) is None
    assert resolver_for(RecipientSettings(resolver="off")) is None
    one = resolver_for(RecipientSettings.model_validate({"resolver": ["192.0.2.53"]}))
    assert one is not None
    assert [each if isinstance(each, str) else each.address for each in one._resolver.nameservers] == [
        "192.0.2.53"
    ]
