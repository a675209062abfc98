"""The bytes on the wire are the bytes of the message, dot-stuffed and nothing else."""

from __future__ import annotations

import asyncio

import pytest
from aiosmtplib.protocol import SMTPProtocol
from hypothesis import given
from hypothesis import strategies as st

from config.settings import UpstreamSettings
from gateway.upstream.data import pieces, send_data, sendable

LINES = st.lists(
    st.one_of(
        st.binary(max_size=30).map(
            lambda line: line.replace(b"\r", b"").replace(b"\n", b"").replace(b"\0", b"")
        ),
        st.sampled_from([b".", b"..", b".x", b"", b". ", b"a."]),
    ),
    min_size=1,
    max_size=20,
)


def received(wire: bytes) -> bytes:
    """What a server makes of it, by the letter of RFC 5321 §4.5.2."""
    lines = wire.split(b"\r\n")
    assert lines[-2:] == [b".", b""]
    assert b"." not in lines[:-2]
    return b"".join(line.removeprefix(b".") + b"\r\n" for line in lines[:-2])


@given(lines=LINES, size=st.integers(1, 40))
def test_every_message_arrives_as_it_was(lines, size):
    message = b"".join(line + b"\r\n" for line in lines)
    assert sendable(message)
    assert received(b"".join(pieces(message, size))) == message


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"no end",
        b"bare\nlf\r\n",
        b"bare\rcr\r\n",
        b"nul\0\r\n",
        b"ends in lf\n",
        b"ends in cr\r",
        b"a\r\n.\n\r\n",
        b"a\n.\r\nMAIL FROM:<x@y>\r\n",
        b"a\r.\r\n",
        b"a\r\r\n",
        b"a\r\n\n",
    ],
)
@pytest.mark.parametrize("size", [1, 2, 3, 5, 100])
def test_what_is_not_sendable_never_gets_a_final_dot(message, size):
    assert not sendable(message)
    wire = b""
    try:
        for piece in pieces(message, size):
            wire += piece
    except ValueError:
        pass
    assert not wire.endswith(b".\r\n") or not message
    if message:
        with pytest.raises(ValueError):
            list(pieces(message, size))


class _Quick(asyncio.Transport):
    """A connection to an upstream that has replied before `write` returns."""

    def __init__(self, protocol: SMTPProtocol) -> None:
        super().__init__()
        self._protocol = protocol

    def write(self, data):
        if data.endswith(b"\r\n.\r\n"):
            self._protocol.data_received(b"250 2.0.0 Ok\r\n")

    def is_closing(self):
        return False


async def test_a_reply_is_heard_however_soon_it_comes():
    protocol = SMTPProtocol(asyncio.get_running_loop())
    protocol.connection_made(_Quick(protocol))
    protocol._response_pending = False  # As after the greeting and every command.
    settings = UpstreamSettings(host="127.0.0.1", data_seconds=1)
    reply = await send_data(protocol, b"Subject: x\r\n\r\nbody\r\n", settings)
    assert reply.code == 250
