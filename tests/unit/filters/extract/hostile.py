"""Files made to hang, fill or break whoever reads them."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable

from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject, NumberObject

from tests.files import FILES, W, compound, locked_zip, nest, open_document, pdf, raw_word, zipped

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "lol">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def pdf_of(*objects: bytes, root: int = 1) -> bytes:
    """A PDF of these objects, numbered from one, with a table of where they are."""
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % each for each in places)
    out += b"trailer<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, root, table)
    return bytes(out)


def stream(content: bytes, more: bytes = b"") -> bytes:
    return b"<<%b/Length %d>>stream\n%b\nendstream" % (more, len(content), content)


def flate(content: bytes, times: int = 1) -> bytes:
    for _ in range(times):
        content = zlib.compress(content, 9)
    return stream(content, b"/Filter[" + b"/FlateDecode" * times + b"]")


def pages(
    content: bytes,
    *more: bytes,
    count: int = 1,
    resources: bytes = b"<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>",
) -> bytes:
    """A PDF whose pages all have this content."""
    kids = b" ".join(b"3 0 R" for _ in range(count))
    return pdf_of(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%b]/Count %d>>" % (kids, count),
        b"<</Type/Page/Parent 2 0 R/Contents 4 0 R/MediaBox[0 0 9 9]/Resources %b>>" % resources,
        content,
        *more,
    )


def quine_like(levels: int) -> bytes:
    """A zip of ten copies of a zip of ten copies, and so on."""
    content = zipped(("a.txt", b"x" * 1000))
    for level in range(levels):
        content = zipped(*((f"{level}-{each}.zip", content) for each in range(10)))
    return content


def lying_zip() -> bytes:
    """A zip that says that what it has is small."""
    made = bytearray(zipped(("zeros.txt", bytes(80_000_000))))
    size = struct.pack("<I", 80_000_000)
    return bytes(made).replace(size, struct.pack("<I", 10))


def overlapping_zip() -> bytes:
    """A zip whose many entries are all the same octets."""
    one = zipped(("a", bytes(9_000_000)))
    start = one.index(b"PK\x01\x02")
    entry, end = one[start : one.index(b"PK\x05\x06")], one[one.index(b"PK\x05\x06") :]
    directory = entry * 500
    return one[:start] + directory + end[:8] + struct.pack("<HHII", 500, 500, len(directory), start) + b"\0\0"


def lzma_zip() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.txt", b"x" * 1000)
    return made.getvalue()


def sheet(xml: str, *files: tuple[str, bytes]) -> bytes:
    return zipped(("[Content_Types].xml", b"<Types/>"), ("xl/worksheets/sheet1.xml", xml.encode()), *files)


HOSTILE: dict[str, Callable[[], bytes]] = {
    "zip bomb": FILES["zip bomb"],
    "zip of many bombs": FILES["zip of many bombs"],
    "zip of members just below the limit": lambda: zipped(*((f"{n}.txt", bytes(9_900_000)) for n in range(40))),
    "ten by ten by ten zips": lambda: quine_like(4),
    "zip 200 deep": lambda: nest(b"x", "x.txt", 200),
    "zip that lies about sizes": lying_zip,
    "zip of overlapping files": overlapping_zip,
    "zip with lzma": lzma_zip,
    "zip of 60,000 names": lambda: zipped(*((f"{n}", b"") for n in range(60_000))),
    "zip of 9,000 names": lambda: zipped(*((f"{n}", b"") for n in range(9000))),
    "zip with long names": lambda: zipped(*((f"{n}" + "x" * 60_000, b"") for n in range(50))),
    "locked zip of bombs": lambda: locked_zip(FILES["zip of many bombs"]()),
    "gzip bomb": lambda: gzip.compress(bytes(300_000_000), 9),
    "gzip of gzips": lambda: gzip.compress(gzip.compress(gzip.compress(bytes(300_000_000)))),
    "billion laughs in Word": lambda: zipped(
        ("[Content_Types].xml", b"<Types/>"),
        ("word/document.xml", f'{LAUGHS}<w:document xmlns:w="{W}"><w:p><w:t>&j;</w:t></w:p></w:document>'.encode()),
    ),
    "billion laughs in OpenDocument": lambda: zipped(
        ("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", f"{LAUGHS}<a>&j;</a>".encode())
    ),
    "billion laughs in a workbook": lambda: sheet(f"{LAUGHS}<worksheet>&j;</worksheet>"),
    "billion laughs in a drawing": lambda: f"{LAUGHS}<svg>&j;</svg>".encode(),
    "a drawing of one long abbreviation": lambda: (
        f'<!DOCTYPE s [<!ENTITY a "{"x" * 900}">]><svg>{"&a;" * 300_000}</svg>'.encode()
    ),
    "a file of this computer in a drawing": lambda: f"{OUTSIDE}<svg>&a;</svg>".encode(),
    "a file of this computer in Word": lambda: zipped(
        ("[Content_Types].xml", b"<Types/>"), ("word/document.xml", f"{OUTSIDE}<d><t>&a;</t></d>".encode())
    ),
    "a file of this computer in OpenDocument": lambda: zipped(
        ("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", f"{OUTSIDE}<a>&a;</a>".encode())
    ),
    "Word of a million paragraphs": lambda: raw_word("<w:p><w:r><w:t>x</w:t></w:r></w:p>" * 300_000),
    "Word of deep tables": lambda: raw_word("<w:tc>" * 900 + "<w:p/>" * 1000 + "</w:tc>" * 900),
    "Word of deep elements": lambda: raw_word("<w:p>" * 100_000 + "</w:p>" * 100_000),
    "Word of one long word": lambda: raw_word("<w:p><w:r><w:t>" + "x" * 9_000_000 + "</w:t></w:r></w:p>"),
    "Word of many attributes": lambda: raw_word("<w:p " + " ".join(f'a{n}="{n}"' for n in range(50_000)) + "/>"),
    "Word of many tabs": lambda: raw_word("<w:p>" + "<w:tab/>" * 1_000_000 + "</w:p>"),
    "Word of many embedded files": lambda: raw_word(
        "<w:p/>", *((f"word/embeddings/{n}.zip", bomb) for bomb in [FILES["zip bomb"]()] for n in range(100))
    ),
    "workbook of empty cells": lambda: sheet("<worksheet>" + "<row>" + "<c/>" * 2_000_000 + "</row></worksheet>"),
    "workbook of the same long words": lambda: sheet(
        "<worksheet>" + '<row><c t="s"><v>0</v></c></row>' * 100_000 + "</worksheet>",
        ("xl/sharedStrings.xml", b"<sst><si><t>" + b"x" * 1_000_000 + b"</t></si></sst>"),
    ),
    "workbook of large numbers": lambda: sheet(
        '<worksheet><row>' + f'<c t="s" s="{"9" * 5000}"><v>{"9" * 5000}</v></c>' * 900 + "</row></worksheet>"
    ),
    "workbook of formats": lambda: sheet(
        "<worksheet/>", ("xl/styles.xml", b'<s><numFmt numFmtId="1" formatCode="' + b'[' * 1_000_000 + b'"/></s>')
    ),
    "OpenDocument of blanks": lambda: open_document(
        "text", "<text:p>" + '<text:s text:c="999999999"/>' * 200_000 + "</text:p>"
    ),
    "XML of an unknown charset": lambda: zipped(
        ("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b'<?xml version="1.0" encoding="x-secret"?><d/>')
    ),
    "XML in UTF-7": lambda: b'<?xml version="1.0" encoding="utf-7"?><svg>+ADw-</svg>',
    "one tag of 9 MB": lambda: b'<?xml version="1.0"?><svg a="' + b"x" * 9_000_000 + b'"/>',
    "PDF with a huge stream": lambda: pages(flate(bytes(200_000_000))),
    "PDF packed five times": lambda: pages(flate(bytes(20_000_000), 5)),
    "PDF with a million operators": lambda: pages(flate(b"BT /F1 1 Tf (x) Tj ET " * 300_000)),
    "PDF with long arrays": lambda: pages(flate(b"[" + b"(x) 1 " * 1_000_000 + b"] TJ")),
    "PDF with deep arrays": lambda: pages(stream(b"[" * 100_000)),
    "PDF with deep dictionaries": lambda: pages(stream(b"<<" * 100_000)),
    "PDF with long strings": lambda: pages(flate(b"BT /F1 1 Tf (" + b"\\(" * 4_000_000 + b") Tj ET")),
    "PDF of a thousand pages that are one": lambda: pages(flate(b"BT /F1 1 Tf (x) Tj ET " * 1000), count=5000),
    "PDF with an inline picture": lambda: pages(flate(b"BI /W 1 /H 1 ID " + b"E" * 5_000_000)),
    "PDF of forms within forms": lambda: pages(
        stream(b"/X Do " * 50),
        *(
            stream(b"/X Do " * 50, b"/Type/XObject/Subtype/Form/BBox[0 0 1 1]/Resources<</XObject<</X %d 0 R>>>>" % (6 + n))
            for n in range(8)
        ),
        resources=b"<</XObject<</X 5 0 R>>>>",
    ),
    "PDF whose pages are their own parents": lambda: pdf_of(
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R 2 0 R]/Count 3/Parent 2 0 R>>"
    ),
    "PDF whose objects are each other": lambda: pdf_of(b"2 0 R", b"1 0 R"),
    "PDF whose length is itself": lambda: pages(b"<</Length 4 0 R>>stream\nx\nendstream"),
    "PDF whose table points to itself": lambda: b"%PDF-1.7\nxref\n0 0\ntrailer<</Prev 9/Size 1>>\nstartxref\n9\n%%EOF",
    "PDF of broken tables": lambda: b"%PDF-1.7\n" + b"xref\n0 1\n" * 100_000 + b"startxref\n9\n%%EOF",
    "PDF of only beginnings": lambda: b"%PDF-1.7\n" + b"1 0 obj <<" * 100_000,
    "PDF of objects that do not end": lambda: b"%PDF-1.7\n" + b"".join(b"%d 0 obj\n" % n for n in range(100_000)),
    "PDF of obj": lambda: b"%PDF-1.7\n" + b" obj" * 300_000 + b"\nstartxref\n1\n%%EOF",
    "PDF of zeros": lambda: b"%PDF-1.7\n" + bytes(8_000_000),
    "PDF of line ends": lambda: b"%PDF-1.7\n" + b"\n" * 8_000_000,
    "PDF with a large object stream": lambda: pdf_of(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[]/Count 0>>",
        stream(zlib.compress(b"1 0 " * 500_000 + b"<<>>"), b"/Type/ObjStm/N 500000/First 2000000/Filter/FlateDecode"),
    ),
    "PDF with a large font map": lambda: pages(
        stream(b"BT /F1 1 Tf (x) Tj ET"),
        flate(b"begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange " + b"1 beginbfrange <0000> <FFFF> <0000> endbfrange " * 20_000),
        resources=b"<</Font<</F1<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/ToUnicode 5 0 R>>>>>>",
    ),
    "PDF with many fields": lambda: _with_fields(5000),
    "PDF with a file that is a bomb": lambda: _with_file(zlib.compress(bytes(300_000_000))),
    "compound file whose sectors go round": lambda: _round(compound(("WordDocument", b"x" * 50_000))),
    "compound file of zeros": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5_000_000),
    "compound file of ones": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 2_000_000,
    "compound file of many entries": lambda: compound(*((f"{n}", b"") for n in range(3000))),
    "RTF of open braces": lambda: rb"{\rtf1" + b"{" * 1_000_000,
    "RTF of escapes": lambda: rb"{\rtf1" + rb"\'e9" * 1_000_000,
    "RTF of unicode": lambda: rb"{\rtf1" + rb"\u-10179?\u-8704?" * 200_000,
    "RTF of backslashes": lambda: rb"{\rtf1" + b"\\" * 2_000_001,
    "RTF of long words": lambda: rb"{\rtf1\\" + b"a" * 2_000_000,
    "page of open tags": lambda: b"<html>" + b"<b" * 1_000_000,
    "page of deep tags": lambda: b"<html>" + b"<div>" * 400_000,
    "page of open comments": lambda: b"<html>" + b"<!--" * 1_000_000,
    "CSV in one line": lambda: b"x," * 2_000_000,
    "mail in mail in mail": lambda: b"Content-Type: message/rfc822\n\n" * 3000,
    "mail of many parts": lambda: b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 50_000,
    "mail of long fields": lambda: b"From: a\nTo: b\nDate: c\nSubject: " + b"=?utf-8?q?x?=\n " * 20_000 + b"\n\nx",
    "fields without a mail": lambda: b"a: b\n" * 300_000,
    "fields that fold": lambda: b"From: a\n" + b" \n" * 300_000,
    "picture of directories": lambda: b"\xff\xd8\xff\xe1\xff\xffExif\0\0II*\0\x08\0\0\0" + b"\xff" * 100_000,
    "noise of zip magic": lambda: b"PK\x03\x04" * 500_000,
    "noise of zip ends": lambda: b"PK\x03\x04" + b"PK\x05\x06" * 500_000,
}  # fmt: skip


def _with_fields(count: int) -> bytes:
    kids = b" ".join(b"5 0 R" for _ in range(count))
    return pdf_of(
        b"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[%b]>>>>" % kids,
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
        b"null",
        b"<</FT/Tx/T(a)/V(b)/Kids[%b]>>" % (b"6 0 R " * 50),
        b"<</FT/Tx/T(a)/V(b)/Parent 5 0 R>>",
    )


def _with_file(content: bytes) -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(pdf()))
    file = DecodedStreamObject()
    file.set_data(content)
    file[NameObject("/Filter")] = NameObject("/FlateDecode")
    file[NameObject("/Params")] = DictionaryObject({NameObject("/Size"): NumberObject(1)})
    writer.add_attachment("a.bin", b"x")
    made = io.BytesIO()
    writer.write(made)
    packed = b"<<\n/Length %d\n/Filter /FlateDecode\n" % len(content)
    old = made.getvalue()
    at = old.index(b"stream\nx\nendstream")
    begin = old.rindex(b"<<", 0, old.index(b"/EmbeddedFile")) if b"/EmbeddedFile" in old else at
    head = old[begin:at].replace(b"<<", packed, 1).replace(b"/Length 1\n", b"", 1)
    return (
        old[:begin] + head + b"stream\n" + content + b"\nendstream" + old[at + len(b"stream\nx\nendstream") :]
    )


def _round(made: bytes) -> bytes:
    """Every sector of the first stream followed by its first one."""
    table = made.rindex(struct.pack("<III", 1, 2, 3))
    return made[:table] + struct.pack("<I", 0) * 90 + made[table + 360 :]


__all__ = ["HOSTILE", "ArrayObject"]
