"""Which reader reads what."""

from __future__ import annotations

from filters.extract import kinds, naming, office, opendocument
from filters.extract.compound import read_compound
from filters.extract.document import Fact
from filters.extract.mail import read_mail
from filters.extract.packed import Packed, gunzipped
from filters.extract.paragraphs import Paragraphs
from filters.extract.pdf import read_pdf
from filters.extract.pictures import read_picture
from filters.extract.rich import read_rich
from filters.extract.room import TOO_LONG, Inside, Look, Room
from filters.extract.sheets import Workbook
from filters.extract.words import page, plain, tree
from signatures.message.scanner import Caps

_PLAIN = frozenset({kinds.TEXT, kinds.CSV, kinds.SCRIPT, "text/calendar", "text/vcard"})
_SILENT = ("image/", "audio/", "video/", "font/", "multipart/")
_UNKNOWN = "it is of a kind that cannot be read here"
_MIMETYPE = "mimetype"
_LOCKED = "it is encrypted, and opens with a password only"
_OFFICE = (("word/", kinds.WORD), ("xl/", kinds.SHEET), ("ppt/", kinds.SLIDES))
_PACKAGES = (
    ("AndroidManifest.xml", kinds.ANDROID),
    ("AppxManifest.xml", kinds.WINDOWS_PACKAGE),
    ("META-INF/MANIFEST.MF", kinds.JAVA_ARCHIVE),
)


def look_into(content: bytes, kind: str, inside: Inside, room: Room, caps: Caps) -> Look:
    """Read a document of this kind. Raises Unread, and whatever a parser raises."""
    if kind == kinds.EMPTY:
        return Look()
    if kind in _PLAIN:
        return plain(content, room)
    if kind.startswith(_SILENT) and kind != kinds.SVG:
        return read_picture(content, kind, inside.name)
    if kind == kinds.PDF:
        return read_pdf(content, room)
    if kind == kinds.ZIP:
        return _zip(content, room)
    if kind == kinds.OLE:
        return read_compound(content, room)
    if kind == kinds.MAIL:
        return read_mail(content, room, caps)
    if kind == kinds.HTML:
        return page(content, room, caps)
    if kind in {kinds.XML, kinds.SVG}:
        return tree(content, room)
    if kind == kinds.RTF:
        return read_rich(content, room)
    if kind == kinds.GZIP:
        return Look(inside=gunzipped(content, inside.name, room))
    return Look(unread="" if naming.is_program(inside.name, kind) else _UNKNOWN)


def _zip(content: bytes, room: Room) -> Look:
    """What is made as a zip: documents, packages of programs, and archives."""
    packed = Packed(content, room)
    kind = _kind_of_zip(packed)
    paragraphs = Paragraphs(room)
    if kind == kinds.ZIP:
        facts = frozenset({Fact.LOCKED}) if packed.is_locked else frozenset()
        return Look(facts=facts, inside=packed.files())
    if kind in {kinds.ANDROID, kinds.WINDOWS_PACKAGE, kinds.JAVA_ARCHIVE}:
        return Look(kind=kind)
    if kind.startswith(kinds.OPEN_DOCUMENT):
        if opendocument.is_locked(packed):
            return Look(kind=kind, facts=frozenset({Fact.LOCKED}), unread=_LOCKED)
        unread, macros = opendocument.written(packed, paragraphs, room), opendocument.has_macros(packed)
    elif kind == kinds.SHEET:
        unread, macros = Workbook(packed, room).written(paragraphs), office.has_macros(packed)
    elif kind in {kinds.WORD, kinds.SLIDES}:
        unread, macros = office.written(packed, paragraphs, room), office.has_macros(packed)
    else:
        unread, macros = _UNKNOWN, office.has_macros(packed)
    return Look(
        kind=kind,
        text=paragraphs.text(),
        facts=frozenset({Fact.MACROS}) if macros else frozenset(),
        unread=TOO_LONG if paragraphs.full else unread,
        inside=office.embedded(packed),
    )


def _kind_of_zip(packed: Packed) -> str:
    names = frozenset(packed.names)
    if _MIMETYPE in names:
        said = packed.read(_MIMETYPE)[:200].decode("ascii", "replace").strip()
        if said.startswith(kinds.OPEN_DOCUMENT):
            return said
    if "[Content_Types].xml" in names:
        if any(name.endswith("xl/workbook.bin") for name in names):
            return kinds.BINARY_SHEET
        for folder, kind in _OFFICE:
            if any(name.startswith(folder) for name in names):
                return kind
    if "Index/Document.iwa" in names:
        return "application/vnd.apple.iwork"
    return next((kind for name, kind in _PACKAGES if name in names), kinds.ZIP)
