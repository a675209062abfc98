"""What the readers load late, loaded early: a worker can open no file."""

from __future__ import annotations

import codecs
from io import BytesIO

from pypdf import PdfReader, PdfWriter

from filters.extract.kinds import kind_of
from filters.extract.pdf import read_pdf
from filters.extract.room import Room


def preload() -> None:
    """Read one small document of each kind that loads something only then."""
    codecs.lookup("charmap")
    read_pdf(_pdf(), Room())
    kind_of(b"\0\0\0\x18ftypqt  \0\0\0\0qt  ", "")


def _pdf() -> bytes:
    """A PDF of one empty page, encrypted with no password."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.add_attachment("a.txt", b"a")
    writer.encrypt("", "owner", algorithm="AES-256")
    made = BytesIO()
    writer.write(made)
    PdfReader(made)
    return made.getvalue()
