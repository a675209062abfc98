"""Mail that people sign or encrypt, through a whole installation: what left still verifies, and opens."""

from __future__ import annotations

import email
import hashlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.demo.upstream import Upstream
from tests.conftest import TlsFiles
from tests.installation import Installation, until
from tests.unit.signatures.cases.sealed import PLAIN, Pgp, Smime, entity, pgp, smime
from tests.unit.signatures.cases.sending import END, WAIVER, client, council, with_fallback
from tests.unit.signatures.cases.test_sealed import sealed_part
from tests.unit.signatures.cases.visible import leaves, parsed

__all__ = ["pgp", "smime"]

pytestmark = [pytest.mark.neighbour("openssl"), pytest.mark.neighbour("gnupg")]

WRAPPED = dict.fromkeys(("smime_signed", "smime_encrypted", "pgp_signed", "pgp_encrypted"), "wrap")
WITH_FILES = ["outlook-desktop/forward-attached", "cases/40-everything", "cases/41-only-a-pdf"]


@pytest.fixture
def house(tmp_path: Path, tls_files: TlsFiles, upstream: Upstream) -> Iterator[Installation]:
    """At work for a council that has its waiver put beside whatever is sealed."""
    made = Installation(
        tmp_path / "vestry",
        tls_files.certificate,
        tls_files.key,
        tls_files.ca,
        council=council(END, with_fallback(**WRAPPED)),
    )
    made.upstream(upstream.port)
    made.prepare()
    made.start()
    yield made
    if made.process is not None:
        made.stop()


def with_a_file() -> bytes:
    """What is signed: a text, and a file in base64 whose lines are of no usual length."""
    file = (b"JVBERi0xLjcKJcfs" * 5)[:71]
    return (
        b'Content-Type: multipart/mixed; boundary="inner"\r\n\r\n--inner\r\n' + entity("plain")
        + b'\r\n--inner\r\nContent-Type: application/pdf; name="a.pdf"\r\nContent-Transfer-Encoding: base64\r\n'
        b'Content-Disposition: attachment; filename="a.pdf"\r\n\r\n' + file + b"=\r\n\r\n--inner--\r\n"
    )  # fmt: skip


def delivered(house: Installation, upstream: Upstream, messages: dict[str, bytes]) -> dict[str, bytes]:
    """What the upstream got of each message, by name; each goes to a recipient of its own."""
    names = {f"r{number}@resident.example": name for number, name in enumerate(messages)}
    for recipient, name in names.items():
        code, reply = house.send(messages[name], (recipient,))
        assert code == 250, (name, reply)
        assert "held" not in reply, (name, reply)
    until(lambda: len(upstream.delivered()) >= len(messages))
    return {names[each.recipients[0]]: each.content for each in upstream.delivered()}


def hashes(raw: bytes) -> list[tuple[str | None, str]]:
    """The files of a message: name, and the hash of what is in them."""
    return [
        (part.get_filename(), hashlib.sha256(part.get_payload(decode=True) or part.as_bytes()).hexdigest())
        for _, part in leaves(email.message_from_bytes(raw))
        if part.get_filename() or part.get_content_maintype() not in {"text", "multipart"}
    ]


def signed_octets(part: bytes) -> bytes:
    """The first part of a multipart/signed, octet for octet."""
    boundary = parsed(part).get_boundary()
    assert boundary
    delimiter = f"--{boundary}\r\n".encode()
    return part.split(delimiter)[1].removesuffix(b"\r\n")


def smime_verifies(part: bytes) -> bytes:
    """What `openssl smime` says that is signed."""
    done = subprocess.run(
        ["openssl", "smime", "-verify", "-noverify", "-inform", "SMIME"],
        input=part,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def test_what_people_sign_and_encrypt_verifies_and_opens_once_it_has_left(
    house: Installation, upstream: Upstream, smime: Smime, pgp: Pgp, tmp_path: Path
):
    whats = {"plain": entity("plain"), "alternative": entity("alternative"), "file": with_a_file()}
    messages = {f"smime {kind}": smime.signed(what) for kind, what in whats.items()}
    messages |= {f"pgp {kind}": pgp.signed(what) for kind, what in whats.items()}
    messages |= {
        "opaque": smime.opaque(whats["file"]),
        "smime encrypted": smime.encrypted(whats["file"]),
        "pgp encrypted": pgp.encrypted(whats["file"]),
        "inline": pgp.inline_signed(),
    }
    got = delivered(house, upstream, messages)
    for kind, what in whats.items():
        part = sealed_part(got[f"smime {kind}"], "multipart/signed")
        assert signed_octets(part) == what
        assert smime.verified(part) == what
        assert smime_verifies(part) == what
        part = sealed_part(got[f"pgp {kind}"], "multipart/signed")
        assert signed_octets(part) == what
        signature = parsed(part).get_payload()[1].get_payload(decode=True)
        pgp.verified(what, signature, tmp_path)
    part = sealed_part(got["opaque"], "application/pkcs7-mime")
    assert smime.verified(part) == smime_verifies(part) == whats["file"]
    assert smime.decrypted(sealed_part(got["smime encrypted"], "application/pkcs7-mime")) == whats["file"]
    encrypted = sealed_part(got["pgp encrypted"], "multipart/encrypted")
    assert (
        pgp.gpg("--decrypt", given=parsed(encrypted).get_payload()[1].get_payload(decode=True))
        == whats["file"]
    )
    text = parsed(got["inline"]).get_payload(decode=True)
    armoured = text[: text.index(b"-----END PGP SIGNATURE-----")] + b"-----END PGP SIGNATURE-----\r\n"
    pgp.gpg("--verify", given=text)
    assert pgp.gpg("--decrypt", given=armoured).replace(b"\r\n", b"\n") == PLAIN.replace(b"\r\n", b"\n")
    for name, raw in got.items():
        assert b" ".join(raw.split()).count(WAIVER.encode()) == 1, name
        sealed = set(hashes(messages[name]))
        assert sealed <= set(hashes(raw)), name
    assert house.json("archive", "verify", "--json")["faults"] == []


def test_files_leave_with_the_very_octets_that_they_came_with(house: Installation, upstream: Upstream):
    messages = {name: client(name) for name in WITH_FILES}
    got = delivered(house, upstream, messages)
    for name, raw in messages.items():
        assert hashes(raw), name
        assert hashes(got[name]) == hashes(raw), name


def test_what_is_changed_within_a_signature_would_not_verify(smime: Smime, pgp: Pgp, tmp_path: Path):
    what = entity("plain")
    other = what.replace(b"Tuesday", b"Tuesdax")
    with pytest.raises(AssertionError):
        smime_verifies(sealed_part(smime.signed(what).replace(what, other), "multipart/signed"))
    part = sealed_part(pgp.signed(what), "multipart/signed")
    signature = parsed(part).get_payload()[1].get_payload(decode=True)
    pgp.verified(what, signature, tmp_path)
    with pytest.raises(AssertionError):
        pgp.verified(other, signature, tmp_path)
