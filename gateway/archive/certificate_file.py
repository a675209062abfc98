"""A certificate as a file: made, and checked by whoever was given it, without an archive.

The page comes first, then, between two lines of dashes, the certificate as canonical JSON with the SHA-256 of the page,
the public key and the signature. Whatever is not to the letter as it was made is not genuine.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ValidationError

from gateway.archive.certificate import Certificate, as_json
from gateway.archive.certificate_page import page

_BEGIN = b"\n-----BEGIN VESTRY SEARCH CERTIFICATE-----\n"
_END = b"\n-----END VESTRY SEARCH CERTIFICATE-----\n"
_PAGE, _KEY, _SIGNATURE = b"Page: ", b"Public-Key: ", b"Signature: "
_HEX = re.compile(rb"(?:[0-9a-f]{2}){1,64}")
_CONTEXT = b"vestry search certificate 1\n"
"""What is signed begins with this, so that a signature for anything else does not do here."""


class NotGenuine(Exception):
    """The file is no certificate, or not as it was made; the text says what is amiss."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A certificate that is as it was made, the public key that it was signed with, and what the ledger has of it."""

    certificate: Certificate
    public_key: str
    digest: str


def digest_of(certificate: Certificate) -> str:
    """SHA-256, in hex, of the certificate's canonical JSON: what the council's ledger has of it."""
    return hashlib.sha256(as_json(certificate)).hexdigest()


def to_sign(certificate: Certificate) -> bytes:
    """What the installation's key is to sign: the page's SHA-256, and the JSON."""
    return _to_sign(page(certificate).encode(), as_json(certificate))


def file_of(certificate: Certificate, public_key: str, signature: str) -> bytes:
    """The file. `public_key` and `signature` (Ed25519, RFC 8032) are in hex."""
    shown, data = page(certificate).encode(), as_json(certificate)
    lines = [
        data,
        _PAGE + hashlib.sha256(shown).hexdigest().encode(),
        _KEY + public_key.encode(),
        _SIGNATURE + signature.encode(),
    ]
    return shown + _BEGIN + b"\n".join(lines) + _END


def checked(file: bytes) -> Checked:
    """What a file says, where it is as it was made by whoever has the key. Raises NotGenuine.

    Whether the key is that of the council's installation is for the caller to compare.
    """
    shown, begin, rest = file.rpartition(_BEGIN)
    lines = rest.removesuffix(_END).split(b"\n")
    if not begin or not rest.endswith(_END) or len(lines) != 4:
        raise NotGenuine("it is no search certificate, or not all of one")
    data, digest, key, signature = lines
    public_key, signed = _decoded(key, _KEY), _decoded(signature, _SIGNATURE)
    if digest != _PAGE + hashlib.sha256(shown).hexdigest().encode():
        raise NotGenuine("its page was changed")
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signed, _to_sign(shown, data))
    except (InvalidSignature, ValueError):
        raise NotGenuine("its signature is not valid, so something in it was changed") from None
    try:
        certificate = Certificate.model_validate(json.loads(data))
    except (ValidationError, ValueError, RecursionError):
        raise NotGenuine("it is of a kind that this version does not know") from None
    return Checked(certificate, public_key.hex(), hashlib.sha256(data).hexdigest())


def _to_sign(shown: bytes, data: bytes) -> bytes:
    return _CONTEXT + hashlib.sha256(shown).hexdigest().encode() + b"\n" + data


def _decoded(line: bytes, title: bytes) -> bytes:
    """What a line has in hex. Raises NotGenuine where it could be written otherwise."""
    text = line.removeprefix(title)
    if not line.startswith(title) or not _HEX.fullmatch(text):
        raise NotGenuine(f"its line “{title.decode().strip(': ')}” was changed")
    return bytes.fromhex(text.decode())
