"""Garbage in every field: it stays where it was put."""

from __future__ import annotations

import base64
import contextlib
import itertools
import re
import socket
import ssl

from tests.dialogs.client import Client
from tests.end_to_end.hostile.house import (
    HANG,
    MARK,
    House,
    all_replies,
    assert_header_is_ours,
    assert_sound,
    next_number,
)
from tests.installation import until
from tests.peers.recorder import Recorded

GARBAGE = {
    "nul": b"\0",
    "cr": b"\rX-" + MARK + b": 1",
    "lf": b"\nX-" + MARK + b": 1",
    "crlf": b"\r\nX-" + MARK + b": 1",
    "escape": b"\x1b]0;title\x07\x1b[2J",
    "c1": "\u0085\u009b31m".encode(),
    "8-bit": b"\xff\xfe\xe9",
    "direction": "\u202e\u2066gpj.exe\u2069".encode(),
    "separators": "\u2028\u2029".encode(),
    "long": b"x" * 10_000,
    "format": b"%s%n%(x)s{0}{x.__class__}${jndi:x}",
    "json": b'"}\r\n{"event": "fault"}',
    "quotes": b"\"\\\\'<>(),;:@[]",
    "encoded": b"=?utf-8?q?=0D=0AX-" + MARK + b":_1=1B=00?=",
}
FIELDS = [
    "EHLO",
    "MAIL",
    "RCPT",
    "ENVID",
    "ORCPT",
    "verb",
    "From",
    "To",
    "Subject",
    "Message-ID",
    "name",
    "filename",
]


def with_garbage(house: House, place: str, junk: bytes) -> bytes:
    """A whole conversation with `junk` in one place, for two recipients of whom one is turned away upstream."""
    where = dict.fromkeys(FIELDS, b"")
    where[place] = MARK + junk
    number = next_number()
    author = house.author.encode()
    mail = where["MAIL"] + b"@littlewickham-pc.example" if place == "MAIL" else author
    envid = b" ENVID=" + where["ENVID"] if place == "ENVID" else b""
    orcpt = b" ORCPT=rfc822;" + where["ORCPT"] if place == "ORCPT" else b""
    verb = where["verb"] + b"\r\n" if place == "verb" else b""
    extra = b"X-%s: x\r\n" % where["name"] if place == "name" else b""
    attached = (
        b'Content-Type: text/plain; name="%s"\r\nContent-Disposition: attachment; filename="%s"\r\n'
        % (where["filename"], where["filename"])
        if place == "filename"
        else b""
    )
    return (
        b"EHLO client%s\r\n%sMAIL FROM:<%s>%s\r\nRCPT TO:<refused%s@resident.example>%s\r\nRCPT TO:<a@b.example>\r\n"
        b'DATA\r\nFrom: "Anne%s" <%s>\r\nTo: "%s" <a@b.example>\r\nSubject: Garbage %s\r\n'
        b"Message-ID: <%s%d@pc.example>\r\n%s%s\r\nA text, number %d.\r\n.\r\n"
    ) % (
        where["EHLO"], verb, mail, envid, where["RCPT"], orcpt, where["From"], author, where["To"], where["Subject"],
        where["Message-ID"], number, extra, attached, number,
    )  # fmt: skip


def test_garbage_stays_where_it_was_put(house: House) -> None:
    """It reaches no log line, no metric, no trace field, and no field of a bounce that quotes nothing."""
    before, given, handed_in = len(house.upstream.messages), 0, set[str]()
    for place, (kind, junk) in itertools.product(FIELDS, GARBAGE.items()):
        with Client(house.installation.trusted) as client:
            client.line()
            client.send(with_garbage(house, place, junk))
            replies = all_replies(client)
        assert all(re.fullmatch(r"\d{3}[ -][ -~]*", reply) for reply in replies), (place, kind, replies)
        # Only a refusal by policy may quote what it is about.
        assert not any(MARK.decode() in reply.lower() for reply in replies if reply[:3] != "550"), (
            place,
            kind,
        )
        passed = [reply for reply in replies if "queued as" in reply]
        # Where junk kept the first recipient out, nobody is turned away upstream, and nothing is returned.
        given += len(passed) if sum("Recipient ok" in reply for reply in replies) == 2 else 0
        handed_in |= {place} if passed else set()
    assert handed_in == set(FIELDS) - {"MAIL"}  # Nobody sends in the name of junk.
    for number, junk in enumerate(GARBAGE.values(), 1):
        guess_with(house, f"127.0.3.{number}", MARK + junk)

    def arrived() -> list[Recorded] | None:
        found = house.upstream.messages[before:]
        returned = [message for message in found if message.mail.startswith(b"MAIL FROM:<>")]
        return returned if len(returned) >= given else None

    for message in until(arrived, 40):
        assert_header_is_ours(message)
    for message in house.upstream.messages[before:]:
        assert_sound(message)
        received = re.findall(rb"^Received:[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*", message.header, re.MULTILINE)
        assert received or message.mail.startswith(b"MAIL FROM:<>")
        assert not any(MARK in trace.lower() for trace in received)
    house.unharmed()


def guess_with(house: House, source: str, junk: bytes) -> None:
    """AUTH with junk as mechanism, as base64, as login and as password."""
    login = base64.b64encode(b"\0" + junk + b"\0" + junk)
    lines = [
        b"AUTH " + junk,
        b"AUTH PLAIN " + junk,
        b"AUTH PLAIN " + login,
        b"AUTH LOGIN " + base64.b64encode(junk),
    ]
    context = ssl.create_default_context(cafile=str(house.installation.ca))
    with (
        socket.create_connection(("127.0.0.1", house.installation.tls), HANG, (source, 0)) as connection,
        context.wrap_socket(connection, server_hostname="127.0.0.1") as secured,
    ):
        secured.sendall(b"EHLO client.example\r\n" + b"\r\n".join(lines) + b"\r\n" + login + b"\r\nQUIT\r\n")
        said = b""
        with contextlib.suppress(ConnectionResetError):
            while data := secured.recv(65536):
                said += data
    assert b"235 " not in said
    assert MARK not in said.lower()
    assert re.fullmatch(rb"(?:\d{3}[ -][ -~]*\r\n)+", said)
