"""Signed and encrypted messages made with the programs that people have, and verified with them."""

from __future__ import annotations

import re
import shutil
import subprocess
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.neighbours import in_ci

PLAIN = b"Dear Jill,\r\n\r\nThe hedge by the school will be cut on Tuesday.\r\n\r\nBest wishes\r\nAnne\r\n"
HTML = (
    b"<html><body><p>Dear Jill,</p><p>The hedge by the school will be cut on Tuesday.</p></body></html>\r\n"
)

_HEADER = b"""\
Message-ID: <c0000042-6b0e-4f6e-b4c5-2f6f2b1c7e90@littlewickham-pc.example>\r
Date: Fri, 20 Nov 2026 16:12:44 +0000\r
MIME-Version: 1.0\r
User-Agent: Mozilla Thunderbird\r
Subject: Hedge by the school\r
To: Jill Fenwick <jill.fenwick@resident.example>\r
Content-Language: en-GB\r
From: Anne Archer <cllr.a@littlewickham-pc.example>\r
"""


def entity(kind: str) -> bytes:
    """What is sealed: `plain`, or `alternative` as Outlook and Thunderbird write it."""
    if kind == "plain":
        return (
            b"Content-Type: text/plain; charset=UTF-8; format=flowed\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"
            + PLAIN
        )
    return (
        b'Content-Type: multipart/alternative;\r\n boundary="------------Yk3Qm0Hq7T5v2RbE8sXwin"\r\n\r\n'
        b"--------------Yk3Qm0Hq7T5v2RbE8sXwin\r\nContent-Type: text/plain; charset=UTF-8; format=flowed\r\n"
        b"Content-Transfer-Encoding: 7bit\r\n\r\n" + PLAIN + b"\r\n--------------Yk3Qm0Hq7T5v2RbE8sXwin\r\n"
        b"Content-Type: text/html; charset=UTF-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"
        + HTML
        + b"\r\n--------------Yk3Qm0Hq7T5v2RbE8sXwin--\r\n"
    )


def _crlf(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _run(*command: object, given: bytes | None = None) -> bytes:
    done = subprocess.run([str(word) for word in command], input=given, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    return done.stdout


def _needed(program: str) -> None:
    if shutil.which(program) is None:
        reason = f"needs {program}"
        if in_ci():
            pytest.fail(reason)
        pytest.skip(reason)


@dataclass(frozen=True)
class Smime:
    """A key and its certificate, for `openssl`."""

    folder: Path

    def signed(self, what: bytes) -> bytes:
        """multipart/signed, as Thunderbird and Outlook write it."""
        signature = _run(
            "openssl", "cms", "-sign", "-binary", "-outform", "DER",
            "-signer", self.folder / "certificate.pem", "-inkey", self.folder / "key.pem", "-md", "sha256",
            given=what,
        )  # fmt: skip
        boundary = b"------------ms010203040506070809000102"
        return (
            _HEADER
            + b'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256;\r\n boundary="'
            + boundary + b'"\r\n\r\nThis is a cryptographically signed message in MIME format.\r\n\r\n--' + boundary + b"\r\n"
            + what + b"\r\n--" + boundary + b"\r\n"
            + b'Content-Type: application/pkcs7-signature; name="smime.p7s"\r\nContent-Transfer-Encoding: base64\r\n'
            + b'Content-Disposition: attachment; filename="smime.p7s"\r\nContent-Description: S/MIME Cryptographic Signature\r\n\r\n'
            + _base64(signature) + b"--" + boundary + b"--\r\n"
        )  # fmt: skip

    def opaque(self, what: bytes) -> bytes:
        """Signed as application/pkcs7-mime, as Outlook does where it was told to."""
        content = _run(
            "openssl", "cms", "-sign", "-binary", "-nodetach", "-outform", "DER",
            "-signer", self.folder / "certificate.pem", "-inkey", self.folder / "key.pem", given=what,
        )  # fmt: skip
        return _HEADER + _pkcs7(b"signed-data") + _base64(content)

    def encrypted(self, what: bytes) -> bytes:
        """application/pkcs7-mime, enveloped."""
        content = _run(
            "openssl",
            "cms",
            "-encrypt",
            "-binary",
            "-outform",
            "DER",
            "-aes256",
            self.folder / "certificate.pem",
            given=what,
        )
        return _HEADER + _pkcs7(b"enveloped-data") + _base64(content)

    def verified(self, part: bytes) -> bytes:
        """What a part says that is signed, its signature being good."""
        return _run("openssl", "cms", "-verify", "-noverify", "-inform", "SMIME", given=part)

    def decrypted(self, part: bytes) -> bytes:
        """What a part says that is encrypted."""
        return _run(
            "openssl", "cms", "-decrypt", "-inform", "SMIME", "-inkey", self.folder / "key.pem",
            "-recip", self.folder / "certificate.pem", given=part,
        )  # fmt: skip


def _pkcs7(kind: bytes) -> bytes:
    return (
        b'Content-Type: application/pkcs7-mime; name="smime.p7m"; smime-type=' + kind
        + b'\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename="smime.p7m"\r\n\r\n'
    )  # fmt: skip


def _base64(content: bytes) -> bytes:
    import base64

    return "".join(line + "\r\n" for line in textwrap.wrap(base64.b64encode(content).decode(), 64)).encode()


@dataclass(frozen=True)
class Pgp:
    """A home folder for `gpg` with one key."""

    home: Path

    def gpg(self, *arguments: object, given: bytes | None = None) -> bytes:
        """What gpg answers; it must succeed."""
        return _run(
            "gpg",
            "--homedir",
            self.home,
            "--batch",
            "--quiet",
            "--trust-model",
            "always",
            *arguments,
            given=given,
        )

    def signed(self, what: bytes) -> bytes:
        """PGP/MIME (RFC 3156 5), as Thunderbird writes it."""
        signature = self.gpg("--armor", "--detach-sign", "--digest-algo", "SHA256", given=what)
        boundary = b"------------pgp0102030405060708090a"
        return (
            _HEADER
            + b'Content-Type: multipart/signed; micalg=pgp-sha256;\r\n protocol="application/pgp-signature";\r\n boundary="'
            + boundary + b'"\r\n\r\nThis is an OpenPGP/MIME signed message (RFC 4880 and 3156)\r\n--' + boundary + b"\r\n"
            + what + b"\r\n--" + boundary + b"\r\n"
            + b'Content-Type: application/pgp-signature; name="OpenPGP_signature.asc"\r\nContent-Description: OpenPGP digital signature\r\n'
            + b'Content-Disposition: attachment; filename="OpenPGP_signature.asc"\r\n\r\n' + _crlf(signature) + b"\r\n--" + boundary + b"--\r\n"
        )  # fmt: skip

    def encrypted(self, what: bytes) -> bytes:
        """PGP/MIME (RFC 3156 4)."""
        content = self.gpg(
            "--armor", "--encrypt", "--recipient", "cllr.a@littlewickham-pc.example", given=what
        )
        boundary = b"------------pgp0102030405060708090b"
        return (
            _HEADER
            + b'Content-Type: multipart/encrypted;\r\n protocol="application/pgp-encrypted";\r\n boundary="' + boundary
            + b'"\r\n\r\nThis is an OpenPGP/MIME encrypted message (RFC 4880 and 3156)\r\n--' + boundary + b"\r\n"
            + b"Content-Type: application/pgp-encrypted\r\nContent-Description: PGP/MIME version identification\r\n\r\nVersion: 1\r\n\r\n--"
            + boundary + b"\r\n"
            + b'Content-Type: application/octet-stream; name="encrypted.asc"\r\nContent-Description: OpenPGP encrypted message\r\n'
            + b'Content-Disposition: inline; filename="encrypted.asc"\r\n\r\n' + _crlf(content) + b"\r\n--" + boundary + b"--\r\n"
        )  # fmt: skip

    def inline_signed(self) -> bytes:
        """The old form: the text itself is armoured (RFC 9580 7)."""
        text = self.gpg("--armor", "--clear-sign", "--digest-algo", "SHA256", given=PLAIN)
        return (
            _HEADER
            + b"Content-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"
            + _crlf(text)
        )

    def inline_encrypted(self) -> bytes:
        """The same, encrypted."""
        text = self.gpg("--armor", "--encrypt", "--recipient", "cllr.a@littlewickham-pc.example", given=PLAIN)
        return (
            _HEADER
            + b"Content-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"
            + _crlf(text)
        )

    def verified(self, what: bytes, signature: bytes, folder: Path) -> None:
        """The detached signature over `what` is good."""
        (folder / "what").write_bytes(what)
        (folder / "signature").write_bytes(signature)
        self.gpg("--verify", folder / "signature", folder / "what")


@pytest.fixture(scope="session")
def smime(tmp_path_factory: pytest.TempPathFactory) -> Smime:
    """A key of Anne's for S/MIME."""
    _needed("openssl")
    folder = tmp_path_factory.mktemp("smime")
    _run(
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
        "-keyout", folder / "key.pem", "-out", folder / "certificate.pem", "-subj", "/CN=Anne Archer",
        "-addext", "subjectAltName=email:cllr.a@littlewickham-pc.example",
    )  # fmt: skip
    return Smime(folder)


@pytest.fixture(scope="session")
def pgp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pgp]:
    """A key of Anne's for PGP; the agent that gpg starts ends with the tests."""
    _needed("gpg")
    # The agent's socket must have a short path.
    import tempfile

    with tempfile.TemporaryDirectory(prefix="pgp", dir="/tmp") as name:
        home = Path(name)
        home.chmod(0o700)
        keys = Pgp(home)
        keys.gpg(
            "--passphrase",
            "",
            "--quick-generate-key",
            "Anne Archer <cllr.a@littlewickham-pc.example>",
            "ed25519",
            "sign",
            "never",
        )
        listed = keys.gpg("--list-keys", "--with-colons").decode()
        fingerprint = re.search(r"^fpr:+([0-9A-F]+):", listed, re.MULTILINE)
        assert fingerprint
        keys.gpg("--passphrase", "", "--quick-add-key", fingerprint[1], "cv25519", "encr", "never")
        yield keys
        subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=False, capture_output=True)
