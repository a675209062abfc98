"""A client that goes away, at whatever octet and in whatever way, leaves a message whole or not at all."""

from __future__ import annotations

import contextlib
import random
import socket
import ssl
import struct
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from gateway.store.models import MessageRow
from tests.crash.letters import Fate, Letter, write
from tests.crash.settle import Account, settle, waiting
from tests.crash.upstream import RecordingUpstream
from tests.installation import Installation, queue_id, until

SECONDS = 30.0
LAST_OCTETS = 30

Leave = Callable[[socket.socket], bytes]
"""How a client goes away. Returns what it still hears, if it listens."""


def closes(sock: socket.socket) -> bytes:
    """FIN, and a RST for whatever is said to it afterwards."""
    sock.close()
    return b""


def resets(sock: socket.socket) -> bytes:
    """RST at once: what the other side has not read yet may be lost to it."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()
    return b""


def half_closes(sock: socket.socket) -> bytes:
    """FIN, and goes on listening."""
    sock.shutdown(socket.SHUT_WR)
    heard = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := sock.recv(4096):
            heard += piece
    sock.close()
    return heard


@dataclass(frozen=True, slots=True)
class Cut:
    """So many octets of the content with its final dot (and `QUIT` behind it), and then gone."""

    letter: Letter
    octets: int
    leave: Leave
    quits: bool = False
    tls: bool = False

    @property
    def content(self) -> bytes:
        """All that there is to send."""
        return self.letter.raw.replace(b"\r\n.", b"\r\n..") + b".\r\n" + (b"QUIT\r\n" if self.quits else b"")

    @property
    def whole(self) -> bool:
        """Whether the final dot is among what is sent."""
        return self.octets >= len(self.content) - (6 if self.quits else 0)

    def make(self, installation: Installation) -> None:
        """Hand the letter in, that far. What is heard of it goes into the letter."""
        sock = _at_354(installation, self.letter, self.tls)
        sock.sendall(self.content[: self.octets])
        heard = self.leave(sock).decode()
        if self.whole:
            self.letter.unknown += not heard
        if "queued as" in heard:
            self.letter.queue_ids.append(queue_id(heard.partition("\r\n")[0]))


def _at_354(installation: Installation, letter: Letter, tls: bool) -> socket.socket:
    """A connection that has been told to go on with the content."""
    port = installation.tls if tls else installation.trusted
    sock = socket.create_connection(("127.0.0.1", port), SECONDS)
    try:
        if tls:
            context = ssl.create_default_context(cafile=str(installation.ca))
            sock = context.wrap_socket(sock, server_hostname="localhost")
        said = [b"EHLO client.example\r\n"]
        if tls:
            said.append(b"AUTH PLAIN " + installation.plain("cllr.a") + b"\r\n")
        said.append(f"MAIL FROM:<{letter.mail_from}>\r\n".encode())
        said += [f"RCPT TO:<{recipient}>\r\n".encode() for recipient in letter.recipients]
        said.append(b"DATA\r\n")
        heard = b""
        for line in said:
            sock.sendall(line)
        while b"\r\n354 " not in heard:
            piece = sock.recv(4096)
            assert piece, f"no 354: {heard!r}"
            heard += piece
    except BaseException:
        sock.close()
        raise
    return sock


def _letter(number: int, domain: str, draw: random.Random) -> Letter:
    """A short message to one recipient."""
    letter = write(number, domain, Fate.PASSED, draw)
    letter.raw = letter.raw.partition(b"\r\n\r\n")[0] + f"\r\n\r\n.Number {number}.\r\n".encode()
    letter.recipients = letter.recipients[:1]
    return letter


def cuts(domain: str, draw: random.Random) -> list[Cut]:
    """Each of the last octets in each way of leaving, some random ones, and those with QUIT behind the dot."""
    numbers = iter(range(10**6))

    def letter() -> Letter:
        return _letter(next(numbers), domain, draw)

    def at(leave: Leave, octets: Callable[[int], int], quits: bool = False, tls: bool = False) -> Cut:
        cut = Cut(letter(), 0, leave, quits, tls)
        return Cut(cut.letter, octets(len(cut.content)), leave, quits, tls)

    made = []
    for leave in (closes, resets, half_closes):
        made += [at(leave, lambda size, back=back: size - back) for back in range(LAST_OCTETS + 1)]
        made += [at(leave, lambda size: draw.randrange(size)) for _ in range(10)]
        made += [at(leave, lambda size, back=back: size - back, quits=True) for back in range(7)]
    for leave in (closes, resets):
        made += [
            at(leave, lambda size, back=back: size - back, tls=True) for back in (0, 0, 0, 1, 2, 3, 4, 50)
        ]
    draw.shuffle(made)
    return made


@pytest.mark.timeout(300)
def test_a_message_is_stored_whole_or_not_at_all(
    installation: Installation, upstream: RecordingUpstream, capsys: pytest.CaptureFixture[str]
):
    installation.settings["auth"] = {"hash_slots": 1}
    installation.prepare()
    installation.start()
    made = cuts(installation.council.domains[0], random.Random(1))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda cut: cut.make(installation), made))
    # A graceful stop lets every acceptance that has begun come to its end; then nothing more can appear.
    assert installation.stop() == 0
    with installation.database() as database:
        before = settle(database, installation.council.id, [cut.letter for cut in made], upstream)
    installation.start()
    account = _delivered(installation, made, upstream)
    with capsys.disabled():
        print(f"\n{len(made)} cuts: {account}")
    assert before.faults == account.faults == ()
    assert account.archived == before.archived
    archived = _archived(installation)
    for cut in made:
        stored = cut.letter.message_id in archived
        assert cut.whole or not stored, f"{cut.leave.__name__} before the dot, and stored"
        # Only a reset may destroy octets that were sent before it.
        assert stored or not cut.whole or cut.leave is resets, (
            f"{cut.leave.__name__} after the dot, and not stored"
        )
        assert not cut.whole or cut.leave is not half_closes or cut.letter.queue_ids, "not told 250"
    assert account.duplicates == 0
    assert account.delivered == account.archived == len(upstream.taken)


def _archived(installation: Installation) -> set[str]:
    with installation.database() as database:
        found = database.read_blocking(lambda c: set(c.execute(select(MessageRow.message_id)).scalars()))
    return {message_id.strip("<>") for message_id in found}


def _delivered(installation: Installation, made: list[Cut], upstream: RecordingUpstream) -> Account:
    with installation.database() as database:
        until(lambda: waiting(database) == 0, 60)
        return settle(database, installation.council.id, [cut.letter for cut in made], upstream)
