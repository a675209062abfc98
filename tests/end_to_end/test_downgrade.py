"""A whole installation before a Postfix that does not offer 8BITMIME: in seven bits, signed, and on record."""

from __future__ import annotations

import email
from collections.abc import Iterator
from pathlib import Path

import dkim
import pytest

from gateway.archive.versions import as_received, as_sent
from tests.conftest import TlsFiles
from tests.installation import Installation, queue_id
from tests.peers.postfix import Postfix
from tests.unit.signing.material import dns, rsa_key, written

pytestmark = pytest.mark.neighbour("postfix", "dovecot")

HEAD = b"From: cllr.a@littlewickham-pc.example\r\nTo: r@there.example\r\nSubject: The pond\r\nMIME-Version: 1.0\r\n"
LETTER = "Dear neighbour,\r\n\r\nthe café by the pond, the tŷ and £5.\r\n".encode()
PICTURE = bytes(octet for octet in range(256) if octet not in b"\0\r\n") * 9
MIXED = (
    HEAD
    + b"Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    + b"--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + LETTER
    + b"\r\n--b\r\nContent-Type: image/x-odd\r\nContent-Disposition: attachment; filename=pond.odd\r\n"
    + b"Content-Transfer-Encoding: 8bit\r\n\r\n" + b"\r\n".join(PICTURE[at:at + 700] for at in range(0, len(PICTURE), 700))
    + b"\r\n--b--\r\n"
)  # fmt: skip


@pytest.fixture
def postfix() -> Iterator[Postfix]:
    with Postfix.running(login=False, without="chunking, 8bitmime") as running:
        yield running


@pytest.fixture
def house(tmp_path: Path, tls_files: TlsFiles, postfix: Postfix) -> Iterator[Installation]:
    made = Installation(tmp_path / "vestry", tls_files.certificate, tls_files.key, tls_files.ca)
    made.upstream(postfix.port)
    key = rsa_key()
    made.folder.mkdir(parents=True)
    path = written(made.folder, key)
    made.settings["dkim"] = [{"domain": key.domain, "selector": key.selector, "key": str(path)}]
    made.prepare()
    made.start()
    yield made
    if made.process is not None:
        made.stop()


def test_eight_bits_reach_a_server_that_takes_seven(house: Installation, postfix: Postfix):
    code, reply = house.send(MIXED, ("r@there.example",))
    assert code == 250
    assert "held" not in reply
    [sent] = postfix.sent("r@there.example")
    assert sent.isascii()
    assert dkim.verify(sent, dnsfunc=dns([rsa_key()]))
    parsed = email.message_from_bytes(sent)
    text, picture = parsed.get_payload()
    assert [part["Content-Transfer-Encoding"] for part in (parsed, text, picture)] == [
        "7bit",
        "quoted-printable",
        "base64",
    ]
    said = text.get_payload(decode=True)
    assert said.startswith(LETTER)
    assert "Councillor" in said.decode()  # The agreed signature, in the same encoding.
    before = email.message_from_bytes(MIXED).get_payload(1).get_payload(decode=True)
    assert picture.get_payload(decode=True) == before
    with house.database() as database:
        kept = database.read_blocking(
            lambda c: (
                as_received(c, house.council.id, queue_id(reply)),
                as_sent(c, house.council.id, queue_id(reply)),
            )
        )
    assert kept == (MIXED, sent)
    told = [each["sentence"] for each in house.json("archive", "show", queue_id(reply))["changes"]]
    assert "Wrote a text in quoted-printable, so that every mail server can carry it." in told
    assert "Wrote a part in base64, so that every mail server can carry it." in told
    assert house.json("archive", "verify", "--json")["faults"] == []
