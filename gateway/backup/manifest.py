"""What a backup says of itself: when it was taken, of what, the ledgers' heads, and the hash of each file."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, Field, ValidationError

from config.base import Frozen
from gateway.backup import BackupFailed

NAME = "manifest.json"
_PIECE = 1 << 20


class Head(Frozen):
    """The end of a council's ledger: how many links, and the hash of the last one."""

    links: int
    hash: str


class CopiedFile(Frozen):
    """A file of the backup."""

    octets: int
    sha256: str


class Manifest(Frozen):
    """A backup. `revision` is that of the tables; so many recipients were `waiting`, and messages `held`.

    `encrypted`: what is in it can be read with the archive's key only, which is not in it.
    """

    format: Literal[1] = 1
    program: str
    taken_at: AwareDatetime
    database: Literal["sqlite", "postgresql"]
    revision: str
    councils: dict[str, Head]
    waiting: int
    held: int
    encrypted: bool = False
    files: dict[str, CopiedFile] = Field(min_length=1)


def describe(path: Path) -> CopiedFile:
    """A file as it is."""
    digest = hashlib.sha256()
    octets = 0
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
            octets += len(piece)
    return CopiedFile(octets=octets, sha256=digest.hexdigest())


def write(folder: Path, manifest: Manifest) -> None:
    """Make the folder a backup, durably."""
    path = folder / NAME
    path.write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
    path.chmod(0o600)
    for name in manifest.files:
        (folder / name).chmod(0o600)
    for one in (*(folder / name for name in manifest.files), path, folder):
        sync(one)


def read(folder: Path) -> Manifest:
    """The manifest of a backup that is complete and as it was written. Raises BackupFailed."""
    path = folder / NAME
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise BackupFailed(f"{folder} is not a complete backup: it has no {NAME}") from None
    try:
        manifest = Manifest.model_validate_json(text)
    except ValidationError:
        raise BackupFailed(f"{path} is not a manifest that this version can read") from None
    for name, wanted in manifest.files.items():
        if Path(name).name != name:
            raise BackupFailed(f"{path} names a file outside its folder")
        try:
            found = describe(folder / name)
        except OSError:
            raise BackupFailed(f"{folder / name} is missing") from None
        if found != wanted:
            raise BackupFailed(f"{folder / name} is not as it was written: {_difference(found, wanted)}")
    return manifest


def sync(path: Path) -> None:
    """Have a file or folder on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _difference(found: CopiedFile, wanted: CopiedFile) -> str:
    if found.octets != wanted.octets:
        return f"{found.octets} octets instead of {wanted.octets}"
    return "its content was altered"
