"""Messages that are made to be too much."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.end_to_end.hostile.house import (
    DECISION_SECONDS,
    HANG,
    House,
    all_replies,
    assert_header_is_ours,
    next_number,
    queued,
)
from tests.installation import until
from tests.peers.recorder import Recorded


def _nested(depth: int) -> bytes:
    opened = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (level, level)
        for level in range(depth)
    )
    return opened + b"Content-Type: text/plain\r\n\r\nx\r\n"


def _letters_in_letters(depth: int) -> bytes:
    return b"Content-Type: message/rfc822\r\n\r\n" * depth + b"Subject: x\r\n\r\nx\r\n"


def _parts(count: int) -> bytes:
    return b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + b"--b\r\n\r\nx\r\n" * count + b"--b--\r\n"


def _bomb() -> bytes:
    """Parts within parts within parts, each boundary a prefix of the next."""
    inner = b"text"
    for level in range(60):
        boundary = b"b" * (60 - level)
        inner = (
            b'Content-Type: multipart/mixed; boundary="%s"\r\n\r\n' % boundary
            + (b"--%s\r\n\r\nx\r\n" % boundary) * 300
            + b"--%s\r\n%s\r\n--%s--\r\n" % (boundary, inner, boundary)
        )
    return inner


def _folded(name: bytes, piece: bytes, count: int) -> bytes:
    return name + b":" + b"".join(b"\r\n " + piece for _ in range(count)) + b"\r\n\r\nx\r\n"


TOO_MUCH: dict[str, Callable[[], bytes]] = {
    "MIME bomb": _bomb,
    "1000 levels": lambda: _nested(1000),
    "1000 letters in letters": lambda: _letters_in_letters(1000),
    "100,000 parts": lambda: _parts(100_000),
    "20,000 encoded words": lambda: _folded(b"X-Words", b"=?utf-8?q?=C3=A9?=", 20_000),
    "20,000 encoded words in the subject": lambda: _folded(b"Subject", b"=?utf-8?b?w6k=?=", 20_000),
    "20,000 quotes": lambda: _folded(b"To", b'"' * 40, 500),
    "20,000 quotes in one line": lambda: _folded(b"To", b'"' * 20_000, 1),
    "20,000 quoted letters": lambda: _folded(b"To", b'"\\a"' * 10, 2000),
    "5,000 nested comments": lambda: _folded(b"To", b"(" * 50, 100),
    "5,000 nested comments, closed": lambda: _folded(b"To", b"(" * 5000 + b")" * 5000 + b"a@b.example", 1),
    "100,000 addresses": lambda: _folded(b"Cc", b"a@b.example,", 100_000),
}


@pytest.mark.parametrize("what", TOO_MUCH)
def test_what_is_too_much_to_check_is_held_or_refused(house: House, what: str) -> None:
    number = next_number()
    subject = b"" if what.endswith("subject") else b"Subject: Too much\r\n"
    raw = (
        b"From: %s\r\nMessage-ID: <much-%d@pc.example>\r\nMIME-Version: 1.0\r\n%s"
        % (house.author.encode(), number, subject)
    ) + TOO_MUCH[what]()
    with house.trusted() as client, ThreadPoolExecutor(1) as other:
        client.socket.settimeout(DECISION_SECONDS + HANG)
        client.send(house.envelope() + raw + b".\r\n")
        sending = other.submit(lambda: [house.ordinary(what) for _ in range(2)])
        began = time.monotonic()
        replies = all_replies(client)
        assert time.monotonic() - began < DECISION_SECONDS + 5
        sending.result(2 * HANG)
    answer = [reply for reply in replies if reply.startswith(("250 2.0.0 Ok: queued", "5"))]
    if answer[-1].startswith("250"):
        [name] = queued(answer)
        assert answer[-1].endswith("held for the Clerk"), replies
        notice = house_notice(house, name)
        assert b"could not be checked" in notice.content.replace(b"\r\n", b" ")
        assert_header_is_ours(notice)
    else:
        assert re.search(r"\. \(Policy: .+\)", " ".join(answer)), answer
    house.unharmed()


def house_notice(house: House, name: str) -> Recorded:
    """The notice that this message is held."""
    found: Recorded = until(
        lambda: next(
            (each for each in list(house.upstream.messages) if f"Reference: {name}".encode() in each.content),
            None,
        ),
        30,
    )
    return found
