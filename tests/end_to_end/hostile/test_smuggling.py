"""One message is one message: nothing inside of it is ever taken for commands, here or at the upstream."""

from __future__ import annotations

import time

import pytest

from tests.end_to_end.hostile.house import (
    MARK,
    House,
    all_replies,
    assert_sound,
    queued,
)
from tests.installation import until

SMUGGLED = (
    b"MAIL FROM:<"
    + MARK
    + b"@littlewickham-pc.example>\r\nRCPT TO:<"
    + MARK
    + b"@resident.example>\r\nDATA\r\n"
    b"From: cllr.a@littlewickham-pc.example\r\nTo: a@resident.example\r\nSubject: "
    + MARK
    + b"\r\n\r\nx\r\n.\r\n"
)
FALSE_ENDS = [
    b"\n.\n", b"\r.\r", b"\r\n.\n", b"\n.\r\n", b"\r\n.\r", b"\r.\r\n", b"\r.\n", b"\n.\r", b"\n\n.\r\n",
    b"\r\n\0.\r\n", b"\r\n.\0\r\n", b"\r\n.\r\0\n", b"\0\n.\r\n", b"\r\r\n.\r\r\n", b"\r\n.\r\r\n", b"\n\r.\r\n",
    b"\r\n.\n\r\n", b"\x85.\x85", b"\xe2\x80\xa8.\xe2\x80\xa8", b"\r\n .\r\n", b"\r\n. \r\n", b"\x0b.\x0b", b"\x0c.\x0c",
]  # fmt: skip


@pytest.mark.parametrize("end", FALSE_ENDS, ids=repr)
@pytest.mark.parametrize("piecemeal", [False, True], ids=["whole", "piecemeal"])
def test_what_follows_a_false_end_is_never_a_second_message(
    house: House, end: bytes, piecemeal: bool
) -> None:
    """RFC 5321 §2.3.8: content ends at CRLF.CRLF alone. What is taken comes out as one message or not at all."""
    before = len(house.upstream.messages)
    with house.trusted() as client:
        pieces = [house.envelope(), house.letter(b"one") + b"first" + end + SMUGGLED]
        if piecemeal:
            head = len(pieces[1]) - len(SMUGGLED) - len(end)
            pieces[1:] = [pieces[1][:head], *(bytes([octet]) for octet in end), SMUGGLED]
        for piece in pieces:
            client.send(piece)
            if piecemeal:
                time.sleep(0.002)  # A segment of its own.
        given = queued(all_replies(client))
    assert len(given) <= 1
    sent = [house.sent(name) for name in given]
    house.ordinary("smuggling") if not given else None
    until(lambda: len(house.upstream.messages) > before)
    for message in [*sent, *house.upstream.messages[before:]]:
        assert MARK not in message.mail
        assert not any(MARK in recipient for recipient in message.recipients)
        assert_sound(message)
    assert not any(MARK in command for command in house.upstream.commands)


@pytest.mark.parametrize("cut", range(1, 5))
def test_a_true_end_cut_over_packets_ends_one_message(house: House, cut: int) -> None:
    raw = house.letter(b"cut")
    with house.trusted() as client:
        client.send(house.envelope())
        whole = raw + b".\r\n"
        at = len(whole) - 5 + cut
        client.send(whole[:at])
        time.sleep(0.02)
        client.send(whole[at:])
        [name] = queued(all_replies(client))
    assert house.sent(name).wire.endswith(raw)


def test_a_chunk_is_content_whatever_it_looks_like(house: House) -> None:
    """RFC 3030: a final dot inside of BDAT ends nothing, here or at the upstream."""
    raw = house.letter(b"first\r\n.\r\n" + SMUGGLED)
    with house.trusted() as client:
        client.send(house.envelope().replace(b"DATA\r\n", b"BDAT %d LAST\r\n" % len(raw)) + raw)
        [name] = queued(all_replies(client))
    message = house.sent(name)
    assert message.wire.endswith(stuffed(raw))
    assert_sound(message)


def test_data_and_chunks_do_not_mix(house: House) -> None:
    """Neither DATA after BDAT, nor a chunk for which nothing was ready, turns content into commands."""
    with house.trusted() as client:
        client.send(b"BDAT %d LAST\r\n" % len(SMUGGLED) + SMUGGLED)
        client.send(house.envelope().replace(b"DATA\r\n", b"BDAT 4\r\na: bDATA\r\n"))
        client.send(b"BDAT %d LAST\r\n" % len(SMUGGLED) + SMUGGLED)
        replies = all_replies(client)
    assert [reply[:3] for reply in replies].count("354") == 0
    assert "503 5.5.1 This message has begun with BDAT and must end with it" in replies
    with house.trusted() as client:
        client.send(
            house.envelope() + house.letter(b"BDAT 20 LAST\r\n" + SMUGGLED.replace(b".\r\n", b"..\r\n"))
        )
        client.send(b".\r\n")
        assert len(queued(all_replies(client))) == 1
    with house.trusted() as client:
        client.send(house.envelope().replace(b"DATA\r\n", b"BDAT 99999999999999999999 LAST\r\n") + SMUGGLED)
        assert queued(all_replies(client)) == []


def stuffed(raw: bytes) -> bytes:
    """`raw` as it must look on the wire (RFC 5321 §4.5.2)."""
    return b"".join(b"." + line if line.startswith(b".") else line for line in raw.splitlines(keepends=True))


DOTTY = [
    b".", b"..", b"...\r\n.", b".\r\n.\r\n.", b"\r\n.\r\n", b". \r\n.\t\r\n.x", b"." * 998, b"\r\n\r\n\r\n.",
    b"MAIL FROM:<>\r\n.\r\nQUIT", b"x" * 998 + b"\r\n.", b"a.\r\n.b",
]  # fmt: skip


@pytest.mark.parametrize("chunked", [False, True], ids=["DATA", "BDAT"])
@pytest.mark.parametrize("text", DOTTY, ids=range(len(DOTTY)))
def test_what_is_legal_arrives_octet_for_octet(house: House, text: bytes, chunked: bool) -> None:
    raw = house.letter(text)
    with house.trusted() as client:
        if chunked:
            half = len(raw) // 2
            client.send(house.envelope().replace(b"DATA\r\n", b"BDAT %d\r\n" % half) + raw[:half])
            client.send(b"BDAT %d LAST\r\n" % (len(raw) - half) + raw[half:])
        else:
            client.send(house.envelope() + stuffed(raw) + b".\r\n")
        [name] = queued(all_replies(client))
    message = house.sent(name)
    assert message.wire.endswith(stuffed(raw))
    assert_sound(message)
