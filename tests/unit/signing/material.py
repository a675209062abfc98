"""Keys, messages and a stand-in for the DNS, shared by the tests of signing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateway.signing.generate import dns_record, new_private_key
from gateway.signing.keys import Key, PrivateKey

WHEN = datetime(2026, 5, 7, 9, 30, tzinfo=UTC)
DOMAIN = "littlewickham-pc.example"

OBSOLETE = re.compile(rb"^[\x21-\x39\x3b-\x7e]+[ \t]+:", re.MULTILINE)
"""A field name with white space before its colon (RFC 5322 §4.5), which neither dkimpy nor OpenDKIM can always read."""

MESSAGE = (
    b"Received: from desk.example by mx.littlewickham-pc.example with ESMTPSA; Thu, 7 May 2026 10:30:00 +0100\r\n"
    b"From: Councillor A <cllr.a@littlewickham-pc.example>\r\n"
    b"To: Resident <resident@example.net>\r\n"
    b"Subject: The  pond,\r\n\tand who \r\n looks after it\r\n"
    b"Date: Thu, 7 May 2026 10:30:00 +0100\r\n"
    b"Message-ID: <1@littlewickham-pc.example>\r\n"
    b"MIME-Version: 1.0\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n"
    b"Content-Transfer-Encoding: 8bit\r\n"
    b"\r\n"
    b"Dear neighbour,  \r\n"
    b"\r\n"
    b"\tthe pond \t is everybody\xe2\x80\x99s.\t\r\n"
    b"\r\n"
    b"A\r\n"
    b"\r\n"
    b"\r\n"
)


@cache
def rsa_key() -> Key:
    return Key(DOMAIN, "r2026", new_private_key("rsa"))


@cache
def ed25519_key() -> Key:
    return Key(DOMAIN, "e2026", new_private_key("ed25519"))


def pem(private: PrivateKey, form: PrivateFormat = PrivateFormat.PKCS8) -> bytes:
    return private.private_bytes(Encoding.PEM, form, NoEncryption())


def written(folder: Path, key: Key, mode: int = 0o600) -> Path:
    path = folder / f"{key.selector}.pem"
    path.write_bytes(pem(key.private))
    path.chmod(mode)
    return path


def dns(keys: Iterable[Key]) -> Callable[..., bytes | None]:
    """A lookup of TXT records that knows the records of `keys` and nothing else."""
    records = {f"{dns_record(key).name}.": dns_record(key).value for key in keys}

    def look_up(name: bytes, timeout: float = 5) -> bytes | None:
        value = records.get(name.decode())
        return value.encode() if value else None

    return look_up
