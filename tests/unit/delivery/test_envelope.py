"""What is asked of an upstream, and what is not asked because it could not honour it."""

from __future__ import annotations

import email

import pytest
from flufl.bounce import all_failures

from filters.context import Recipient
from tests.unit.delivery.conftest import RAW, House

EVERYTHING = ("SIZE 1000000", "8BITMIME", "SMTPUTF8", "DSN")
EIGHT_BIT = RAW + "café\r\n".encode()
SEALED = RAW.replace(b"\r\n\r\n", b"\r\nContent-Type: application/pkcs7-mime\r\n\r\n\xe9", 1)
UTF8_HEADER = "From: Jó <jo@nether.example>\r\n\r\nHello\r\n".encode()
UMLAUT = "jürgen@straße.example"


SIZE = "SIZE"


def mail(upstream) -> list[str]:
    """The parameters of MAIL; a SIZE that is the size of what was sent counts as SIZE."""
    true = f"SIZE={len(upstream.messages[0])}"
    return [SIZE if said == true else said for said in upstream.said("MAIL")[0].split()[2:]]


@pytest.mark.parametrize(
    ("offers", "changes", "parameters"),
    [
        ((), {}, []),
        (("SIZE",), {}, [SIZE]),
        (("SIZE 0",), {}, [SIZE]),
        (EVERYTHING, {}, [SIZE]),
        (EVERYTHING, {"body": "8BITMIME"}, [SIZE, "BODY=8BITMIME"]),
        (EVERYTHING, {"raw": EIGHT_BIT}, [SIZE, "BODY=8BITMIME"]),
        (EVERYTHING, {"smtputf8": True}, [SIZE]),
        (EVERYTHING, {"smtputf8": True, "raw": UTF8_HEADER}, [SIZE, "BODY=8BITMIME", "SMTPUTF8"]),
        (("8BITMIME",), {"smtputf8": True, "raw": EIGHT_BIT}, ["BODY=8BITMIME"]),
        (EVERYTHING, {"mail_from": UMLAUT}, [SIZE, "SMTPUTF8"]),
        (EVERYTHING, {"ret": "HDRS", "envid": "QQ+2B1"}, [SIZE, "RET=HDRS", "ENVID=QQ+2B1"]),
        (("SIZE",), {"ret": "HDRS", "envid": "QQ+2B1"}, [SIZE]),
        (EVERYTHING, {"envid": "two words"}, [SIZE]),
    ],
)
async def test_parameters_of_mail(house: House, serving, offers, changes, parameters):
    upstream = await serving(offers=offers)
    message = await house.submit(**changes)
    await house.turn()
    assert mail(upstream) == parameters
    assert await house.states(message) == {"a@there.example": "sent"}


async def test_dsn_parameters_of_recipients_go_as_they_came(house: House, serving):
    upstream = await serving(offers=EVERYTHING)
    one = Recipient(
        address="A@there.example", canonical="a@there.example", notify="SUCCESS,DELAY", orcpt="rfc822;a+2Bb@x"
    )
    await house.submit(one, "b@there.example")
    await house.turn()
    assert upstream.said("RCPT") == [
        "RCPT TO:<A@there.example> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;a+2Bb@x",
        "RCPT TO:<b@there.example>",
    ]


async def test_international_addresses_are_said_in_utf8(house: House, serving):
    upstream = await serving(offers=EVERYTHING)
    await house.submit(UMLAUT, "a@there.example")
    await house.turn()
    assert mail(upstream) == [SIZE, "SMTPUTF8"]
    assert upstream.said("RCPT")[0] == f"RCPT TO:<{UMLAUT}>"


@pytest.mark.parametrize(
    ("offers", "changes", "status"),
    [
        (("SIZE 200",), {}, "5.3.4"),
        (("SIZE 1000",), {"raw": SEALED}, "5.6.3"),
        (("8BITMIME",), {"smtputf8": True, "raw": UTF8_HEADER}, "5.6.7"),
        (("8BITMIME",), {"mail_from": UMLAUT}, "5.6.7"),
    ],
)
async def test_what_the_upstream_cannot_take_comes_back_unasked(
    house: House, serving, offers, changes, status
):
    upstream = await serving(offers=offers)
    message = await house.submit("a@there.example", "b@there.example", **changes)
    await house.turn()
    assert not upstream.said("MAIL")
    assert set((await house.status(message)).values()) == {status}
    [bounce] = await house.bounces()
    assert len(all_failures(email.message_from_bytes(bounce))[1]) == 2


async def test_only_the_recipients_it_cannot_take(house: House, serving):
    upstream = await serving(offers=("8BITMIME",))
    message = await house.submit("a@there.example", UMLAUT)
    await house.turn()
    assert await house.status(message) == {"a@there.example": "2.0.0", UMLAUT: "5.6.7"}
    assert upstream.said("RCPT") == ["RCPT TO:<a@there.example>"]


async def test_a_message_that_no_upstream_bytes_suit_still_reaches_its_author_as_a_bounce(
    house: House, serving
):
    """The way back has the same upstream: what could not go out must not be in the bounce."""
    upstream = await serving(offers=())
    await house.submit(raw=SEALED)
    await house.turn()
    await house.turn()
    [delivered] = upstream.messages
    assert delivered.isascii()
    assert b"Status: 5.6.3" in delivered
