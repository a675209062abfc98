"""Papers of council life as real files: PDF, Word, Excel, OpenDocument, CSV, from lines that say what stands in them."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from html import escape

from docx import Document

from tests.files import open_document, pdf, workbook

Lines = Sequence[str]


def _word(lines: Lines) -> bytes:
    document = Document()
    for each in lines:
        document.add_paragraph(each)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def _portable(lines: Lines) -> bytes:
    shown = b"".join(b"(%b) Tj T*\n" % _literal(each) for each in lines)
    return pdf("", content=b"BT /F1 11 Tf 14 TL 50 800 Td\n" + shown + b"ET")


def _literal(line: str) -> bytes:
    for sign in "\\()":
        line = line.replace(sign, "\\" + sign)
    return line.encode("latin-1")


def _sheet(lines: Lines) -> bytes:
    return workbook([_cell(each) for each in line.split(",")] for line in lines)


def _cell(said: str) -> str | float:
    try:
        return float(said)
    except ValueError:
        return said


def _open_text(lines: Lines) -> bytes:
    return open_document("text", "".join(f"<text:p>{escape(each)}</text:p>" for each in lines))


def _values(lines: Lines) -> bytes:
    return "".join(f"{each}\r\n" for each in lines).encode()


WRITERS: Mapping[str, tuple[Callable[[Lines], bytes], str]] = {
    "pdf": (_portable, "application/pdf"),
    "docx": (_word, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xlsx": (_sheet, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "odt": (_open_text, "application/vnd.oasis.opendocument.text"),
    "csv": (_values, "text/csv"),
}
"""How a paper of each kind is written, and its media type."""
