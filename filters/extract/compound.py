"""Compound files (MS-CFB): old Office documents, Outlook messages, Windows installers, and what is put into new ones."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

from olefile import OleFileIO

from filters.extract import kinds, outlook
from filters.extract.document import Fact
from filters.extract.room import MOST_AT_ONCE, Inside, Look, Room, Unread

_INSTALLER = "000C1084-0000-0000-C000-000000000046"
_MOST_ENTRIES = 10_000
_OLD = {
    "WordDocument": (kinds.OLD_WORD, "it is in the old format of Word (.doc), which cannot be read here"),
    "Workbook": (kinds.OLD_SHEET, "it is in the old format of Excel (.xls), which cannot be read here"),
    "Book": (kinds.OLD_SHEET, "it is in the old format of Excel (.xls), which cannot be read here"),
    "PowerPoint Document": (
        kinds.OLD_SLIDES,
        "it is in the old format of PowerPoint (.ppt), which cannot be read here",
    ),
}
_VBA = frozenset({"VBA", "_VBA_PROJECT", "_VBA_PROJECT_CUR"})
_NATIVE = "\x01Ole10Native"


def read_compound(content: bytes, room: Room) -> Look:
    """What kind of a compound file it is, and what is in it. Raises Unread, and whatever olefile raises."""
    files = OleFileIO(BytesIO(content))
    paths = files.listdir(streams=True, storages=True)
    if len(paths) > _MOST_ENTRIES:
        raise Unread(f"it has more than {_MOST_ENTRIES} entries")
    top = {path[0] for path in paths}
    if "__properties_version1.0" in top:
        return outlook.read_message(files, room)
    if "EncryptedPackage" in top:
        return Look(facts=frozenset({Fact.LOCKED}), unread="it is encrypted, and opens with a password only")
    kind, unread = next(
        (told for name, told in _OLD.items() if name in top),
        (kinds.OLE, "it is of a kind that cannot be read here"),
    )
    if getattr(files.root, "clsid", "") == _INSTALLER:
        kind = kinds.INSTALLER
    macros = any(_VBA.intersection(path) for path in paths) or (
        kind == kinds.OLD_SHEET and _has_macro_sheet(files, "Workbook" if "Workbook" in top else "Book")
    )
    natives = [path for path in paths if path[-1] == _NATIVE]
    if natives and kind == kinds.OLE:
        unread = ""  # It is but the wrapping.
    return Look(
        kind=kind,
        facts=frozenset({Fact.MACROS}) if macros else frozenset(),
        unread=unread,
        inside=_natives(files, natives, room),
    )


def stream_of(files: OleFileIO, path: list[str], room: Room) -> bytes:
    """The content of a stream. Raises Unread, and whatever olefile raises."""
    size = files.get_size(path)
    if size > MOST_AT_ONCE:
        raise Unread("it is too large to be read here")
    room.unpack(size)
    content: bytes = files.openstream(path).read()
    return content


def _has_macro_sheet(files: OleFileIO, stream: str) -> bool:
    """Whether a sheet holds Excel 4 macros: the list of sheets says so (MS-XLS §2.4.28)."""
    content: bytes = files.openstream(stream).read(1_000_000)
    at = 0
    while at + 4 <= len(content):
        record, size = (int.from_bytes(content[each : each + 2], "little") for each in (at, at + 2))
        if record == 0x0085 and content[at + 9 : at + 10] == b"\x01":
            return True
        if record == 0x000A:
            return False  # The end of what is said of the whole workbook.
        at += 4 + size
    return False


def _natives(files: OleFileIO, paths: list[list[str]], room: Room) -> Iterator[Inside]:
    """The files that were put into a document as packages: a size, and then names before the content."""
    for path in paths:
        try:
            content = stream_of(files, path, room)
        except MemoryError:
            raise
        except Exception:
            yield Inside("a file within it", unread="it is damaged")
            continue
        label, _, rest = content[6:].partition(b"\0")
        _, _, rest = rest.partition(b"\0")
        # Two numbers and the path from which it was taken come between, the path's length before it.
        taken = int.from_bytes(rest[4:8], "little")
        size = int.from_bytes(rest[8 + taken : 12 + taken], "little")
        data = rest[12 + taken : 12 + taken + size]
        yield Inside(label.decode("cp1252", "replace") or "a file within it", data or content)
