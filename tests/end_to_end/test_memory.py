"""A hundred clients, 25 MB from each at once: memory stays bounded, and who is beyond the budget may try again."""

from __future__ import annotations

import smtplib
import threading
from collections import Counter

import pytest

from gateway.demo.upstream import Upstream
from tests.bench.cost import measure, vestry_name
from tests.installation import Installation, until

CLIENTS = 100
LETTER = 25_000_000
BUDGET = 150_000_000
CONNECTIONS = 4
WORKERS_MB = 512
LINE = b"MDEyMzQ1Njc4" * 6 + b"\r\n"
SENDER = "cllr.a@littlewickham-pc.example"


def letter(number: int) -> bytes:
    head = (
        f"From: {SENDER}\r\nTo: resident@town.example\r\nSubject: large\r\n"
        f"Date: Mon, 01 Jun 2026 12:00:00 +0000\r\nMessage-ID: <{number}@large.example>\r\n"
        'Content-Type: application/octet-stream; name="map.bin"\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\n"
    ).encode()
    return head + LINE * (LETTER // len(LINE))


def hand_in(port: int, raw: bytes) -> int:
    """The code of the reply to the message; no SIZE is announced, so that the content itself must be counted."""
    with smtplib.SMTP("127.0.0.1", port, timeout=300) as client:
        client.ehlo()
        client.mail(SENDER)
        client.rcpt("resident@town.example")
        return client.data(raw)[0]


@pytest.mark.timeout(600)
def test_memory_stays_bounded_with_a_hundred_clients_and_25_mb_from_each(
    installation: Installation, upstream: Upstream
) -> None:
    installation.upstream(upstream.port, connections=CONNECTIONS)
    installation.settings["limits"] = {"inflight_bytes": BUDGET}
    installation.settings["workers"] = {"memory_mb": WORKERS_MB}
    installation.prepare()
    installation.start()
    assert installation.process is not None
    root = installation.process.pid
    before = measure(root, vestry_name).peak
    codes: Counter[int] = Counter()
    lock = threading.Lock()
    body = letter(0)

    def client(number: int) -> None:
        raw = body.replace(b"<0@large", f"<{number}@large".encode(), 1)
        code = hand_in(installation.trusted, raw)
        with lock:
            codes[code] += 1

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(codes) == {250, 452}
    assert codes[250] >= BUDGET // LETTER - 1
    assert sum(codes.values()) == CLIENTS
    grown = {name: peak - before.get(name, 0) for name, peak in measure(root, vestry_name).peak.items()}
    # A letter that goes out is in memory so often, and so many go at once, while one more is read for the archive:
    # see docs/performance.md.
    assert grown.pop("delivery") < 12 * LETTER * (CONNECTIONS + 1)
    # What is held, and what it is made into for the store and the workers; one more worker reads for the archive.
    assert sum(grown.values()) < 6 * BUDGET + WORKERS_MB * 1_048_576, grown
    assert hand_in(installation.trusted, letter(CLIENTS)) == 250
    until(lambda: len(upstream.delivered()) == codes[250] + 1, 300)
    assert all(len(each.content) > LETTER for each in upstream.delivered()), "letters, and no notices of any"
