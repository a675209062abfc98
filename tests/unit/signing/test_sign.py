"""Signatures: known answers, an independent verifier, and what is never signed."""

from __future__ import annotations

import base64
import re
from datetime import timedelta
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from dkim.util import parse_tag_value
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.signing.canonical import body_hash, split
from gateway.signing.keys import Key, KeyRing
from gateway.signing.sign import OVERSIGNED, SigningFailed, sign, sign_for
from tests.unit.signing.material import DOMAIN, MESSAGE, OBSOLETE, WHEN, dns, ed25519_key, rsa_key

CORPUS = sorted((Path(__file__).parents[2] / "corpus").glob("*.eml"))

# RFC 8463 appendix A: the keys, the message and the signatures that must come out.
RFC_ED25519 = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A="
RFC_RSA = b"""-----BEGIN RSA PRIVATE KEY-----
MIICXQIBAAKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQi
Y/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqM
KrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB
AoGAH0cxOhFZDgzXWhDhnAJDw5s4roOXN4OhjiXa8W7Y3rhX3FJqmJSPuC8N9vQm
6SVbaLAE4SG5mLMueHlh4KXffEpuLEiNp9Ss3O4YfLiQpbRqE7Tm5SxKjvvQoZZe
zHorimOaChRL2it47iuWxzxSiRMv4c+j70GiWdxXnxe4UoECQQDzJB/0U58W7RZy
6enGVj2kWF732CoWFZWzi1FicudrBFoy63QwcowpoCazKtvZGMNlPWnC7x/6o8Gc
uSe0ga2xAkEA8C7PipPm1/1fTRQvj1o/dDmZp243044ZNyxjg+/OPN0oWCbXIGxy
WvmZbXriOWoSALJTjExEgraHEgnXssuk7QJBALl5ICsYMu6hMxO73gnfNayNgPxd
WFV6Z7ULnKyV7HSVYF0hgYOHjeYe9gaMtiJYoo0zGN+L3AAtNP9huqkWlzECQE1a
licIeVlo1e+qJ6Mgqr0Q7Aa7falZ448ccbSFYEPD6oFxiOl9Y9se9iYHZKKfIcst
o7DUw1/hz2Ck4N5JrgUCQQCyKveNvjzkkd8HjYs0SwM0fPjK16//5qDZ2UiDGnOe
uEzxBDAr518Z8VFbR41in3W4Y3yCDgQlLlcETrS+zYcL
-----END RSA PRIVATE KEY-----
"""
RFC_MESSAGE = (
    b"From: Joe SixPack <joe@football.example.com>\r\n"
    b"To: Suzie Q <suzie@shopping.example.net>\r\n"
    b"Subject: Is dinner ready?\r\n"
    b"Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n"
    b"Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n"
    b"\r\nHi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n"
)
RFC_BODY_HASH = "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8="
RFC_SIGNED = (
    b"from:Joe SixPack <joe@football.example.com>\r\n"
    b"to:Suzie Q <suzie@shopping.example.net>\r\n"
    b"subject:Is dinner ready?\r\n"
    b"date:Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n"
    b"message-id:<20030712040037.46341.5F8J@football.example.com>\r\n"
    b"dkim-signature:v=1; a=%s; c=relaxed/relaxed; d=football.example.com; i=@football.example.com; q=dns/txt; "
    b"s=%s; t=1528637909; h=from : to : subject : date : message-id : from : subject : date; "
    b"bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=; b="
)


def tags(header: bytes) -> dict[bytes, bytes]:
    return parse_tag_value(re.sub(rb"\r\n", b"", header.partition(b":")[2]))


def headers_of(signatures: bytes) -> list[bytes]:
    return [part + b"\r\n" for part in re.split(rb"\r\n(?![ \t])", signatures.removesuffix(b"\r\n"))]


def test_rfc_8463_body_hash() -> None:
    digest = body_hash(RFC_MESSAGE, split(RFC_MESSAGE)[1])
    assert base64.b64encode(digest).decode() == RFC_BODY_HASH


def test_rfc_8463_ed25519_signature() -> None:
    key = Key(
        "football.example.com",
        "brisbane",
        Ed25519PrivateKey.from_private_bytes(base64.b64decode(RFC_ED25519)),
    )
    made = base64.b64encode(key.sign(RFC_SIGNED % (b"ed25519-sha256", b"brisbane"))).decode()
    assert made == "/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11BusFa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw=="


def test_rfc_8463_rsa_signature() -> None:
    private = load_pem_private_key(RFC_RSA, None)
    assert isinstance(private, RSAPrivateKey)
    made = Key("football.example.com", "test", private).sign(RFC_SIGNED % (b"rsa-sha256", b"test"))
    assert base64.b64encode(made).decode() == (
        "F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGd"
        "aSGsgeefOsk2JzdA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8="
    )


def test_the_whole_field_is_what_the_same_key_gives_for_what_it_says() -> None:
    """The signature is over the named fields and the field itself, put together here by hand from the RFC."""
    key = Key(
        "football.example.com",
        "brisbane",
        Ed25519PrivateKey.from_private_bytes(base64.b64decode(RFC_ED25519)),
    )
    header = sign(RFC_MESSAGE, [key], WHEN)
    value = re.sub(rb"\s+", b" ", header.partition(b":")[2]).strip()
    unsigned, _, mark = value.partition(b" b=")
    fields = RFC_SIGNED.partition(b"dkim-signature:")[0]
    assert base64.b64decode(mark.replace(b" ", b"")) == key.sign(
        fields + b"dkim-signature:" + unsigned + b" b="
    )


def verified(message: bytes, keys: list[Key]) -> list[bool]:
    return [dkim.DKIM(message).verify(number, dnsfunc=dns(keys)) for number in range(len(keys))]


@pytest.mark.parametrize("keys", [["rsa"], ["ed25519"], ["rsa", "ed25519"]])
def test_an_independent_verifier_agrees(keys: list[str]) -> None:
    chosen = [{"rsa": rsa_key(), "ed25519": ed25519_key()}[name] for name in keys]
    signatures = sign(MESSAGE, chosen, WHEN)
    assert len(headers_of(signatures)) == len(chosen)
    assert verified(signatures + MESSAGE, chosen) == [True] * len(chosen)


@pytest.mark.parametrize("key", [rsa_key(), ed25519_key()], ids=["rsa", "ed25519"])
def test_no_byte_of_body_or_signed_fields_can_be_altered(key: Key) -> None:
    signature = sign(MESSAGE, [key], WHEN)
    for before, after in [
        (b"From: Councillor A", b"From: Councillor B"),
        (b"resident@", b"resideNt@"),
        (b"who", b"whe"),
        (b"Date: Thu, 7", b"Date: Thu, 8"),
        (b"neighbour", b"neighbout"),
        (b"A\r\n\r\n\r\n", b"B\r\n\r\n\r\n"),
        (b"charset=utf-8", b"charset=utf-7"),
    ]:
        altered = MESSAGE.replace(before, after)
        assert altered != MESSAGE
        try:
            valid = dkim.DKIM(signature + altered).verify(dnsfunc=dns([key]))
        except dkim.ValidationError:
            valid = False
        assert not valid, before


@pytest.mark.parametrize("name", OVERSIGNED)
def test_nobody_can_add_a_field_that_is_read(name: str) -> None:
    signature = sign(MESSAGE, [rsa_key()], WHEN)
    added = f"{name}: something@else.example\r\n".encode()
    assert not dkim.DKIM(signature + added + MESSAGE).verify(dnsfunc=dns([rsa_key()]))


def test_trace_may_be_added_on_the_way() -> None:
    signature = sign(MESSAGE, [rsa_key()], WHEN)
    added = b"Received: from us by them\r\nAuthentication-Results: them; dkim=pass\r\nSender: list@them.example\r\n"
    assert dkim.DKIM(added + signature + MESSAGE).verify(dnsfunc=dns([rsa_key()]))


def test_the_tags() -> None:
    found = tags(sign(MESSAGE, [rsa_key()], WHEN))
    assert found[b"v"] == b"1"
    assert found[b"a"] == b"rsa-sha256"
    assert found[b"c"] == b"relaxed/relaxed"
    assert found[b"d"] == DOMAIN.encode()
    assert found[b"s"] == b"r2026"
    assert found[b"t"] == str(int(WHEN.timestamp())).encode()
    assert b"l" not in found
    assert found[b"bh"] == base64.b64encode(body_hash(MESSAGE, split(MESSAGE)[1]))
    names = [name.strip().lower() for name in found[b"h"].split(b":")]
    assert names.count(b"from") == 2
    assert names.count(b"cc") == 1
    assert names.count(b"sender") == 0
    assert names.count(b"received") == 0


def test_resent_and_list_fields_are_signed_as_often_as_they_occur() -> None:
    resent = (
        b"Resent-From: a@b.example\r\nResent-From: c@d.example\r\nList-Unsubscribe: <https://b.example>\r\n"
    )
    found = tags(sign(resent + MESSAGE, [ed25519_key()], WHEN))
    names = [name.strip().lower() for name in found[b"h"].split(b":")]
    assert names.count(b"resent-from") == 2
    assert names.count(b"list-unsubscribe") == 1
    assert verified(sign(resent + MESSAGE, [ed25519_key()], WHEN) + resent + MESSAGE, [ed25519_key()]) == [
        True
    ]


def test_lines_stay_short_enough_for_any_relay() -> None:
    many = b"".join(b"Resent-To: someone%d@example.net\r\n" % number for number in range(200))
    for line in sign(many + MESSAGE, [rsa_key(), ed25519_key()], WHEN).split(b"\r\n"):
        assert len(line) <= 100


@pytest.mark.parametrize(
    "message",
    [
        MESSAGE.replace(b"neighbour,", b"neighbour,\n"),
        MESSAGE.replace(b"neighbour,", b"neighbour,\r"),
        MESSAGE.replace(b"neighbour,", b"neighbour,\0"),
        MESSAGE.replace(b"\r\nTo:", b"\nTo:"),
        MESSAGE.replace(b"From:", b"Frob:"),
        MESSAGE.replace(b"To: Resident", b"To Resident"),
        b"",
        b"\r\n\r\nno header\r\n",
    ],
)
def test_what_cannot_be_signed_is_said_to_be_so_for_good(message: bytes) -> None:
    with pytest.raises(SigningFailed) as failure:
        sign(message, [rsa_key()], WHEN)
    assert failure.value.lasting
    assert "Resident" not in str(failure.value)


def test_without_keys_nothing_is_added() -> None:
    assert sign(MESSAGE, [], WHEN) == b""
    assert sign_for("elsewhere.example", MESSAGE, KeyRing([rsa_key()]), WHEN) == b""


@pytest.mark.parametrize("domain", ["", "not a domain", "a..b", "-.example"])
def test_a_from_without_a_domain_is_a_failure_and_not_an_absent_key(domain: str) -> None:
    with pytest.raises(SigningFailed):
        sign_for(domain, MESSAGE, KeyRing([rsa_key()]), WHEN)


def test_the_time_is_the_one_given() -> None:
    later = sign(MESSAGE, [ed25519_key()], WHEN + timedelta(hours=1))
    assert int(tags(later)[b"t"]) == int(WHEN.timestamp()) + 3600


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_odd_messages_verify(path: Path) -> None:
    message = re.sub(rb"\r?\n", b"\r\n", path.read_bytes())
    if b"\0" in message or message.count(b"\r") != message.count(b"\r\n"):
        pytest.skip("not a message that is ever signed")
    if OBSOLETE.search(message.partition(b"\r\n\r\n")[0]):
        pytest.skip("legal, and more than the verifier can read")
    keys = [rsa_key(), ed25519_key()]
    signatures = sign(message, keys, WHEN)
    assert verified(signatures + message, keys) == [True, True]


NAMES = st.sampled_from(
    [
        "From",
        "FROM",
        "To",
        "Cc",
        "Subject",
        "subject",
        "Date",
        "X-Odd",
        "Received",
        "List-Id",
        "Resent-From",
        "Sender",
    ]
)
VALUES = st.text(alphabet=' \t\xe9ab<>@,;:=\\"()', max_size=60).map(lambda text: text.encode())
FOLDED = st.lists(VALUES, min_size=1, max_size=3).map(b"\r\n ".join)
FIELDS = st.lists(st.tuples(NAMES, FOLDED), max_size=12)
BODIES = st.lists(st.text(alphabet=" \t.-=ab\xe9\x0c", max_size=80).map(str.encode), max_size=20).map(
    b"\r\n".join
)


@settings(deadline=None)
@given(fields=FIELDS, body=BODIES, ends=st.booleans())
def test_generated_messages_verify(fields: list[tuple[str, bytes]], body: bytes, ends: bool) -> None:
    header = b"".join(
        name.encode() + b":" + value + b"\r\n" for name, value in [("From", b" a@b.example"), *fields]
    )
    message = header + b"\r\n" + body + (b"\r\n" if ends else b"")
    keys = [rsa_key(), ed25519_key()]
    # What is sent ends with CRLF, whether it did when it was signed or not.
    sent = sign(message, keys, WHEN) + message + (b"" if message.endswith(b"\r\n") else b"\r\n")
    assert verified(sent, keys) == [True, True]
