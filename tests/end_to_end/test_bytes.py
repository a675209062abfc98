"""Every byte below our trace leaves as it came in: the whole corpus and generated messages, sent for real."""

from __future__ import annotations

import re
import socket

import pytest
from hypothesis import Phase, given, settings

from config.policy import Verdict
from gateway.archive import versions
from gateway.demo.upstream import Delivered, Upstream
from gateway.intake.dry_run import dry_run
from gateway.store import archive, splices
from tests.installation import Installation, queue_id, until
from tests.policies import unsigned
from tests.unit.signatures.messages import AUTHOR, CHANGED, CORPUS, UNCHANGED, fit_messages

TRACE = re.compile(
    rb"Received: from client\r\n\tby post\.test\.example \(Vestry\) with [A-Z0-9]+\r\n\tid ([0-9A-Z]{16}); [^\r\n]+\r\n"
)


def generated(count: int) -> list[bytes]:
    """Different messages that need no change, the same in every run."""
    found: list[bytes] = []

    @settings(max_examples=count, derandomize=True, database=None, phases=[Phase.generate], deadline=None)
    @given(fit_messages())
    def collect(raw: bytes) -> None:
        found.append(raw)

    collect()
    return list(dict.fromkeys(found))


class Client:
    """A mail client that sends the very bytes that it is given; any library would mend some of them."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._replies = self._socket.makefile("rb")
        self._reply()
        self._say(b"EHLO client.example")

    def close(self) -> None:
        self._replies.close()
        self._socket.close()

    def send(self, raw: bytes, recipient: str) -> str:
        """The reply to the whole message."""
        utf8 = b"" if raw.partition(b"\r\n\r\n")[0].isascii() else b" SMTPUTF8"
        assert self._say(b"MAIL FROM:<%b> BODY=8BITMIME%b" % (AUTHOR.encode(), utf8)).startswith("250")
        assert self._say(b"RCPT TO:<%b>" % recipient.encode()).startswith("250")
        assert self._say(b"DATA").startswith("354")
        assert raw.endswith(b"\r\n")
        stuffed = raw.replace(b"\r\n.", b"\r\n..")
        return self._say((b"." if raw.startswith(b".") else b"") + stuffed + b".")

    def _say(self, line: bytes) -> str:
        self._socket.sendall(line + b"\r\n")
        return self._reply()

    def _reply(self) -> str:
        """A whole reply as one line, the enhanced code once."""
        lines = [self._replies.readline().decode().rstrip()]
        while lines[-1][3:4] == "-":
            lines.append(self._replies.readline().decode().rstrip())
        words = [lines[0][4:], *(re.sub(r"^\d\.\d\.\d+ ", "", line[4:]) for line in lines[1:])]
        return f"{lines[0][:3]} {' '.join(words)}"


@pytest.fixture
def delivering(installation: Installation, upstream: Upstream) -> Installation:
    """At work for a council whose policy writes nothing into its mail."""
    installation.council = unsigned(installation.council)
    return at_work(installation, upstream)


@pytest.fixture
def signing(installation: Installation, upstream: Upstream) -> Installation:
    """At work for a council whose mail leaves with signature and waiver."""
    return at_work(installation, upstream)


def at_work(installation: Installation, upstream: Upstream) -> Installation:
    installation.upstream(upstream.port)
    installation.settings["limits"] = {"recipients_per_hour": 100_000}
    installation.prepare()
    installation.start()
    return installation


def sent(installation: Installation, upstream: Upstream, messages: dict[str, bytes]) -> dict[str, Delivered]:
    """What the upstream got of each message, by name; each went to a recipient of its own."""
    names = {f"r{number}@resident.example": name for number, name in enumerate(messages)}
    client = Client(installation.trusted)
    try:
        for recipient, name in names.items():
            reply = client.send(messages[name], recipient)
            assert reply.startswith("250"), (name, reply)
            assert "held" not in reply, (name, reply)
            assert queue_id(reply)
    finally:
        client.close()
    until(lambda: len(upstream.delivered()) >= len(messages))
    found = {}
    for delivered in upstream.delivered():
        [recipient] = delivered.recipients
        found[names[recipient]] = delivered
    assert len(found) == len(messages)
    return found


def test_what_needs_no_change_leaves_byte_for_byte_as_it_came(delivering: Installation, upstream: Upstream):
    messages = {file.stem: file.read_bytes() for file in UNCHANGED}
    messages |= {f"generated {number}": raw for number, raw in enumerate(generated(100))}
    assert len(messages) >= 130
    for name, delivered in sent(delivering, upstream, messages).items():
        raw = messages[name]
        assert delivered.content.endswith(raw), name
        assert TRACE.fullmatch(delivered.content[: len(delivered.content) - len(raw)]), name
    assert delivering.json("archive", "verify", "--json")["faults"] == []


def test_what_is_changed_is_changed_in_those_places_alone(delivering: Installation, upstream: Upstream):
    messages = {file.stem: file.read_bytes() for file in CHANGED}
    kept: dict[str, tuple[bytes, bytes]] = {}
    for name, delivered in sent(delivering, upstream, messages).items():
        trace = TRACE.match(delivered.content)
        assert trace is not None
        kept[trace[1].decode()] = (messages[name], delivered.content)
        header, _, body = delivered.content[trace.end() :].partition(b"\r\n\r\n")
        assert max(map(len, delivered.content.split(b"\r\n"))) <= 998, name
        assert b"paper.example" not in header, name
        fields = [line.partition(b":")[0].strip().lower() for line in header.split(b"\r\n")]
        assert fields.count(b"date") == fields.count(b"message-id") == 1, name
        if not name.startswith("long-"):
            assert body == messages[name].partition(b"\r\n\r\n")[2], name
    with delivering.database() as database:
        for message, (received, content) in kept.items():
            both = database.read_blocking(
                lambda c, m=message: (
                    versions.as_received(c, delivering.council.id, m),
                    versions.as_sent(c, delivering.council.id, m),
                )
            )
            assert both == (received, content)


REFUSED = {
    f"From: {AUTHOR}\r\nHello, this is no header.\r\nBcc: hidden@b.example\r\n\r\n": "no header line",
    f"From: {AUTHOR}\r\nX: {'x' * 2000}\r\n\r\n": "too long to be sent, in the header",
    f"From: {AUTHOR}\r\nContent-Type: application/pkcs7-mime\r\n\r\n{'x' * 2000}\r\n": "signed or encrypted",
}


def test_what_cannot_be_carried_is_refused_and_recorded(running: Installation, upstream: Upstream):
    client = Client(running.trusted)
    try:
        for raw, why in REFUSED.items():
            reply = client.send(raw.encode(), "a@b.example")
            assert reply.startswith("550 5.6.0 ")
            assert why in reply
            record = running.json("archive", "show", re.search(r"Ref (\w+)", reply)[1])
            assert record["state"] == "refused"
    finally:
        client.close()
    assert upstream.delivered() == []


def test_outside_of_the_splices_every_byte_is_as_it_came(signing: Installation, upstream: Upstream):
    """With signature and waiver written in: what the archive says was put in and taken out, and nothing else."""
    files = sorted({*UNCHANGED, *CORPUS.glob("clients/*/*.eml")})
    every = {f"{file.parent.name}/{file.stem}": file.read_bytes() for file in files}
    messages = {name: raw for name, raw in every.items() if leaves(signing, raw)}
    assert len(messages) >= 90
    for name, delivered in sent(signing, upstream, messages).items():
        trace = TRACE.match(delivered.content)
        assert trace is not None
        with signing.database() as database:
            row = database.read_blocking(
                lambda c, m=trace[1]: archive.message(c, signing.council.id, m.decode())
            )
        out, position = delivered.content[trace.end() :], 0
        for splice in splices.load(row.splices):
            kept = messages[name][position : splice.offset] + splice.replacement
            assert out.startswith(kept), name
            out, position = out[len(kept) :], splice.offset + splice.length
        assert out == messages[name][position:], name
        assert row.without_waiver or b"vestry-waiver" in delivered.content or row.written, name
    assert signing.json("archive", "verify", "--json")["faults"] == []


def leaves(installation: Installation, raw: bytes) -> bool:
    """Whether a message is one that leaves at once."""
    decision = dry_run(raw, installation.council, AUTHOR, ()).analysis.decision
    return raw.endswith(b"\r\n") and decision.verdict <= Verdict.NOTE
