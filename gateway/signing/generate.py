"""New DKIM keys, and the DNS record that publishes one."""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from gateway.signing.keys import Key, PrivateKey

Algorithm = Literal["rsa", "ed25519"]


@dataclass(frozen=True, slots=True)
class DnsRecord:
    """A TXT record (RFC 6376 §3.6.1, RFC 8463 §4): its full name and its value as one text."""

    name: str
    value: str

    @property
    def strings(self) -> tuple[str, ...]:
        """The value in the strings of at most 255 octets that a TXT record is made of (RFC 1035 §3.3.14)."""
        return tuple(self.value[start : start + 255] for start in range(0, len(self.value), 255))

    @property
    def zone_line(self) -> str:
        """The record as a line of a zone file."""
        quoted = " ".join(f'"{text}"' for text in self.strings)
        return f"{self.name}. IN TXT ( {quoted} )"


def new_private_key(algorithm: Algorithm) -> PrivateKey:
    """A fresh key: RSA of 2048 bits, or Ed25519."""
    if algorithm == "ed25519":
        return Ed25519PrivateKey.generate()
    return generate_private_key(public_exponent=65537, key_size=2048)


def write_private_key(private: PrivateKey, path: Path) -> None:
    """Write a key as PKCS#8 PEM to a new file that only its owner can read, durably.

    Raises FileExistsError rather than write over anything, and OSError; half a file is never left.
    """
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink()
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def dns_record(key: Key) -> DnsRecord:
    """The record to publish for a key."""
    public = key.private.public_key()
    if isinstance(key.private, RSAPrivateKey):
        kind, octets = "rsa", public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    else:
        kind, octets = "ed25519", public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    value = f"v=DKIM1; k={kind}; p={base64.b64encode(octets).decode()}"
    return DnsRecord(f"{key.selector}._domainkey.{key.domain}", value)
