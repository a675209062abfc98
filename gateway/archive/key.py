"""The key that the archive is encrypted with: a file of the host's that nobody else can read."""

from __future__ import annotations

import binascii
import os
import secrets
import stat
from pathlib import Path

from config.errors import Complaint, ConfigError
from config.settings import Settings
from gateway.store.vault import KEY_OCTETS

SETTING = "archive.key"
ALLOWED = (
    f"a file with {KEY_OCTETS} octets, as they are, in hex or in base64, which its owner alone can read (mode 0400 or "
    "0600); `vestry archive key FILE` makes one"
)
_LARGEST_FILE = 1024


def key_of(settings: Settings) -> bytes | None:
    """The key that the settings name, or None where they name none. Raises ConfigError."""
    return None if settings.archive.key is None else read(settings.archive.key)


def read(path: Path) -> bytes:
    """The key in a file. Raises ConfigError, which never repeats what the file holds."""
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            content = file.read(_LARGEST_FILE)
    except OSError as error:
        raise _fault(path, f"no readable file ({error.strerror})") from None
    if mode & 0o077:
        raise _fault(path, f"a file that others can get at (mode {mode:04o})")
    key = _key_in(content)
    if key is None:
        raise _fault(path, "something that is no key")
    return key


def make(path: Path) -> None:
    """Write a new key, in hex, to a new file that its owner alone can read, durably.

    Raises FileExistsError rather than write over anything, and OSError; half a file is never left.
    """
    text = secrets.token_hex(KEY_OCTETS) + "\n"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(text)
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


def _key_in(content: bytes) -> bytes | None:
    """The octets themselves, or what they say in hex or base64; None where that is no key."""
    if len(content) == KEY_OCTETS:
        return content
    text = content.strip()
    try:
        if len(text) == 2 * KEY_OCTETS:
            return binascii.unhexlify(text)
        found = binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        return None
    return found if len(found) == KEY_OCTETS else None


def _fault(path: Path, found: str) -> ConfigError:
    return ConfigError(str(path), [Complaint(SETTING, found, ALLOWED)])
