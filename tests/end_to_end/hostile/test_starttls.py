"""What is said in the clear is never carried out under encryption."""

from __future__ import annotations

import contextlib
import os
import ssl

import pytest

from tests.dialogs.client import Client
from tests.end_to_end.hostile.house import (
    MARK,
    House,
)


def hello(house: House) -> bytes:
    """A ClientHello."""
    outgoing = ssl.MemoryBIO()
    context = ssl.create_default_context(cafile=str(house.installation.ca))
    session = context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname="localhost")
    with contextlib.suppress(ssl.SSLWantReadError):
        session.do_handshake()
    return outgoing.read()


def until_closed(client: Client) -> bytes:
    while data := client._receive():
        client.buffer += data
    return client.buffer


@pytest.mark.parametrize("what", ["command", "handshake", "both", "half a command"])
def test_nothing_may_follow_starttls_in_its_segment(house: House, what: str) -> None:
    """CVE-2011-0411 and its kin: what came in the clear is never carried out, nor taken for the handshake."""
    command = b"MAIL FROM:<" + MARK + b"@littlewickham-pc.example>\r\n"
    extra = {
        "command": command,
        "handshake": hello(house),
        "both": command + hello(house),
        "half a command": b"EHL",
    }[what]
    with Client(house.installation.starttls) as client:
        client.line()
        client.say("EHLO client.example")
        client.send(b"STARTTLS\r\n" + extra)
        assert until_closed(client) == b"421 4.7.0 Commands were sent ahead of encryption, goodbye\r\n"
    house.unharmed()


def test_commands_in_the_clear_ahead_of_the_handshake_end_it(house: House) -> None:
    with Client(house.installation.starttls) as client:
        client.line()
        client.say("EHLO client.example")
        assert client.say("STARTTLS").startswith("220 ")
        client.send(b"NOOP\r\nMAIL FROM:<" + MARK + b"@x.example>\r\n" + hello(house))
        assert b"250" not in until_closed(client)
    house.unharmed()


def test_commands_in_the_clear_after_the_handshake_end_the_connection(house: House) -> None:
    with Client(house.installation.starttls, str(house.installation.ca)) as client:
        client.line()
        client.say("EHLO client.example")
        client.say("STARTTLS")
        client.start_tls()
        assert client.say("NOOP") == "250 2.0.0 Ok"
        assert client.say("STARTTLS") == "503 5.5.1 The connection is encrypted already"
        assert client.say("MAIL FROM:<a@b.example>").startswith("503 ")
        os.write(client.socket.fileno(), b"EHLO " + MARK + b"\r\nNOOP\r\n")
        with contextlib.suppress(ssl.SSLError):
            assert until_closed(client) == b""
    house.unharmed()
