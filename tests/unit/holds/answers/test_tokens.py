"""Addresses to answer to: genuine ones, forged ones, and what is kept of them."""

from __future__ import annotations

import base64
import string
from datetime import timedelta

import pytest

from config.address import canonical
from gateway.holds.answers import tokens
from gateway.holds.answers.options import Purpose
from gateway.store import answer_addresses, secrets
from gateway.store.models import AnswerAddressRow, SecretRow
from tests.unit.store.conftest import NOW, council, database, other_node, url  # noqa: F401  # fixtures

KEY = bytes(range(32))
JO = "jo@nether.example"


def made(council):
    return tokens.make(KEY, council, "M1", JO, Purpose.QUESTION, NOW)


def test_an_address_is_one_wherever_mail_goes(council):
    address = made(council).address
    assert canonical(address) == address
    assert address.endswith("@nether.example")
    assert len(address.partition("@")[0]) <= 64
    assert tokens.genuine(KEY, tokens.token_in(address))
    assert tokens.genuine(KEY, tokens.token_in(address.upper()))


def test_no_two_are_alike(council):
    assert len({made(council).address for _ in range(100)}) == 100


def test_a_token_with_any_letter_changed_is_forged(council):
    token = tokens.token_in(made(council).address)
    letters = string.ascii_lowercase + "234567"
    for place in range(len(token)):
        for letter in letters:
            if letter != token[place]:
                assert not tokens.genuine(KEY, token[:place] + letter + token[place + 1 :])


@pytest.mark.parametrize(
    "change", [lambda t: t[:-1], lambda t: t + "a", lambda t: t + "aaaaaaaa", lambda t: t * 2]
)
def test_a_token_of_another_length_is_forged(council, change):
    assert not tokens.genuine(KEY, change(tokens.token_in(made(council).address)))


def test_a_token_of_another_key_is_forged(council):
    assert not tokens.genuine(KEY[::-1], tokens.token_in(made(council).address))
    assert not tokens.genuine(None, tokens.token_in(made(council).address))


def test_chance_alone_is_forged():
    token = base64.b32encode(bytes(26)).decode().rstrip("=").lower()
    assert not tokens.genuine(KEY, token)


@pytest.mark.parametrize(
    "address",
    [
        "answer@nether.example",
        "answer-phone@nether.example",
        "answer-@nether.example",
        "xanswer-" + "a" * 42 + "@nether.example",
        "answer-" + "a" * 41 + "1@nether.example",
        "answer-" + "a" * 58 + "@nether.example",
        "clerk@nether.example",
    ],
)
def test_what_is_no_such_address(address):
    assert tokens.token_in(address) is None


def test_a_digest_is_kept_and_never_the_token(database, council):
    address = database.write_blocking(
        lambda c: tokens.issue(c, council, "M1", JO, Purpose.QUESTION, NOW, 2.0)
    )
    token = tokens.token_in(address)
    found = database.read_blocking(lambda c: answer_addresses.find(c, tokens.digest(token)))
    assert (found.council, found.message, found.login) == (council.id, "M1", JO)
    assert found.expires_at == NOW + timedelta(days=2)
    assert found.used_at is None
    rows = database.read_blocking(lambda c: c.execute(AnswerAddressRow.__table__.select()).all())
    assert token not in repr(rows)


def test_using_one_uses_all_that_ask_the_same_person_the_same(database, council):
    def issue(message, purpose, login=JO):
        address = database.write_blocking(lambda c: tokens.issue(c, council, message, login, purpose, NOW))
        digest = tokens.digest(tokens.token_in(address))
        return lambda: database.read_blocking(lambda c: answer_addresses.find(c, digest))

    first, second = issue("M1", Purpose.QUESTION), issue("M1", Purpose.QUESTION)
    others = [
        issue("M2", Purpose.QUESTION),
        issue("M1", Purpose.HOLD),
        issue("M1", Purpose.QUESTION, "clerk@nether.example"),
    ]
    database.write_blocking(lambda c: answer_addresses.use(c, first(), NOW, "A1"))
    assert [first().used_by, second().used_by] == ["A1", "A1"]
    assert [each().used_at for each in others] == [None, None, None]
    database.write_blocking(lambda c: answer_addresses.use(c, second(), NOW + timedelta(days=1), "A2"))
    assert first().used_by == "A1"


def test_all_nodes_have_one_key(database, other_node):
    assert database.read_blocking(lambda c: secrets.find(c, "k")) is None
    key = database.write_blocking(lambda c: secrets.made(c, "k"))
    assert other_node.write_blocking(lambda c: secrets.made(c, "k")) == key
    assert other_node.read_blocking(lambda c: secrets.find(c, "k")) == key
    assert database.write_blocking(lambda c: secrets.made(c, "other")) != key
    assert len(database.read_blocking(lambda c: c.execute(SecretRow.__table__.select()).all())) == 2
    assert len(key) == 32
