"""OpenDKIM's verifier judges what the signing process has signed."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.signing.client import SigningClient
from gateway.signing.generate import dns_record
from tests.neighbours import program
from tests.unit.signing.material import DOMAIN, MESSAGE, OBSOLETE, ed25519_key, rsa_key, written

pytestmark = pytest.mark.neighbour("opendkim")

KEYS = (rsa_key(), ed25519_key())
CORPUS = sorted((Path(__file__).parents[1] / "corpus").glob("*.eml"))


@pytest.fixture(scope="module")
def signing_socket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The signing process, run as it runs in earnest, with one key of each kind."""
    folder = tmp_path_factory.mktemp("signing")
    entries = [
        f'[[dkim]]\ndomain = "{DOMAIN}"\nselector = "{key.selector}"\nkey = "{written(folder, key)}"\n'
        for key in KEYS
    ]
    config = folder / "vestry.toml"
    config.write_text('hostname = "mx.example"\ndata_dir = "."\n' + "".join(entries))
    ready, theirs = os.pipe()
    child = subprocess.Popen(
        [sys.executable, "-m", "gateway.process", "signing", "-c", str(config), "--ready-fd", str(theirs)],
        pass_fds=(theirs,),
    )
    os.close(theirs)
    try:
        assert os.read(ready, 6) == b"ready\n"
        yield folder / "run" / "signing.sock"
    finally:
        os.close(ready)
        child.terminate()
        child.wait(20)


def signed(socket: Path, message: bytes) -> bytes:
    async def ask() -> bytes:
        client = SigningClient(socket)
        try:
            return await client.sign(message, DOMAIN)
        finally:
            await client.close()

    return asyncio.run(ask()) + message


def judged(folder: Path, message: bytes) -> dict[str, str]:
    """OpenDKIM's word on each signature it finds: selector to "pass", "fail", …."""
    records = [dns_record(key) for key in KEYS]
    (folder / "records").write_text("".join(f"{record.name} {record.value}\n" for record in records))
    (folder / "opendkim.conf").write_text(f"Mode v\nTestPublicKeys {folder / 'records'}\n")
    (folder / "message.eml").write_bytes(message)
    done = subprocess.run(
        [
            program("opendkim") or "opendkim",
            "-x",
            str(folder / "opendkim.conf"),
            "-t",
            str(folder / "message.eml"),
            "-vv",
        ],
        capture_output=True,
        text=True,
        errors="replace",
        timeout=30,
    )
    found = re.findall(r"\bdkim=(\w+)[^;]*?\sheader\.s=(\S+)", done.stdout)
    return {selector: verdict for verdict, selector in found}


BOTH = {key.selector: "pass" for key in KEYS}


def test_it_accepts_the_signed_bytes(signing_socket: Path, tmp_path: Path) -> None:
    assert judged(tmp_path, signed(signing_socket, MESSAGE)) == BOTH


def test_it_refuses_any_tampered_byte(signing_socket: Path, tmp_path: Path) -> None:
    whole = signed(signing_socket, MESSAGE)
    begin = whole.index(b"\r\nFrom:") + 2
    assert judged(tmp_path, whole[:begin] + whole[begin:]) == BOTH
    for position in range(begin, len(whole), 7):
        tampered = whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :]
        assert "pass" not in judged(tmp_path, tampered).values(), position


@pytest.mark.parametrize("tag", [rb"\bt=\d*(\d)", rb"\bh=Fro(m)", rb"\bbh=(.)", rb"\bb=(.)"])
def test_it_refuses_a_tampered_signature(signing_socket: Path, tmp_path: Path, tag: bytes) -> None:
    whole = signed(signing_socket, MESSAGE)
    found = re.search(tag, whole)
    assert found
    other = b"1" if found[1] != b"1" else b"2"
    tampered = whole[: found.start(1)] + other + whole[found.end(1) :]
    assert judged(tmp_path, tampered) == {"r2026": "fail", "e2026": "pass"}


@pytest.mark.parametrize(
    "added", [b"From: Clerk <clerk@elsewhere.example>\r\n", b"Subject: Other\r\n", b"Cc: x@y.example\r\n"]
)
def test_it_refuses_an_added_field(signing_socket: Path, tmp_path: Path, added: bytes) -> None:
    whole = signed(signing_socket, MESSAGE)
    assert "pass" not in judged(tmp_path, added + whole).values()


ODD = {
    "no body": b"From: a@b.example\r\n\r\n",
    "blank lines alone": b"From: a@b.example\r\n\r\n\r\n \r\n\t\r\n",
    "eight bits": b"From: \xc3\xa9 <a@b.example>\r\nSubject: \xff\r\n\r\n\x80\xff\x0b\r\n",
    "folded to death": b"From:\r\n a@b.example\r\nTo:\r\n \t c@d.example,\r\n\te@f.example\r\n\r\nx\r\n",
    "space before the colon": b"From: a@b.example\r\nSubject : s\r\n\r\nx\r\n",
    "fields twice": b"From: a@b.example\r\nTo: c@d.example\r\nTo: e@f.example\r\nSubject: 1\r\nSubject: 2\r\n\r\nx\r\n",
    "empty fields": b"From: a@b.example\r\nSubject:\r\nTo: \r\n\r\nx\r\n",
    "resent": b"Resent-From: r@s.example\r\nResent-To: t@u.example\r\nFrom: a@b.example\r\n\r\nx\r\n",
    "long lines": b"From: a@b.example\r\nSubject: "
    + b"s" * 900
    + b"\r\n\r\n"
    + b"x" * 998
    + b"\r\n"
    + b" " * 900
    + b"x\r\n",
    "dots": b"From: a@b.example\r\n\r\n.\r\n..\r\n.x\r\n",
    "large": MESSAGE + b"All work  and no play\t\r\n\r\n" * 100_000,
}


@pytest.mark.parametrize("name", ODD)
def test_it_accepts_odd_messages(signing_socket: Path, tmp_path: Path, name: str) -> None:
    assert judged(tmp_path, signed(signing_socket, ODD[name])) == BOTH


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.name)
def test_it_accepts_the_corpus(signing_socket: Path, tmp_path: Path, path: Path) -> None:
    message = re.sub(rb"\r?\n", b"\r\n", path.read_bytes())
    if b"\0" in message or message.count(b"\r") != message.count(b"\r\n"):
        pytest.skip("not a message that is ever signed")
    if OBSOLETE.search(message.partition(b"\r\n\r\n")[0]):
        pytest.skip("legal, and more than the verifier can read")
    if re.search(rb"[\x0b\x0c]", message.partition(b"\r\n\r\n")[0]):
        pytest.skip("verifiers disagree on whether VT and FF are blanks; RFC 6376 says that they are not")
    found = judged(tmp_path, signed(signing_socket, message))
    # A message may bring older signatures of others with it; those are not ours to judge.
    assert {selector: found.get(selector) for selector in BOTH} == BOTH
