"""DKIM private keys: read once, kept in one process, never shown."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from config.address import BadAddress, canonical_domain
from config.errors import Complaint, ConfigError
from config.settings import DkimKeySettings
from gateway import logs

PrivateKey = RSAPrivateKey | Ed25519PrivateKey

ALLOWED = "an RSA (1024 to 4096 bits, 2048 advised) or Ed25519 private key in PEM, without a passphrase"
_LARGEST_FILE = 65_536


@dataclass(frozen=True, slots=True)
class Key:
    """A key with the names it is published under. Its private half is in no repr."""

    domain: str
    selector: str
    private: PrivateKey = field(repr=False)

    @property
    def algorithm(self) -> str:
        """The a= tag: `rsa-sha256` or `ed25519-sha256`."""
        return "rsa-sha256" if isinstance(self.private, RSAPrivateKey) else "ed25519-sha256"

    def sign(self, data: bytes) -> bytes:
        """The signature over `data`: RSASSA-PKCS1-v1_5, or PureEdDSA over the digest (RFC 8463 §3)."""
        if isinstance(self.private, RSAPrivateKey):
            return self.private.sign(data, PKCS1v15(), hashes.SHA256())
        digest = hashes.Hash(hashes.SHA256())
        digest.update(data)
        return self.private.sign(digest.finalize())


class KeyRing:
    """The keys of all domains."""

    def __init__(self, keys: Iterable[Key] = ()) -> None:
        self._by_domain: dict[str, list[Key]] = {}
        for key in keys:
            self._by_domain.setdefault(key.domain, []).append(key)

    def __len__(self) -> int:
        return sum(len(keys) for keys in self._by_domain.values())

    def keys_for(self, domain: str) -> tuple[Key, ...]:
        """The keys that sign for a From in `domain`: its own, else those of the nearest domain above it.

        A signature by a domain above aligns in DMARC's relaxed mode (RFC 7489 §3.1.1). Empty where there is
        none. Raises BadAddress where `domain` is no domain.
        """
        name = canonical_domain(domain)
        while name:
            if name in self._by_domain:
                return tuple(self._by_domain[name])
            name = name.partition(".")[2]
        return ()


def load_keys(settings: Iterable[DkimKeySettings]) -> KeyRing:
    """The keys that the host has set. Raises ConfigError, naming file, key, what was found and is allowed."""
    keys: dict[tuple[str, str], Key] = {}
    for number, wanted in enumerate(settings):
        setting = f"dkim[{number}]"
        key = Key(_domain(wanted, setting), wanted.selector, _read(wanted, f"{setting}.key"))
        if (key.domain, key.selector) in keys:
            raise ConfigError(
                str(wanted.key),
                [
                    Complaint(
                        f"{setting}.selector",
                        f"{key.selector} of {key.domain} for a second time",
                        "each selector of a domain once",
                    )
                ],
            )
        keys[key.domain, key.selector] = key
    return KeyRing(keys.values())


def signing_domain(domain: str) -> str:
    """A domain as it stands in d=: lower case, A-labels. Raises BadAddress, for an address literal too."""
    name = canonical_domain(domain)
    if name.startswith("["):
        raise BadAddress("a domain name")
    return name


def _domain(wanted: DkimKeySettings, setting: str) -> str:
    try:
        return signing_domain(wanted.domain)
    except BadAddress:
        raise ConfigError(
            str(wanted.key), [Complaint(f"{setting}.domain", repr(wanted.domain), "a domain name")]
        ) from None


def _read(wanted: DkimKeySettings, setting: str) -> PrivateKey:
    """The private key in the file. Raises ConfigError; what the file holds is never repeated."""
    try:
        private = load_pem_private_key(_contents(wanted.key), password=None)
    except OSError as error:
        raise _fault(wanted.key, setting, f"no readable file ({error.strerror})") from None
    except TypeError:
        raise _fault(wanted.key, setting, "a key with a passphrase") from None
    except (ValueError, UnsupportedAlgorithm):
        raise _fault(wanted.key, setting, "something that is not a private key in PEM") from None
    if isinstance(private, Ed25519PrivateKey):
        return private
    if not isinstance(private, RSAPrivateKey):
        raise _fault(wanted.key, setting, "a private key of another kind")
    if not 1024 <= private.key_size <= 4096:
        # RFC 8301 §3.2: nobody need accept less than 1024 bits, nor be able to verify more than 4096.
        raise _fault(wanted.key, setting, f"an RSA key of {private.key_size} bits")
    if private.key_size < 2048:
        logs.get("signing").warning("dkim key is short", file=str(wanted.key), bits=private.key_size)
    return private


def _contents(path: Path) -> bytes:
    with path.open("rb") as file:
        mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
        # A group may be given the key to read on purpose; nobody else may, and no group may replace it.
        if mode & 0o027:
            logs.get("signing").warning("dkim key file is open to others", file=str(path), mode=f"{mode:04o}")
        return file.read(_LARGEST_FILE)


def _fault(path: Path, setting: str, found: str) -> ConfigError:
    return ConfigError(str(path), [Complaint(setting, found, ALLOWED)])
