"""What is attached: small files as office programs write them, quick to make, and the text that is in each."""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from base64 import encodebytes
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from xml.sax.saxutils import escape

from tests.bench.archive.letters import Facts, Language
from tests.files import W

_SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGES = "http://schemas.openxmlformats.org/package/2006"


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is attached. `texts` are the texts in it by the names that lead to each; `readable` where it has any
    and can be read. `encoded` is it in base64 as it stands in a message.
    """

    name: str
    kind: str
    data: bytes
    texts: tuple[tuple[str, str], ...]
    encoded: bytes
    readable: bool = True

    @property
    def sha256(self) -> str:
        """Of what it holds, in hex."""
        return hashlib.sha256(self.data).hexdigest()


class Cabinet:
    """Files to attach: some that are sent again and again, others made for the one letter."""

    def __init__(self, random: Random, language: Language) -> None:
        self._random, self._language = random, language
        self._pool = [self._often(number) for number in range(60)]
        self._unreadable = [_file(f"confidential {n}.pdf", locked(n), "", False) for n in range(4)]
        self._unreadable += [_file(f"scan{n:04}.pdf", scanned(random), "", False) for n in range(12)]
        self._number = 0

    def drawn(self, facts: Facts) -> tuple[File, ...]:
        """What is attached to a letter about this."""
        random = self._random
        number = random.choices((1, 2, 3, 6), (80, 14, 5, 1))[0]
        return tuple(dict.fromkeys(self._one(facts) for _ in range(number)))

    def _one(self, facts: Facts) -> File:
        random = self._random
        share = random.random()
        if share < 0.40:
            return self._pool[int(random.paretovariate(0.9)) % len(self._pool)]
        if share < 0.425:
            return random.choice(self._unreadable)
        self._number += 1
        if share < 0.43:
            return self._text(f"minutes pack {self._number}.txt", random.randrange(1000, 6000))
        name = f"{_safe(facts.ref)} {random.choice(_TITLES)} {self._number}"
        if share < 0.75:
            return self._pdf(name, random.randrange(8, 60))
        if share < 0.88:
            return self._word(name, random.randrange(8, 50))
        if share < 0.93:
            return self._rows(name, True)
        if share < 0.96:
            return self._rows(name, False)
        if share < 0.97:
            return self._zip(name)
        return self._text(f"{name}.txt", random.randrange(5, 60))

    def _often(self, number: int) -> File:
        name = f"{_STANDING[number % len(_STANDING)]} {2019 + number // len(_STANDING)}"
        picture = self._random.randbytes(8_000 + number * 1777 % 50_000)
        return (self._pdf, self._word)[number % 2](name, 30 + number * 37 % 200, picture)

    def _pdf(self, name: str, sentences: int, picture: bytes = b"") -> File:
        lines = self._lines(name, sentences)
        return _file(f"{name}.pdf", pdf(lines, picture), "\n".join(lines))

    def _word(self, name: str, sentences: int, picture: bytes = b"") -> File:
        lines = self._lines(name, sentences)
        return _file(f"{name}.docx", word(lines, picture), "\n".join(lines))

    def _text(self, name: str, sentences: int) -> File:
        lines = self._lines(name, sentences)
        return _file(name, "\r\n".join(lines).encode(), "\n".join(lines))

    def _rows(self, name: str, as_workbook: bool) -> File:
        said, random = self._language, self._random
        rows = [("Name", "Address", "Postcode", "Amount")]
        rows += [
            (said.somebody(), said.address(), said.postcode(), said.amount()[1:].replace(",", ""))
            for _ in range(random.randrange(5, 60))
        ]
        text = "\n".join("\t".join(row) for row in rows)
        if as_workbook:
            return _file(f"{name}.xlsx", workbook(rows), f"Register\n{text}")
        return _file(f"{name}.csv", "\r\n".join(",".join(row) for row in rows).encode(), text)

    def _zip(self, name: str) -> File:
        inner = [self._pdf(f"{name} {n}", 10) for n in (1, 2)]
        data = _zipped([(each.name, each.data) for each in inner])
        texts = tuple((f"{each.name} in {name}.zip", each.texts[0][1]) for each in inner)
        return File(f"{name}.zip", _KINDS["zip"], data, texts, _encoded(data))

    def _lines(self, name: str, sentences: int) -> list[str]:
        return [name, *self._language.sentences(sentences)]


_TITLES = (
    "plan",
    "quotation",
    "report",
    "minutes",
    "letter",
    "form",
    "statement",
    "schedule",
    "drawing",
    "survey",
)
_STANDING = ("Standing Orders", "Financial Regulations", "Burial Fees", "Allotment Agreement", "Grants Policy",
             "Complaints Procedure", "Hall Hire Conditions", "Risk Assessment")  # fmt: skip
_KINDS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "txt": "text/plain",
    "zip": "application/zip",
}


def pdf(lines: Sequence[str], picture: bytes = b"") -> bytes:
    """A PDF with these lines, fifty on a page, its pages compressed as programs do it. `picture`: one that it holds."""
    pages = [lines[at : at + 50] for at in range(0, len(lines), 50)]
    kids = b" ".join(b"%d 0 R" % (4 + 2 * n) for n in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%b]/Count %d>>" % (kids, len(pages)),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    for number, page in enumerate(pages):
        shown = "\n".join(f"({_in_pdf(each)}) Tj 0 -15 Td" for each in page).encode("cp1252")
        content = zlib.compress(b"BT /F1 9 Tf 40 810 Td\n%b\nET" % shown, 6)
        objects += [
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents %d 0 R/Resources<</Font<</F1 3 0 R>>>>>>"
            % (5 + 2 * number),
            b"<</Length %d/Filter/FlateDecode>>stream\n%b\nendstream" % (len(content), content),
        ]
    if picture:
        objects.append(
            b"<</Type/XObject/Subtype/Image/Width 100/Height %d/ColorSpace/DeviceGray/BitsPerComponent 8"
            b"/Length %d>>stream\n%b\nendstream" % (len(picture) // 100, len(picture), picture)
        )
    return _pdf(objects)


def locked(number: int) -> bytes:
    """A PDF that opens with a password only; the same each time, as what an office program writes never is."""
    random = Random(number)
    keys = f"/O<{random.randbytes(32).hex()}>/U<{random.randbytes(32).hex()}>".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>",
        b"<</Length 64>>stream\n%b\nendstream" % random.randbytes(64),
        b"<</Filter/Standard/V 2/R 3/Length 128/P -44%b>>" % keys,
    ]
    return _pdf(
        objects, b"/Encrypt 5 0 R/ID[<00112233445566778899aabbccddeeff><00112233445566778899aabbccddeeff>]"
    )


def scanned(random: Random) -> bytes:
    """A PDF that is a picture of a page and nothing else."""
    pixels = zlib.compress(random.randbytes(6000) * 2)
    return _pdf(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>>>",
            b"<</Length 29>>stream\nq 595 0 0 842 0 0 cm /I Do Q \nendstream",
            b"<</Type/XObject/Subtype/Image/Width 120/Height 100/ColorSpace/DeviceGray/BitsPerComponent 8"
            b"/Filter/FlateDecode/Length %d>>stream\n%b\nendstream" % (len(pixels), pixels),
        ]
    )


def word(lines: Sequence[str], picture: bytes = b"") -> bytes:
    """A Word document of these paragraphs. `picture`: one that it holds."""
    body = "".join(f"<w:p><w:r><w:t>{escape(each)}</w:t></w:r></w:p>" for each in lines)
    document = f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
    media = [("word/media/image1.jpeg", picture)] if picture else []
    return _zipped([("[Content_Types].xml", b"<Types/>"), ("word/document.xml", document.encode()), *media])


def workbook(rows: Sequence[Sequence[str]]) -> bytes:
    """An Excel workbook of one sheet with these rows."""
    cells = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{escape(each)}</t></is></c>' for each in row) + "</row>"
        for row in rows
    )
    sheet = f'<worksheet xmlns="{_SPREADSHEET}"><sheetData>{cells}</sheetData></worksheet>'
    book = (
        f'<workbook xmlns="{_SPREADSHEET}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="Register" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    related = (
        f'<Relationships xmlns="{_PACKAGES}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    )
    return _zipped(
        [
            ("[Content_Types].xml", b"<Types/>"),
            ("xl/workbook.xml", book.encode()),
            ("xl/_rels/workbook.xml.rels", related.encode()),
            ("xl/worksheets/sheet1.xml", sheet.encode()),
        ]
    )


def _file(name: str, data: bytes, text: str, readable: bool = True) -> File:
    return File(name, _KINDS[name.rpartition(".")[2]], data, ((name, text),), _encoded(data), readable)


def _encoded(data: bytes) -> bytes:
    return encodebytes(data).replace(b"\n", b"\r\n")


def _pdf(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    out, places = bytearray(b"%PDF-1.5\n"), []
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % each for each in places)
    out += b"trailer<</Size %d/Root 1 0 R%b>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, table)
    return bytes(out)


def _in_pdf(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _zipped(files: Sequence[tuple[str, bytes]]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name, (2024, 1, 2, 10, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _safe(name: str) -> str:
    return name.replace("/", "-")
