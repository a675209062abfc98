"""Files as people attach them, made by code: each is asked for by a few words, such as "macro workbook"."""

from __future__ import annotations

import base64
import gzip
import io
import struct
import zipfile
from collections.abc import Callable, Iterable
from email.message import EmailMessage

from docx import Document as WordDocument
from openpyxl import Workbook
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

SAID = "The lease of the hall was discussed with Mrs Abbott of 4 Mill Lane."
PE = b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\0\0" + bytes(300)
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def zipped(*files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip with these files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, 9, 10, 0, 0)), content, method)
    return made.getvalue()


def more(archive: bytes, *files: tuple[str, bytes]) -> bytes:
    """A zip with files put in."""
    made = io.BytesIO(archive)
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as opened:
        for name, content in files:
            opened.writestr(name, content)
    return made.getvalue()


def locked_zip(archive: bytes) -> bytes:
    """A zip whose entries say that they are encrypted, which is all that anybody without a password sees."""
    out = bytearray(archive)
    for magic, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        found = out.find(magic)
        while found >= 0:
            out[found + at] |= 1
            found = out.find(magic, found + 4)
    return bytes(out)


def word(*paragraphs: str) -> bytes:
    """A Word document, as python-docx writes it."""
    document = WordDocument()
    for each in paragraphs or (SAID,):
        document.add_paragraph(each)
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "Jane Roe", "01632 960123"
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def raw_word(body: str, *files: tuple[str, bytes]) -> bytes:
    """A Word document of the least that one is made of, its body as XML."""
    document = f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'.encode()
    return zipped(("[Content_Types].xml", b"<Types/>"), ("word/document.xml", document), *files)


def workbook(rows: Iterable[Iterable[object]] = (("Name", "Street"), ("Jane Roe", "4 Mill Lane"))) -> bytes:
    """An Excel workbook, as openpyxl writes it."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Allotments"
    for row in rows:
        sheet.append(list(row))
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def pdf(*pages: str, content: bytes | None = None) -> bytes:
    """A PDF with these words on its pages, or with this content on one."""
    writer = PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    for words in pages or (SAID,):
        page = writer.add_blank_page(595, 842)
        stream = DecodedStreamObject()
        shown = b"BT /F1 12 Tf 50 800 Td (%b) Tj ET" % words.encode("latin-1")
        stream.set_data(shown if content is None else content)
        page[NameObject("/Contents")] = writer._add_object(stream)
        fonts = DictionaryObject({NameObject("/F1"): writer._add_object(font)})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    return _written(writer)


def pdf_with(*files: tuple[str, bytes]) -> bytes:
    """A PDF that carries files."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf())))
    for name, content in files:
        writer.add_attachment(name, content)
    return _written(writer)


def pdf_form() -> bytes:
    """A form that is filled in, with a note on its page and a font whose letters are named by a table of its own."""
    objects = (
        b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]>>>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Annots[4 0 R 5 0 R]/Contents 6 0 R"
        b"/Resources<</Font<</F1 7 0 R/F2 8 0 R/F3 9 0 R>>>>>>",
        b"<</Type/Annot/Subtype/Widget/FT/Tx/T(name)/V(Jane Roe)>>",
        b"<</Type/Annot/Subtype/Text/Contents(owes rent)>>",
        b"<</Length 89>>stream\nBT /F1 9 Tf (A) Tj /F2 9 Tf (\\101\\102) Tj /F3 9 Tf <00410042> Tj ET"
        + b" " * 25
        + b"\nendstream",
        b"<</Type/Font/Subtype/TrueType/BaseFont/A/Encoding/WinAnsiEncoding>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Symbol/Encoding<</Differences[65/eacute/Euro]>>>>",
        b"<</Type/Font/Subtype/Type0/BaseFont/C/Encoding/UniGB-UTF16-H/DescendantFonts[<</Subtype/CIDFontType2>>]>>",
    )
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % each for each in places)
    return bytes(out + b"trailer<</Size 10/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % table)


def locked_pdf(user: str = "secret") -> bytes:
    """A PDF that opens with a password; with an empty one it only may not be changed."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf())))
    writer.encrypt(user, "owner", algorithm="AES-256")
    return _written(writer)


def _written(writer: PdfWriter) -> bytes:
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def open_document(kind: str, body: str, *files: tuple[str, bytes]) -> bytes:
    """A document of LibreOffice, its content as XML."""
    office, text, table = (
        f"urn:oasis:names:tc:opendocument:xmlns:{each}:1.0" for each in ("office", "text", "table")
    )
    content = (
        f'<office:document-content xmlns:office="{office}" xmlns:text="{text}" xmlns:table="{table}">'
        f"<office:body>{body}</office:body></office:document-content>"
    )
    mimetype = f"application/vnd.oasis.opendocument.{kind}".encode()
    return zipped(("mimetype", mimetype), ("content.xml", content.encode()), *files)


def sheet_of_libre_office() -> bytes:
    """A sheet of LibreOffice with two rows."""
    cells = [("Name", "Street"), ("Jane Roe", "4 Mill Lane")]
    rows = "".join(
        "<table:table-row>"
        + "".join(f"<table:table-cell><text:p>{each}</text:p></table:table-cell>" for each in row)
        + "</table:table-row>"
        for row in cells
    )
    return open_document("spreadsheet", f"<table:table>{rows}</table:table>")


def message(subject: str = "Hall", *files: tuple[str, bytes], sender: str = "jo@resident.example") -> bytes:
    """A message with files attached, as a mail program saves it."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, "clerk@little.example", subject
    made["Date"], made["Message-ID"] = "Mon, 9 Nov 2026 10:00:00 +0000", "<9@resident.example>"
    made.set_content(SAID)
    for name, content in files:
        made.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return made.as_bytes()


def compound(*streams: tuple[str, bytes], clsid: bytes = bytes(16)) -> bytes:
    """A compound file (MS-CFB, version 3) with these streams; a slash in a name makes a storage.

    Each stream has 4096 octets or more, so that none is in the small ones' own container.
    """
    return _Compound(streams, clsid).made()


class _Compound:
    """Sectors of 512 octets: first the contents, then the directory, then the table of sectors."""

    def __init__(self, streams: Iterable[tuple[str, bytes]], clsid: bytes) -> None:
        self._clsid = clsid
        self._entries: list[dict[str, object]] = [self._entry("Root Entry", 5)]
        self._sectors: list[bytes] = []
        self._next: list[int] = []
        for path, content in streams:
            folder = 0
            *storages, name = path.split("/")
            for each in storages:
                folder = self._storage(folder, each)
            entry = self._entry(name, 2)
            content = content.ljust(4096, b"\0")
            entry["start"], entry["size"] = self._put(content), len(content)
            self._add(folder, entry)

    def made(self) -> bytes:
        """The file."""
        directory = b"".join(map(self._packed, self._entries))
        start = self._put(directory.ljust(-(-len(directory) // 512) * 512, b"\0"))
        tables = 1
        while (len(self._next) + tables) * 4 > tables * 512:
            tables += 1
        first = len(self._next)
        table = [*self._next, *[0xFFFFFFFD] * tables]
        table += [0xFFFFFFFF] * (tables * 128 - len(table))
        header = (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
            + bytes(16)
            + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
            + bytes(6)
        )
        header += struct.pack("<IIIIIIIII", 0, tables, start, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
        header += struct.pack(
            "<109I", *[first + each if each < tables else 0xFFFFFFFF for each in range(109)]
        )
        return header + b"".join(self._sectors) + struct.pack(f"<{len(table)}I", *table)

    def _put(self, content: bytes) -> int:
        start = len(self._sectors)
        pieces = [content[at : at + 512].ljust(512, b"\0") for at in range(0, len(content), 512)]
        self._sectors += pieces
        self._next += [start + each + 1 for each in range(len(pieces) - 1)] + [0xFFFFFFFE]
        return start

    def _entry(self, name: str, kind: int) -> dict[str, object]:
        return {"name": name, "kind": kind, "child": 0xFFFFFFFF, "right": 0xFFFFFFFF, "start": 0, "size": 0}

    def _storage(self, folder: int, name: str) -> int:
        at = self._entries[folder]["child"]
        while at != 0xFFFFFFFF:
            if self._entries[at]["name"] == name:
                return at
            at = self._entries[at]["right"]
        return self._add(folder, self._entry(name, 1))

    def _add(self, folder: int, entry: dict[str, object]) -> int:
        self._entries.append(entry)
        number = len(self._entries) - 1
        entry["right"], self._entries[folder]["child"] = self._entries[folder]["child"], number
        return number

    def _packed(self, entry: dict[str, object]) -> bytes:
        name = str(entry["name"]).encode("utf-16-le")
        out = name.ljust(64, b"\0") + struct.pack("<HBB", len(name) + 2, entry["kind"], 1)
        out += struct.pack("<III", 0xFFFFFFFF, entry["right"], entry["child"])
        out += (self._clsid if entry["kind"] == 5 else bytes(16)) + bytes(20)
        return out + struct.pack("<IQ", entry["start"], entry["size"])


def jpeg(*, camera: str = "", place: bool = False, exif: bytes = b"") -> bytes:
    """A small picture; what a camera would say of it as asked for."""
    exif = exif or _exif(camera, place)
    said = b"\xff\xe1" + struct.pack(">H", len(exif) + 8) + b"Exif\0\0" + exif if exif else b""
    return (
        b"\xff\xd8"
        + (said or b"\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0")
        + b"\xff\xdb\0\x43\0"
        + bytes(64)
        + b"\xff\xd9"
    )


def _exif(camera: str, place: bool) -> bytes:
    if not camera and not place:
        return b""
    entries = [(0x010F, 2, 8, 200)] if camera else []
    entries += [(0x8825, 4, 1, 100)] if place else []
    out = (
        b"II*\0"
        + struct.pack("<IH", 8, len(entries))
        + b"".join(struct.pack("<HHII", *each) for each in entries)
    )
    out = out.ljust(100, b"\0") + struct.pack("<H", 1) + struct.pack("<HHII", 2, 5, 3, 0)
    return out.ljust(200, b"\0") + camera.encode().ljust(8, b"\0")


def outlook_message() -> bytes:
    """A message as Outlook saves it, with a list attached."""
    return compound(
        ("__properties_version1.0", b"\0"),
        ("__substg1.0_0037001F", "Hall".encode("utf-16-le")),
        ("__substg1.0_1000001F", SAID.encode("utf-16-le")),
        ("__substg1.0_0C1F001F", "jo@resident.example".encode("utf-16-le")),
        ("__attach_version1.0_#00000000/__substg1.0_3707001F", "list.csv".encode("utf-16-le")),
        (
            "__attach_version1.0_#00000000/__substg1.0_37010102",
            b"name,street\nJane Roe,4 Mill Lane".ljust(4096, b"\n"),
        ),
    )


def package(name: bytes, content: bytes) -> bytes:
    """What a document holds of a file that was put into it (Ole10Native)."""
    told = b"\x02\0" + name + b"\0" + b"C:\\" + name + b"\0" + b"\0\0\x03\0"
    inside = (
        told + struct.pack("<I", len(name) + 1) + name + b"\0" + struct.pack("<I", len(content)) + content
    )
    return compound(("\x01Ole10Native", struct.pack("<I", len(inside)) + inside))


def nest(content: bytes, name: str, levels: int) -> bytes:
    """A file in a zip in a zip, so many deep."""
    for level in range(levels):
        content = zipped((name, content))
        name = f"{level}.zip"
    return content


MACROS = ("word/vbaProject.bin", compound(("VBA/dir", b"x")))

FILES: dict[str, Callable[[], bytes]] = {
    "Word document": word,
    "Word document with a text box": lambda: raw_word(
        f"<w:p><w:r><w:pict><w:txbxContent><w:p><w:r><w:t>{SAID}</w:t></w:r></w:p></w:txbxContent></w:pict></w:r></w:p>"
    ),
    "Word document with struck-out words": lambda: raw_word(
        f"<w:p><w:del><w:r><w:delText>{SAID}</w:delText></w:r></w:del></w:p>"
    ),
    "Word document with a comment": lambda: raw_word(
        "<w:p/>",
        ("word/comments.xml", f'<w:comments xmlns:w="{W}"><w:p><w:r><w:t>{SAID}</w:t></w:r></w:p></w:comments>'.encode()),
    ),
    "Word document with a program in it": lambda: raw_word(
        "<w:p/>", ("word/embeddings/oleObject1.bin", package(b"setup.exe", PE))
    ),
    "Word document with a workbook in it": lambda: raw_word(
        "<w:p/>", ("word/embeddings/sheet1.xlsx", workbook())
    ),
    "macro document": lambda: more(word(), MACROS),
    "workbook": workbook,
    "macro workbook": lambda: more(workbook(), ("xl/vbaProject.bin", MACROS[1])),
    "workbook with a macro sheet": lambda: more(workbook(), ("xl/macrosheets/sheet1.xml", b"<worksheet/>")),
    "binary workbook": lambda: zipped(("[Content_Types].xml", b"<Types/>"), ("xl/workbook.bin", b"\0")),
    "presentation": lambda: zipped(
        ("[Content_Types].xml", b"<Types/>"),
        ("ppt/slides/slide1.xml", f'<s xmlns:a="x"><a:p><a:r><a:t>{SAID}</a:t></a:r></a:p></s>'.encode()),
    ),
    "PDF": pdf,
    "empty PDF": lambda: pdf(""),
    "PDF with a list in it": lambda: pdf_with(("list.csv", b"Jane Roe,4 Mill Lane")),
    "PDF with a program in it": lambda: pdf_with(("setup.exe", PE)),
    "PDF form": pdf_form,
    "locked PDF": locked_pdf,
    "PDF that may not be changed": lambda: locked_pdf(""),
    "OpenDocument text": lambda: open_document("text", f"<text:p>{SAID}</text:p>"),
    "OpenDocument text with macros": lambda: open_document("text", "<text:p/>", ("Basic/Standard/Module1.xml", b"<x/>")),
    "OpenDocument text with an empty library": lambda: open_document(
        "text", f"<text:p>{SAID}</text:p>", ("Basic/Standard/script-lb.xml", b"<x/>"), ("Basic/script-lc.xml", b"<x/>")
    ),
    "locked OpenDocument text": lambda: zipped(
        ("mimetype", b"application/vnd.oasis.opendocument.text"),
        ("META-INF/manifest.xml", b"<manifest:encryption-data/>"),
        ("content.xml", bytes(range(256))),
    ),
    "OpenDocument sheet": sheet_of_libre_office,
    "CSV": lambda: b"name,street\r\nJane Roe,4 Mill Lane\r\n",
    "text": lambda: SAID.encode(),
    "text in UTF-16": lambda: b"\xff\xfe" + SAID.encode("utf-16-le"),
    "text of Windows": lambda: f"{SAID} It costs £5 \u2013 no more.".encode("cp1252"),
    "web page": lambda: f"<!DOCTYPE html><html><body><p>{SAID}</p><script>x()</script></body></html>".encode(),
    "RTF": lambda: rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}\f0 " + SAID.encode() + rb"\par caf\'e9\par}",
    "drawing": lambda: f'<svg xmlns="http://www.w3.org/2000/svg"><text>{SAID}</text></svg>'.encode(),
    "drawing of a drawing program": lambda: (
        '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/svg11.dtd" ['
        f'<!ENTITY ns "http://ns.example/"><!ENTITY who "{SAID}">]><svg xmlns:x="&ns;"><text>&who;</text></svg>'
    ).encode(),
    "message": message,
    "message with a workbook": lambda: message("Hall", ("list.xlsx", workbook())),
    "message with a program": lambda: message("Hall", ("setup.exe", PE)),
    "Outlook message": outlook_message,
    "old Word document": lambda: compound(("WordDocument", b"\xec\xa5\xc1\0")),
    "old Word document with macros": lambda: compound(("WordDocument", b"\xec\xa5\xc1\0"), ("Macros/VBA/dir", b"x")),
    "old workbook": lambda: compound(("Workbook", b"\x09\x08\x10\0" + bytes(16) + b"\x0a\0\0\0")),
    "old workbook with a macro sheet": lambda: compound(
        ("Workbook", b"\x09\x08\x10\0" + bytes(16) + b"\x85\0\x0a\0" + bytes(5) + b"\x01" + b"abcd" + b"\x0a\0\0\0")
    ),
    "locked workbook": lambda: compound(("EncryptionInfo", b"x"), ("EncryptedPackage", b"y")),
    "installer": lambda: compound(
        ("SummaryInformation", b"x"), clsid=bytes.fromhex("84100c0000000000c000000000000046")
    ),
    "zip of a list": lambda: zipped(("lists/list.csv", b"Jane Roe,4 Mill Lane"), ("read me.txt", SAID.encode())),
    "zip of a program": lambda: zipped(("setup.exe", PE)),
    "zip of a macro workbook": lambda: zipped(("sums.xlsm", FILES["macro workbook"]())),
    "zip of zips": lambda: nest(b"Jane Roe", "list.txt", 3),
    "locked zip": lambda: locked_zip(zipped(("list.csv", b"Jane Roe,4 Mill Lane"))),
    "locked zip of a program": lambda: locked_zip(zipped(("setup.exe", PE))),
    "zip of a locked zip": lambda: zipped(("a.txt", b"a"), ("inner.zip", FILES["locked zip"]())),
    "zip bomb": lambda: zipped(("zeros.txt", bytes(30_000_000))),
    "zip of many bombs": lambda: zipped(*((f"{each}.zip", bomb) for bomb in [FILES["zip bomb"]()] for each in range(20))),
    "deep zip": lambda: nest(b"Jane Roe", "list.txt", 12),
    "zip of many files": lambda: zipped(*((f"{each}.txt", b"x") for each in range(400))),
    "gzip of a list": lambda: gzip.compress(b"Jane Roe,4 Mill Lane", mtime=0),
    "7z archive": lambda: b"7z\xbc\xaf\x27\x1c\0\x04" + bytes(100),
    "Windows program": lambda: PE,
    "Linux program": lambda: b"\x7fELF\x02\x01\x01" + bytes(100),
    "Mac program": lambda: b"\xcf\xfa\xed\xfe" + bytes(100),
    "shell script": lambda: b"#!/bin/sh\nrm -r ~\n",
    "script": lambda: b"WScript.Echo 1\r\n",
    "shortcut": lambda: b"\x4c\0\0\0\x01\x14\x02\0" + bytes(60),
    "Java archive": lambda: zipped(("META-INF/MANIFEST.MF", b"x"), ("A.class", b"\xca\xfe\xba\xbe\0\0\0\x34")),
    "Android app": lambda: zipped(("AndroidManifest.xml", b"x"), ("classes.dex", b"x")),
    "photograph": lambda: jpeg(camera="Pentax"),
    "photograph with a place": lambda: jpeg(camera="Pentax", place=True),
    "picture": jpeg,
    "logo": lambda: base64.b64decode(
        b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    ),
    "film": lambda: b"\0\0\0\x18ftypqt  \0\0\0\0qt  " + bytes(40),
    "calendar": lambda: b"BEGIN:VCALENDAR\r\nSUMMARY:Meeting\r\nEND:VCALENDAR\r\n",
    "nothing": lambda: b"",
    "noise": lambda: bytes(range(256)) * 4,
    "broken PDF": lambda: pdf()[:300],
    "broken Word document": lambda: word()[:3000],
    "broken workbook": lambda: zipped(("[Content_Types].xml", b"<"), ("xl/worksheets/sheet1.xml", b"<row><c")),
    "large picture": lambda: jpeg() + bytes(21_000_000),
}  # fmt: skip


def made(words: str) -> bytes:
    """The file that is asked for. Raises KeyError."""
    return FILES[words]()


def with_files(
    header: str, *files: tuple[str, bytes], text: str = "Please see what is attached.", kind: str = ""
) -> bytes:
    """A message with these fields, lines ended by LF, and these files attached."""
    out = [
        header.strip(), "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=of-files", "", "--of-files",
        "Content-Type: text/plain; charset=utf-8", "", text,
    ]  # fmt: skip
    for name, content in files:
        is_message = name.endswith(".eml")
        declared = kind or ("message/rfc822" if is_message else "application/octet-stream")
        out += [
            "--of-files",
            f"Content-Type: {declared}",
            f"Content-Disposition: attachment; filename*=utf-8''{_escaped(name)}",
        ]
        if is_message:
            out += ["", content.decode("ascii")]
        else:
            out += ["Content-Transfer-Encoding: base64", "", base64.encodebytes(content).decode("ascii")]
    out += ["--of-files--", ""]
    return "\n".join(out).encode().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _escaped(name: str) -> str:
    return "".join(
        chr(each) if chr(each).isalnum() and each < 128 else f"%{each:02X}" for each in name.encode()
    )
