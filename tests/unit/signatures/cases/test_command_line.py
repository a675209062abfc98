"""`vestry sign`: the same code from the real command line, with the demo council and that of the cases."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from pathlib import Path

import dkim
import pytest

from tests.conftest import LITTLE_WICKHAM
from tests.unit.signatures.cases import expect
from tests.unit.signatures.cases.sending import CLIENTS, COUNCIL, client, send
from tests.unit.signatures.cases.visible import leaves, parsed, texts

MEMBER = (
    "Anne Archer",
    "Councillor, Church End ward",
    "Little Wickham Parish Council",
    "The sender has no authority to enter into contracts for the Council.",
)
DEMO_WAIVER = " ".join(
    tomllib.loads(LITTLE_WICKHAM.read_text(encoding="utf-8"))["signatures"]["waivers"][-1]["variants"][0][
        "text"
    ]
    .replace("{{ council }}", "Little Wickham Parish Council")
    .split()
)


def vestry(*arguments: object, given: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    """Run the command in a process of its own."""
    command = [sys.executable, "-m", "gateway.cli", *map(str, arguments)]
    return subprocess.run(command, input=given, capture_output=True, check=False, timeout=100)


def signed(name: str, council: Path = LITTLE_WICKHAM) -> bytes:
    """What `vestry sign` writes of a message of the corpus."""
    done = vestry("sign", CLIENTS / f"{name}.eml", "--council", council)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


@pytest.mark.parametrize(
    "name",
    ["owa/reply", "gmail-web/reply", "outlook-desktop/reply", "ios-mail/reply-base64", "cases/40-everything"],
)
def test_it_writes_what_the_gateways_workers_write(name):
    assert signed(name, COUNCIL) == send(name).raw


@pytest.mark.parametrize(
    "name", ["owa/reply", "outlook-desktop/reply-welsh", "thunderbird/reply-plain", "gmx/reply"]
)
def test_case_31_the_demo_councils_waiver_stands_at_the_very_end(name):
    raw = signed(name)
    expect.fit(raw)
    for was, now in zip(texts(client(name)), texts(raw), strict=True):
        said = expect.block(now, "end_of_message", signature=MEMBER, waiver=DEMO_WAIVER)
        assert said == was.lines


def test_case_40_the_demo_councils_clerk_has_a_logo():
    raw = client("owa/reply").replace(b"Anne Archer <cllr.a@", b"Margaret Hale <clerk@")
    done = vestry("sign", "-", "--council", LITTLE_WICKHAM, given=raw)
    assert done.returncode == 0, done.stderr.decode()
    pictures = [part for _, part in leaves(parsed(done.stdout)) if part.get_content_maintype() == "image"]
    assert len(pictures) == 1
    assert pictures[0].get_content_disposition() == "inline"
    (html,) = [text for text in texts(done.stdout) if text.kind == "text/html"]
    assert html.source.count("cid:" + pictures[0]["Content-ID"].strip("<>")) == 1
    assert html.source.index("cid:") < html.source.index('id="appendonsend"')


def test_a_message_with_lf_alone_is_taken_as_its_client_would_send_it():
    raw = client("thunderbird/reply-plain")
    done = vestry("sign", "-", "--council", COUNCIL, given=raw.replace(b"\r\n", b"\n"))
    assert done.stdout == send("thunderbird/reply-plain").raw


def test_what_would_not_be_sent_like_that_ends_with_1():
    done = vestry("sign", CLIENTS / "cases/charset-unknown.eml", "--council", COUNCIL)
    assert done.returncode == 1
    assert b"character" in done.stderr or b"charset" in done.stderr
    raw = client("thunderbird/new-plain").replace(b"cllr.a@", b"nobody@")
    assert vestry("sign", "-", "--council", COUNCIL, given=raw).returncode == 1


def test_case_44_the_dkim_signature_that_leaves_is_ours_and_verifies(tmp_path: Path):
    key = tmp_path / "key.pem"
    made = vestry(
        "dkim", "key", "--domain", "littlewickham-pc.example", "--selector", "s2026", "--out", key, "--json"
    )
    assert made.returncode == 0, made.stderr.decode()
    text = json.loads(made.stdout)["record"]["value"]
    done = vestry(
        "sign", CLIENTS / "cases/44-dkim-signed.eml", "--council", COUNCIL, "--dkim-key", key, "--dkim-selector", "s2026"
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    found = [value for name, value in parsed(done.stdout).items() if name == "DKIM-Signature"]
    assert len(found) == 1
    assert "s=s2026" in found[0]
    assert "selector1" not in found[0]
    assert dkim.verify(done.stdout, dnsfunc=lambda name, timeout=5: text.encode())
    assert not dkim.verify(
        done.stdout.replace(b"binds", b"bonds"), dnsfunc=lambda name, timeout=5: text.encode()
    )
