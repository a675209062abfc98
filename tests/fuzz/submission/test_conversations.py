"""Random conversations with the submission side, on real sockets.

What must hold of any octets that a client can send: each reply is a line of printable ASCII with a code, no
reply tells of our code, nothing hangs, the log has no fault, and exactly the messages that were answered
with a queue id have reached intake, none with a CR, LF or NUL out of place.

`corpus` keeps conversations as octets: one file, one conversation. Each is replayed as it is, and random
ones are made from them too. One that a test has failed on belongs there, under a name that says what it is.
The grammar and the AUTH decoder have properties of their own in `tests/unit/submission`.
"""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.limits import LimitSettings
from tests.conftest import TlsFiles
from tests.dialogs.client import plain
from tests.dialogs.house import LOGIN, PASSWORD, House, OpenHouse

CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.smtp"))
LIMITS = LimitSettings(errors=1000, message_bytes=65_536, recipients=100, line_bytes=1000)
SECONDS = 15.0
OUR_CODE = re.compile(rb"Error|Exception|Traceback|None\b|object at 0x|\.py\b|asyncio|b'|[{}]")
REPLIES = re.compile(rb"(?:[2-5]\d\d[ -][ -~]*\r\n)*")
FUZZ = settings(
    deadline=None,
    max_examples=1000,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)

_JUNK = st.one_of(
    st.binary(max_size=40),
    st.text(max_size=20).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.sampled_from([b"x" * 5000, b"<>", b"%s{0}{x}", b"=", b"*", b"\0", b"\r", b"\n", "\u202e".encode()]),
)
_PATH = st.sampled_from([LOGIN.encode(), b"a@example.org", b"", b"postmaster", b'"a b"@[127.0.0.1]']) | _JUNK
_END = st.sampled_from([b"\r\n"] * 12 + [b"\n", b"\r", b"", b" \r\n", b"\0\r\n"])
_SIZES = st.sampled_from(
    [b"0", b"5", b"5 LAST", b"70000", b"-1", b"99999999999999999999", b"", b"5 LAST LAST"]
)


def _command(*pieces: bytes | st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    parts = [st.just(each) if isinstance(each, bytes) else each for each in (*pieces, _END)]
    return st.tuples(*parts).map(b"".join)


_PARAMETERS = st.sampled_from(
    [
        b"",
        b"",
        b"",
        b" SIZE=5",
        b" SMTPUTF8",
        b" BODY=8BITMIME",
        b" RET=HDRS ENVID=+41",
        b" NOTIFY=NEVER",
        b" X=y",
    ]
) | _JUNK.map(lambda junk: b" ENVID=" + junk)
_CONTENT = st.lists(
    st.sampled_from(
        [b"Subject: a\r\n", b"\r\n", b".", b"..", b"\r", b"\n", b".\r\n", b"\r\n.\r\n", b"x" * 1001]
    )
    | _JUNK,
    max_size=8,
).map(b"".join)
_COMMANDS = st.one_of(
    _command(b"EHLO ", _JUNK),
    _command(
        st.sampled_from(
            [b"EHLO a", b"HELO a", b"RSET", b"NOOP", b"VRFY a", b"EXPN", b"HELP", b"STARTTLS", b"QUIT"]
        )
    ),
    _command(b"MAIL FROM:<", _PATH, b">", _PARAMETERS),
    _command(b"RCPT TO:<", _PATH, b">", _PARAMETERS),
    st.tuples(_command(b"DATA"), _CONTENT, st.sampled_from([b"\r\n.\r\n", b".\r\n", b""])).map(b"".join),
    st.tuples(_command(b"BDAT ", _SIZES), _CONTENT).map(b"".join),
    _command(b"AUTH ", st.sampled_from([b"PLAIN", b"LOGIN", b"plain =", b"X", b""]), b" ", _JUNK),
    _command(b"AUTH PLAIN " + plain(LOGIN, PASSWORD).encode()),
    _command(_JUNK),
    st.just(
        b"EHLO a\r\nMAIL FROM:<%s>\r\nRCPT TO:<a@b.example>\r\nDATA\r\nSubject: a\r\n\r\nb\r\n.\r\n"
        % LOGIN.encode()
    ),
)
_MADE_UP = st.tuples(
    st.sampled_from(
        [b"", b"EHLO a\r\n", b"EHLO a\r\nAUTH PLAIN " + plain(LOGIN, PASSWORD).encode() + b"\r\n"]
    ),
    st.lists(_COMMANDS, max_size=12).map(b"".join),
).map(b"".join)


@st.composite
def _damaged(draw: st.DrawFn) -> bytes:
    """A conversation of the corpus with pieces cut out, doubled, or replaced."""
    stream = draw(st.sampled_from(CORPUS)).read_bytes()
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(stream)))
        length = draw(st.integers(0, 12))
        piece = draw(_JUNK | st.just(stream[start : start + length] * 2))
        stream = stream[:start] + piece + stream[start + length :]
    return stream


CONVERSATIONS = _MADE_UP | _damaged()
CUTS = st.lists(st.integers(1, 400), max_size=4)


def converse(connection: socket.socket, stream: bytes, cuts: list[int]) -> bytes:
    """Send `stream` in pieces, then half-close. Returns everything that is answered; fails where that hangs."""
    said = b""
    with connection, contextlib.suppress(ConnectionResetError, BrokenPipeError, ssl.SSLEOFError):
        connection.settimeout(SECONDS)
        for cut in cuts:
            connection.sendall(stream[:cut])
            stream = stream[cut:]
        connection.sendall(stream)
        if not isinstance(connection, ssl.SSLSocket):
            connection.shutdown(socket.SHUT_WR)
        else:
            # TLS has no half-close: what ends a conversation wherever the stream has left it.
            connection.sendall(b"\r\n.\r\nQUIT\r\n*\r\nQUIT\r\n")
        while data := connection.recv(65536):
            said += data
    return said


def judge(house: House, said: bytes, faults: list[object]) -> None:
    """What must hold after a conversation that was answered with `said`."""
    whole = said[: said.rfind(b"\r\n") + 2] if b"\r\n" in said else b""
    assert REPLIES.fullmatch(whole), whole
    assert not OUR_CODE.search(whole)
    assert faults == []
    taken = [submission.raw for submission in house.intake.submissions]
    house.intake.submissions.clear()
    assert whole.count(b"250 2.0.0 Ok: queued") == len(taken)
    for raw in taken:
        assert not re.search(rb"\r(?!\n)|(?<!\r)\n|\0", raw)
        assert raw == b"" or raw.endswith(b"\r\n")


def test_the_corpus_is_kept() -> None:
    assert len(CORPUS) >= 20


@pytest.mark.parametrize("kept", CORPUS, ids=lambda path: path.stem)
def test_a_kept_conversation(open_doors: OpenHouse, kept: Path) -> None:
    with structlog.testing.capture_logs() as lines, open_doors("trusted", limits=LIMITS) as house:
        for step in (len(kept.read_bytes()) or 1, 1):
            stream = kept.read_bytes()
            said = converse(
                socket.create_connection(("127.0.0.1", house.port())), stream, [step] * (len(stream) // step)
            )
            judge(house, said, [line for line in lines if line["event"] == "fault"])
            assert said.startswith(b"220 ")


def test_random_conversations_in_the_clear(open_doors: OpenHouse) -> None:
    with structlog.testing.capture_logs() as lines, open_doors("trusted", limits=LIMITS) as house:

        @FUZZ
        @given(CONVERSATIONS, CUTS)
        def hold(stream: bytes, cuts: list[int]) -> None:
            said = converse(socket.create_connection(("127.0.0.1", house.port())), stream, cuts)
            judge(house, said, [line for line in lines if line["event"] == "fault"])

        hold()


def test_random_conversations_before_tls(open_doors: OpenHouse) -> None:
    with structlog.testing.capture_logs() as lines, open_doors("starttls", limits=LIMITS) as house:

        @settings(FUZZ, max_examples=300)
        @given(CONVERSATIONS, CUTS)
        def hold(stream: bytes, cuts: list[int]) -> None:
            said = converse(socket.create_connection(("127.0.0.1", house.port())), stream, cuts)
            # After "Ready to start TLS" an alert may follow, which is no reply.
            judge(
                house,
                said.partition(b"220 2.0.0 Ready")[0],
                [line for line in lines if line["event"] == "fault"],
            )
            assert house.intake.submissions == []
            assert b"235 " not in said

        hold()


def test_random_conversations_within_tls(open_doors: OpenHouse, tls_files: TlsFiles) -> None:
    context = ssl.create_default_context(cafile=str(tls_files.ca))
    options = {"limits": LIMITS, "attempts_per_minute": 1_000_000}
    with structlog.testing.capture_logs() as lines, open_doors("tls", **options) as house:

        @settings(FUZZ, max_examples=500)
        @given(CONVERSATIONS.filter(lambda stream: b"BDAT" not in stream.upper()), CUTS)
        def hold(stream: bytes, cuts: list[int]) -> None:
            connection = socket.create_connection(("127.0.0.1", house.port()))
            said = converse(context.wrap_socket(connection, server_hostname="127.0.0.1"), stream, cuts)
            judge(house, said, [line for line in lines if line["event"] == "fault"])

        hold()
