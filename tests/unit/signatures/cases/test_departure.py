"""Cases 8, 38 and 44, as far as they are about leaving: the splices on their way through the real delivery."""

from __future__ import annotations

from tests.unit.delivery.conftest import House, council, house, serving
from tests.unit.signatures.cases.sending import send
from tests.unit.signatures.cases.visible import texts

__all__ = ["council", "house", "serving"]


async def test_case_44_the_size_after_the_block_was_written_is_what_counts(house: House, serving):
    sent = send("thunderbird/new-plain")
    assert len(sent.raw) > len(sent.received)
    upstream = await serving(offers=(f"SIZE {len(sent.received) + 150}",))
    message = await house.submit(raw=sent.received, splices=())
    await house.turn()
    assert await house.states(message) == {"a@there.example": "sent"}, "without the block it fits"
    message = await house.submit(raw=sent.received, splices=sent.splices)
    await house.turn()
    assert await house.status(message) == {"a@there.example": "5.3.4"}
    assert len(upstream.messages) == 1


async def test_case_38_what_is_tried_again_after_4xx_leaves_with_one_block(house: House, serving):
    sent = send("thunderbird/new-plain")
    upstream = await serving({"DATA": ["451 4.3.0 later", "354 go ahead"]})
    message = await house.submit(raw=sent.received, splices=sent.splices)
    await house.turn()
    house.clock.move(hours=6)
    await house.turn()
    assert await house.states(message) == {"a@there.example": "sent"}
    (left,) = upstream.messages
    assert b" ".join(left.split()).count(b"Nothing in it binds the Council") == 1
    assert left.endswith(sent.raw)


async def test_case_08_an_8bit_body_becomes_quoted_printable_where_the_upstream_has_no_8bitmime(
    house: House, serving
):
    sent = send("thunderbird/new-plain-latin1")
    upstream = await serving(offers=("SIZE",))
    message = await house.submit(raw=sent.received, splices=sent.splices)
    await house.turn()
    assert await house.states(message) == {"a@there.example": "sent"}
    (left,) = upstream.messages
    assert left.isascii()
    (now,) = texts(left)
    assert now.encoding == "quoted-printable"
    assert "The caf\u00e9 by the green re-opens on Tuesday, with cr\u00e8me br\u00fbl\u00e9e." in now.lines
