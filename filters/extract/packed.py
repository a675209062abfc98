"""Zip, as archives and office files are made of it, with nothing taken for granted that it says of itself."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from filters.extract.document import Fact
from filters.extract.room import MOST_AT_ONCE, Bomb, Inside, Room, Unread

_DIRECTORY_ENTRY = b"PK\x01\x02"
_MOST_ENTRIES = 10_000
_MOST_SAID = 2_000_000_000
"""Octets, unpacked, that an archive may speak of; it had to be sent by mail."""

_DENSE = 100
_DENSE_FROM = 10_000_000
"""What is larger than this and shrank to less than a hundredth was made to be unpacked by the unwary."""

_TOO_DENSE = "it is far larger unpacked than any honest file"


class Packed:
    """An open zip. `names` are those of its files, as they stand in its directory; of two alike the first counts."""

    def __init__(self, content: bytes, room: Room) -> None:
        """Raises Unread where it is none, and Bomb where it says of itself that it is one."""
        if content.count(_DIRECTORY_ENTRY) > _MOST_ENTRIES:
            raise Bomb(f"it has more than {_MOST_ENTRIES} files in it")
        try:
            with ZipFile(BytesIO(content)) as directory:
                entries = directory.infolist()
        except (BadZipFile, ValueError, OSError, NotImplementedError, struct.error, EOFError):
            raise Unread("it is damaged") from None
        self._content, self._room = content, room
        self._entries: dict[str, ZipInfo] = {}
        for each in entries:
            if not each.is_dir():
                self._entries.setdefault(each.filename, each)
        said = sum(each.file_size for each in self._entries.values())
        if said > _MOST_SAID and said > _DENSE * len(content):
            raise Bomb(_TOO_DENSE)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its files."""
        return tuple(self._entries)

    @property
    def is_locked(self) -> bool:
        """Whether any file in it is encrypted."""
        return any(each.flag_bits & 1 for each in self._entries.values())

    def read(self, name: str) -> bytes:
        """A file of it. Raises Unread, Bomb."""
        entry = self._entries[name]
        if entry.flag_bits & 1:
            raise Unread("it is encrypted")
        if entry.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
            raise Unread("it is packed in a way that cannot be undone here")
        content = self._unpacked(entry)
        _check(content, entry.compress_size)
        return content

    def files(self, wanted: Callable[[str], bool] | None = None) -> Iterator[Inside]:
        """All files in it, or those of wanted names, one after the other, in the order of its directory."""
        for name, entry in self._entries.items():
            if wanted is not None and not wanted(name):
                continue
            facts = frozenset({Fact.LOCKED}) if entry.flag_bits & 1 else frozenset()
            try:
                yield Inside(name, self.read(name))
            except Bomb as error:
                yield Inside(name, unread=str(error), facts=frozenset({Fact.BOMB}))
            except Unread as error:
                yield Inside(name, unread=str(error), facts=facts)

    def _unpacked(self, entry: ZipInfo) -> bytes:
        """What comes out, one octet more than is read at most, whatever size and checksum the entry says."""
        most = min(MOST_AT_ONCE, max(0, self._room.unpacked)) + 1
        lengths = self._content[entry.header_offset + 26 : entry.header_offset + 30]
        if len(lengths) < 4:
            raise Unread("it is damaged")
        start = entry.header_offset + 30 + sum(struct.unpack("<HH", lengths))
        packed = memoryview(self._content)[start : start + entry.compress_size]
        if entry.compress_type == ZIP_STORED:
            content = bytes(packed[:most])
        else:
            try:
                content = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, most)
            except zlib.error:
                raise Unread("it is damaged") from None
        self._room.unpack(len(content))
        return content


def gunzipped(content: bytes, name: str, room: Room) -> Iterator[Inside]:
    """The one file that gzip packs (RFC 1952), by the archive's name without its ending."""
    name = name[:-3] if name.lower().endswith(".gz") else f"the content of {name}"
    most = min(MOST_AT_ONCE, max(0, room.unpacked)) + 1
    try:
        unpacked = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(content, most)
        room.unpack(len(unpacked))
        _check(unpacked, len(content))
    except zlib.error:
        yield Inside(name, unread="it is damaged")
    except Bomb as error:
        yield Inside(name, unread=str(error), facts=frozenset({Fact.BOMB}))
    except Unread as error:
        yield Inside(name, unread=str(error))
    else:
        yield Inside(name, unpacked)


def _check(content: bytes, packed: int) -> None:
    """Raises Bomb, Unread for what is too much."""
    if len(content) > _DENSE_FROM and len(content) > _DENSE * packed:
        raise Bomb(_TOO_DENSE)
    if len(content) > MOST_AT_ONCE:
        raise Unread(f"it is larger than {MOST_AT_ONCE // 1_048_576} megabytes unpacked")
