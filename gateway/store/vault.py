"""How octets are kept: compressed and, where the host has a key for it, encrypted.

What is closed is encrypted with AES-256-GCM (NIST SP 800-38D), each time with 96 random bits as its nonce, by a key
that is derived (HKDF-SHA256, RFC 5869) from the host's for one purpose of one council. Sealed with it are its form
and what it is `about`: in the place of something else it does not open. Without a key, octets are compressed only;
then it is the ledger that tells of whoever changes them.
"""

from __future__ import annotations

import hmac
import os
import threading
from typing import Final

import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Connection

from gateway.store.errors import Altered

OPTION = "vestry_vault"
"""Execution option of every connection of a database: its `Vault`."""

KEY_OCTETS: Final = 32
MOST: Final = 1 << 30
"""The most octets that are ever made out of compressed ones."""

_NONCE = 12
_SALT = 16
_LEVEL = 3
_LEAST = 64
"""So little is not worth compressing."""

_LARGEST_WINDOW = 1 << 27
_FORMS = frozenset({"p", "z", "pe", "ze"})
_MARK = b"vestry archive key"
_mine = threading.local()


def about(purpose: str, council: str, *which: object) -> str:
    """What octets are about: their purpose and council, by which keys are told apart, and which they are."""
    return "/".join((purpose, council, *(str(each) for each in which)))


class Vault:
    """What octets are closed and opened with. The key is in no repr."""

    def __init__(self, key: bytes | None = None) -> None:
        """`key`: 32 octets, or None where nothing is encrypted. Raises ValueError for any others."""
        if key is not None and len(key) != KEY_OCTETS:
            raise ValueError(f"a key of {KEY_OCTETS} octets")
        self._key = key
        self._ciphers: dict[str, AESGCM] = {}

    @property
    def encrypts(self) -> bool:
        """Whether what is closed is encrypted."""
        return self._key is not None

    def close(self, plain: bytes, about: str) -> tuple[str, bytes]:
        """Form and octets to be kept. `about` says whose they are: they open with the same only.

        The form is "p" for octets as they are and "z" for compressed ones, with an "e" behind where encrypted.
        """
        form, data = "p", plain
        if _LEAST <= len(plain) <= MOST:
            compressed = _compressor().compress(plain)
            if len(compressed) < len(plain):
                form, data = "z", compressed
        if self._key is None:
            return form, data
        form += "e"
        nonce = os.urandom(_NONCE)
        return form, nonce + self._cipher(about).encrypt(nonce, data, _sealed_with(form, about))

    def open(self, form: str | None, data: bytes, about: str) -> bytes:
        """What was closed; where `form` is None, `data` as it is.

        Raises Altered where these are not the octets that were closed for that, or the key is another.
        """
        if form is None:
            return data
        if form not in _FORMS:
            raise Altered("what the archive holds is in no form that this version knows")
        if form.endswith("e"):
            data = self._decrypted(form, data, about)
        return _decompressed(data) if form.startswith("z") else data

    def mark(self) -> bytes:
        """Something to know the key again by, which tells nothing of it: another one each time."""
        salt = os.urandom(_SALT)
        return salt + self._derived(_MARK, salt)

    def made(self, mark: bytes) -> bool:
        """Whether `mark` is one by this key."""
        return self._key is not None and hmac.compare_digest(self._derived(_MARK, mark[:_SALT]), mark[_SALT:])

    def _decrypted(self, form: str, data: bytes, about: str) -> bytes:
        if self._key is None:
            raise Altered("what the archive holds is encrypted, and there is no key for it")
        try:
            return self._cipher(about).decrypt(data[:_NONCE], data[_NONCE:], _sealed_with(form, about))
        except (InvalidTag, ValueError):
            raise Altered("what the archive holds does not open: altered, moved, or by another key") from None

    def _cipher(self, about: str) -> AESGCM:
        use = "/".join(about.split("/", 2)[:2])
        cipher = self._ciphers.get(use)
        if cipher is None:
            cipher = self._ciphers[use] = AESGCM(self._derived(use.encode()))
        return cipher

    def _derived(self, use: bytes, salt: bytes | None = None) -> bytes:
        assert self._key is not None
        return HKDF(hashes.SHA256(), KEY_OCTETS, salt=salt, info=use).derive(self._key)


OPEN = Vault()


def vault_of(connection: Connection) -> Vault:
    """The vault of the connection's database."""
    vault = connection.get_execution_options().get(OPTION, OPEN)
    assert isinstance(vault, Vault)
    return vault


def _sealed_with(form: str, about: str) -> bytes:
    return f"{form}/{about}".encode()


def _compressor() -> zstandard.ZstdCompressor:
    """This thread's: making one costs more than compressing a short message, and no two threads may share it."""
    found: zstandard.ZstdCompressor | None = getattr(_mine, "compressor", None)
    if found is None:
        found = _mine.compressor = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True)
    return found


def _decompressor() -> zstandard.ZstdDecompressor:
    found: zstandard.ZstdDecompressor | None = getattr(_mine, "decompressor", None)
    if found is None:
        found = _mine.decompressor = zstandard.ZstdDecompressor(max_window_size=_LARGEST_WINDOW)
    return found


def _decompressed(data: bytes) -> bytes:
    """What was compressed: as many octets as it says of itself, and no more than `MOST`. Raises Altered."""
    try:
        size = zstandard.get_frame_parameters(data).content_size
        if not _LEAST <= size <= MOST:  # Where it says nothing of its size, that is a very large number.
            raise Altered("what the archive holds is not what was compressed")
        plain = _decompressor().decompress(data, max_output_size=size, allow_extra_data=False)
    except (zstandard.ZstdError, MemoryError):
        raise Altered("what the archive holds cannot be decompressed: it was altered") from None
    if len(plain) != size:
        raise Altered("what the archive holds is not what was compressed")
    return plain
