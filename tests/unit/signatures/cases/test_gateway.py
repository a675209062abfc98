"""Case 38 in a real installation: it is killed, tries again and releases, and each message has one block."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.demo.upstream import Delivered, Upstream
from tests.conftest import TlsFiles
from tests.installation import Installation, free_port, queue_id, until
from tests.unit.signatures.cases.sending import END, client, council, send

NAMES = [
    "owa/reply",
    "gmail-web/reply",
    "thunderbird/new-plain",
    "outlook-desktop/forward",
    "cases/40-everything",
]


@pytest.fixture
def installation(tmp_path: Path, tls_files: TlsFiles) -> Iterator[Installation]:
    """An installation for the council of the cases, with an upstream that is not there yet."""
    folder = tmp_path / "vestry"
    made = Installation(folder, tls_files.certificate, tls_files.key, tls_files.ca, council=council(END))
    made.upstream(free_port())
    made.prepare()
    made.start()
    yield made
    if made.process is not None:
        made.stop()


@pytest.fixture
def upstream(installation: Installation, tmp_path: Path) -> Iterator[Upstream]:
    """The upstream, not yet started."""
    port = installation.settings["upstreams"]["default"]["port"]
    server = Upstream(port, tmp_path / "mailbox")
    yield server
    server.stop()


def left(upstream: Upstream) -> list[Delivered]:
    """What has come for residents; the post room's own notices are not among it."""
    return [each for each in upstream.delivered() if each.recipients[0].endswith("@resident.example")]


def test_case_38_after_a_crash_and_many_attempts_what_leaves_has_one_block(installation, upstream):
    for number, name in enumerate(NAMES):
        code, reply = installation.send(client(name), (f"r{number}@resident.example",))
        assert code == 250, reply
        assert "held" not in reply, reply
    installation.kill()
    installation.start()
    upstream.start()
    until(lambda: len(upstream.delivered()) >= len(NAMES))
    got = {delivered.recipients[0]: delivered.content for delivered in upstream.delivered()}
    assert len(got) == len(upstream.delivered()) == len(NAMES)
    for number, name in enumerate(NAMES):
        assert got[f"r{number}@resident.example"].endswith(send(name, END).raw), name


def test_case_38_what_is_held_and_released_leaves_with_one_block(installation, upstream):
    raw = client("owa/reply").replace(b"From: Anne Archer <", b"From: Parish Clerk <", 1)
    code, reply = installation.send(raw, ("r@resident.example",))
    assert code == 250
    assert "held" in reply
    clerk = installation.address("clerk")
    upstream.start()
    installation.vestry("held", "release", queue_id(reply), "--by", clerk, "--why", "It is Anne")
    [delivered] = until(lambda: left(upstream))
    assert delivered.content.endswith(send(raw, END).raw)
    again = installation.vestry(
        "held", "release", queue_id(reply), "--by", clerk, "--why", "Once more", check=False
    )
    assert again.returncode != 0
    assert len(left(upstream)) == 1
    assert installation.json("archive", "verify", "--json")["faults"] == []
