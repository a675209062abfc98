"""An upstream without 8BITMIME gets the message in seven bits, signed so, stored so, and the same each time."""

from __future__ import annotations

import email

import pytest

from gateway.archive.verify import verify
from gateway.archive.versions import as_received, as_sent
from gateway.signing.client import SigningFailed
from gateway.store import queue
from signatures.message.splices import Splice, apply
from tests.unit.delivery.conftest import COUNCIL, LEASE, RAW, TRACE, House, sha256

CAFE = "café ŵ\r\n".encode()
HEAD = RAW.partition(b"\r\n\r\n")[0]
TEXT = (
    HEAD
    + b"\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit"
    + b"\r\n\r\n" + CAFE + b"Old last line\r\n"
)  # fmt: skip
LAST = Splice(TEXT.index(b"Old"), len(b"Old"), "Newŵ".encode())
SPLICES = (Splice(0, 0, b"X-Council: yes\r\n"), LAST)
LARGE = TEXT + CAFE * 20_000
SEALED = HEAD + b"\r\nContent-Type: application/pkcs7-mime\r\n\r\n\x80\r\n"


async def faults(house: House) -> list[object]:
    return await house.database.read(lambda c: list(verify(c, COUNCIL)))


async def kept(house: House, message: str) -> tuple[bytes, bytes]:
    """As received and as sent."""
    return await house.database.read(
        lambda c: (as_received(c, COUNCIL, message), as_sent(c, COUNCIL, message))
    )


@pytest.mark.parametrize("raw", [TEXT, LARGE], ids=["small", "large"])
async def test_the_downgraded_bytes_are_signed_sent_and_kept(house: House, serving, raw):
    upstream = await serving(offers=["SIZE 1000000"])
    message = await house.submit(raw=raw, splices=SPLICES)
    await house.turn()
    [sent] = upstream.messages
    assert sent.isascii()
    assert upstream.said("MAIL")[0].endswith(f" SIZE={len(sent)}")
    assert sent == b"DKIM-Signature: d=nether.example; n=2\r\n" + house.signer.signed[1]
    assert sent.partition(b"\r\n")[2].startswith(TRACE + b"X-Council: yes\r\n")
    parsed = email.message_from_bytes(sent)
    assert parsed["Content-Transfer-Encoding"] == "quoted-printable"
    expected = raw.partition(b"\r\n\r\n")[2].replace(b"Old", "Newŵ".encode())
    assert parsed.get_payload(decode=True) == expected
    assert await kept(house, message) == (raw, sent)
    assert await house.departed_hash(message) == sha256(sent)
    assert await faults(house) == []


async def test_other_upstreams_get_it_as_it_is(house: House, serving):
    upstream = await serving(offers=["8BITMIME"])
    await house.submit(raw=TEXT, splices=SPLICES)
    await house.turn()
    assert len(house.signer.signed) == 1
    assert CAFE in upstream.messages[0]


async def test_what_was_downgraded_is_the_same_ever_after(house: House, serving):
    upstream = await serving({"dot": ["451 4.3.0 later", "250 2.0.0 ok"]}, offers=[])
    message = await house.submit(raw=TEXT, splices=SPLICES)
    await house.turn()
    house.clock.move(seconds=31)
    await house.turn()
    first, second = upstream.messages
    assert first == second
    assert await kept(house, message) == (TEXT, second)
    assert await faults(house) == []


async def test_what_was_handed_over_in_eight_bits_is_never_changed(house: House, serving):
    upstream = await serving({"dot": "451 4.3.0 later"}, offers=["8BITMIME"])
    message = await house.submit(raw=TEXT, splices=SPLICES)
    await house.turn()
    [first] = upstream.messages
    house.clock.move(seconds=31)
    other = await serving(offers=[])
    await house.turn()
    assert other.messages == []
    assert set((await house.status(message)).values()) == {"5.6.3"}
    assert b"handed over as it is before" in (await house.bounces())[0].replace(b"\r\n", b" ")
    assert await kept(house, message) == (TEXT, first)
    assert await faults(house) == []


@pytest.mark.parametrize(
    ("raw", "where"),
    [(SEALED, b"signed or encrypted"), (HEAD + b"\r\nX: \xe9\r\n\r\nx\r\n", b"in a header")],
    ids=["sealed", "header"],
)
async def test_what_cannot_be_downgraded_comes_back(house: House, serving, raw, where):
    upstream = await serving(offers=[])
    message = await house.submit(raw=raw)
    await house.turn()
    assert upstream.commands[1:] == []
    assert set((await house.status(message)).values()) == {"5.6.3"}
    [bounce] = await house.bounces()
    assert where in b" ".join(bounce.split())
    assert await house.departed_hash(message) is None
    assert await faults(house) == []


async def test_with_others_in_one_commit(house: House):
    """Each departure has its own splices, replaced or kept."""
    first, second, third = [await house.submit(raw=TEXT, splices=SPLICES) for _ in range(3)]
    claims = {claim.message: claim for claim in await house.queue.claim(3, ())}
    down = (Splice(0, len(TEXT), b"From: jo@nether.example\r\n\r\ncafe\r\n"),)
    starts = [
        queue.Start(
            claims[message], (), (b"X: 1\r\n", queue.hash_of(b"X: 1\r\n", apply(TEXT, each))), LEASE, new
        )
        for message, each, new in [(first, down, down), (second, SPLICES, None), (third, down, down)]
    ]
    assert await house.database.write(lambda c: queue.start_all(c, starts, house.clock())) == [True] * 3
    sent = [(await kept(house, message))[1] for message in (first, second, third)]
    assert sent[0] == sent[2] == b"X: 1\r\n" + down[0].replacement
    assert sent[1] == b"X: 1\r\n" + apply(TEXT, SPLICES)
    assert await faults(house) == []


async def test_never_unsigned(house: House, serving):
    """The signing goes away between the first signature and the second."""
    upstream = await serving(offers=[])
    sign = house.signer.sign

    async def once(message: bytes, domain: str) -> bytes:
        if house.signer.signed:
            raise SigningFailed("away")
        return await sign(message, domain)

    house.signer.sign = once
    message = await house.submit(raw=TEXT)
    await house.turn()
    assert upstream.messages == []
    assert await house.states(message) == {"a@there.example": "queued"}
    house.signer.sign = sign
    house.clock.move(seconds=31)
    await house.turn()
    assert len(upstream.messages) == 1
    assert await house.states(message) == {"a@there.example": "sent"}
