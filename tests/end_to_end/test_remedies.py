"""What is decided about held mail, by the commands and through the real gateway: what the upstream gets, and from whom."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from gateway.demo.upstream import Delivered, Upstream
from signatures.message.headers import mailboxes
from signatures.message.scanner import scan_parts
from tests.conftest import TlsFiles
from tests.installation import Installation, example_council, free_port, queue_id, until
from tests.policies import only
from tests.unit.holds.office import ANN, CLERK, RESIDENT, replied

HOME = "cllr.a.home@gmail.com"
OTHERS = tuple(f"r{number}@x{number}.example" for number in range(1, 7))
CHECKS = ("sender_identity", "signature", "waiver", "reply_all", "forwarding", "clerk_copy")


@pytest.fixture
def upstream(tmp_path) -> Iterator[Upstream]:
    one = Upstream(free_port(), tmp_path / "mailbox")
    one.start()
    yield one
    one.stop()


@pytest.fixture
def installation(tmp_path, tls_files: TlsFiles, upstream: Upstream) -> Iterator[Installation]:
    council = only(example_council(), *CHECKS).model_copy(update={"monitoring_notice": None})
    made = Installation(
        tmp_path / "vestry", tls_files.certificate, tls_files.key, tls_files.ca, council=council
    )
    made.upstream(upstream.port)
    made.prepare()
    made.start()
    yield made
    if made.process is not None:
        made.stop()


def handed_in(installation: Installation, raw: bytes, *to: str) -> str:
    code, text = installation.send(raw, to)
    assert code == 250, text
    return queue_id(text)


def letters(upstream: Upstream) -> list[Delivered]:
    """What left in somebody's name; what the post room tells people is not among it."""
    return [each for each in upstream.delivered() if each.mail_from]


def header(raw: bytes) -> bytes:
    return raw[: scan_parts(raw)[0].body]


def test_d2_35_only_to_whom_it_answers(installation: Installation, upstream: Upstream):
    message = handed_in(installation, replied(RESIDENT, ", ".join(OTHERS)), RESIDENT, *OTHERS)
    installation.vestry("held", "release", message, "--by", ANN, "--only", "1")
    until(lambda: letters(upstream))
    [left] = letters(upstream)
    assert left.recipients == (RESIDENT, CLERK)
    assert not any(each.encode() in header(left.content) for each in OTHERS)
    assert installation.vestry("archive", "verify").returncode == 0
    assert installation.vestry("archive", "show", message, "--as", "sent").stdout == left.content


def test_sent_by_the_clerk_instead(installation: Installation, upstream: Upstream):
    raw = replied(HOME, RESIDENT, text="We accept the offer.")
    message = handed_in(installation, raw, HOME, RESIDENT)
    sent = installation.json("held", "send-as-clerk", message, "--by", CLERK, "--leave-out", "1", "--json")
    until(lambda: letters(upstream))
    [left] = letters(upstream)
    assert (left.mail_from, left.recipients) == (CLERK, (RESIDENT,))
    [author] = mailboxes(scan_parts(left.content)[0].first(left.content, "from"))
    assert author.address == CLERK
    assert b"We accept the offer." in left.content
    assert ANN.encode() not in header(left.content)
    assert HOME.encode() not in header(left.content)
    shown = installation.json("held", "show", message, "--json")
    assert (shown["state"], shown["linked"][0]["message"]) == ("returned", sent["sent_as"])
    assert installation.vestry("archive", "verify").returncode == 0


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_released_while_it_goes_down(installation: Installation, upstream: Upstream, how: str):
    """Whatever comes first: once the word is given it leaves, once, now or after the next start."""
    message = handed_in(installation, replied(HOME, RESIDENT), HOME, RESIDENT)
    ending = threading.Thread(target=getattr(installation, how))
    words = [
        threading.Thread(
            target=installation.vestry,
            args=("held", "release", message, "--by", who),
            kwargs={"check": False},
        )
        for who in (CLERK, CLERK.replace("clerk@", "deputy@"))
    ]
    for thread in (*words, ending):
        thread.start()
    for thread in (*words, ending):
        thread.join(120)
    shown = installation.json("held", "show", message, "--json")
    assert shown["state"] == "released"
    assert [each["act"] for each in shown["decisions"][1:]] == ["released"]
    installation.start()
    until(lambda: installation.json("queue", "list", "--json") == [])
    [left] = letters(upstream)
    assert left.recipients[:2] == (HOME, RESIDENT)
