"""Writing a proof bundle: the whole chain, what it speaks of, and messages as they came, with a manifest at the end.

Everything is written as it stands in the archive. Whether it is right, `check` says.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection

from gateway.archive.offline.check import (
    CONTENTS,
    FORMAT,
    LINKS,
    MANIFEST,
    MESSAGE_ID,
    SUMS,
    manifest_text,
    printed,
)
from gateway.archive.spoken import parts_of
from gateway.holds.casework import concerned
from gateway.store import anchors, archive, ledger
from gateway.store.errors import Altered, Conflict, NotFound
from gateway.store.ledger import Event, Link

Progress = Callable[[int, int], None]
"""Told how many links of how many are written."""

_STRETCH = 500
_PIECE = 1024 * 1024
_OF_MESSAGES = frozenset({Event.RECEIVED.value, Event.DECIDED.value, Event.DEPARTED.value})
_EARLIEST = (1980, 1, 1, 0, 0, 0)


def write_proof(
    connection: Connection,
    council: str,
    target: Path,
    messages: Collection[str] | None = None,
    progress: Progress = lambda done, of: None,
    opened: Collection[str] = (),
) -> tuple[int, int]:
    """Write a bundle of the council's archive, or of some messages, as a folder, or as a zip file where `target` ends
    in .zip. Returns how many messages are in it, and how many of all were left out as casework.

    The chain is in it whole, for without the one nothing is proved of the other; of other messages it tells only that
    there were some. What is sealed is never written, and of members' casework, and of what the post room wrote about it,
    what is `opened` alone, by the queue id of the casework. `connection` sees one moment of the database
    (`Database.read`). Raises NotFound, Conflict where there is something at `target` already or a message is casework
    that is not opened, and OSError; then nothing is left there.
    """
    wanted = None if messages is None else frozenset(messages)
    for message in sorted(wanted or ()):
        row = archive.open_message(connection, council, message)
        if concerned(connection, council, row) not in {None, *opened}:
            raise Conflict(
                f"{message} is of a member's casework, and goes into a proof only when it is opened"
            )
    if target.exists() or target.is_symlink():
        raise Conflict(f"there is something at {target} already")
    made = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        written = _Writer(connection, council, made, wanted).write(progress)
        if target.suffix.lower() == ".zip":
            _pack(made, target)
        else:
            made.rename(target)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return written


class _Writer:
    """Writes one bundle into a folder."""

    def __init__(
        self, connection: Connection, council: str, folder: Path, wanted: frozenset[str] | None
    ) -> None:
        self._connection = connection
        self._council = council
        self._folder = folder
        self._wanted = wanted
        self._written = 0
        self._left_out: set[str] = set()

    def write(self, progress: Progress) -> tuple[int, int]:
        """All of it, the manifest last."""
        for name in ("messages", "anchors"):
            (self._folder / name).mkdir()
        length, _ = ledger.head(self._connection, self._council)
        with ExitStack() as stack:
            links, contents, sums = (
                stack.enter_context(_new(self._folder / name)) for name in (LINKS, CONTENTS, SUMS)
            )
            last = ledger.GENESIS
            count = 0
            for link, salt, hash_ in self._links():
                included = salt if self._includes(link) else None
                links.write(_line(_of_link(link, hash_, included)))
                if included is not None:
                    self._content(link, contents, sums)
                count, last = count + 1, hash_
                progress(count, length)
        names = [LINKS, CONTENTS, SUMS, *self._anchors()]
        said = {
            "format": FORMAT,
            "council": self._council,
            "links": count,
            "head": last,
            "casework_left_out": len(self._left_out),
            "files": {name: _sha256(self._folder / name) for name in names},
        }
        with _new(self._folder / MANIFEST) as file:
            file.write(manifest_text(said))
        return self._written, len(self._left_out)

    def _links(self) -> Iterator[tuple[Link, bytes | None, str]]:
        after = 0
        while links := ledger.links(self._connection, self._council, after, _STRETCH):
            yield from links
            after = links[-1][0].sequence

    def _includes(self, link: Link) -> bool:
        """Whether what a link speaks of goes into the bundle, and the salt that its hash is checked with."""
        if self._wanted is not None:
            return link.event in _OF_MESSAGES and link.message in self._wanted
        if not link.message or (link.event not in _OF_MESSAGES and link.event != Event.AUDITED):
            return True
        try:
            row = archive.message(self._connection, self._council, link.message)
        except NotFound:
            return True
        if row.sealed:
            return False
        if link.event != Event.AUDITED and concerned(self._connection, self._council, row) is not None:
            self._left_out.add(link.message)
            return False
        return True

    def _content(self, link: Link, contents: IO[bytes], sums: IO[bytes]) -> None:
        try:
            parts = parts_of(self._connection, self._council, link)
        except NotFound:
            return
        in_base64 = [base64.b64encode(part).decode() for part in parts]
        contents.write(_line({"sequence": link.sequence, "parts": in_base64}))
        if link.event == Event.RECEIVED:
            self._message(link, sums)

    def _message(self, link: Link, sums: IO[bytes]) -> None:
        try:
            raw = archive.body(self._connection, self._council, link.message)
        except Altered:
            return
        if raw is None or not MESSAGE_ID.fullmatch(link.message):
            return
        name = f"messages/{link.message}.eml"
        with _new(self._folder / name) as file:
            file.write(raw)
        recorded = archive.message(self._connection, self._council, link.message).sha256
        sums.write(f"{recorded}  {name}\n".encode())
        self._written += 1

    def _anchors(self) -> list[str]:
        names = []
        for anchor in anchors.from_link(self._connection, self._council):
            names.append(f"anchors/{anchor.links}.txt")
            with _new(self._folder / names[-1]) as file:
                file.write(printed(anchor).encode("ascii", "replace"))
        return names


def _of_link(link: Link, hash_: str, salt: bytes | None) -> dict[str, Any]:
    return {
        "sequence": link.sequence,
        "at": link.at.isoformat(),
        "event": link.event,
        "message": link.message,
        "part": link.part,
        "content": link.content,
        "previous": link.previous,
        "hash": hash_,
        "salt": None if salt is None else salt.hex(),
    }


def _line(said: dict[str, Any]) -> bytes:
    return json.dumps(said).encode() + b"\n"


def _new(path: Path) -> IO[bytes]:
    """A new file that nobody else may read: there is mail in it."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb")


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()


def _pack(folder: Path, target: Path) -> None:
    """The folder as a zip file, the same octets each time that it holds the same."""
    try:
        with _new(target) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
            for path in sorted(each for each in folder.rglob("*") if each.is_file()):
                info = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _EARLIEST)
                info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
                with path.open("rb") as source, packed.open(info, "w", force_zip64=True) as inside:
                    shutil.copyfileobj(source, inside, _PIECE)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
