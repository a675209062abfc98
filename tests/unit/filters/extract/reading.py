"""Files read as attachments of a message."""

from __future__ import annotations

from filters.extract.document import Document, Documents
from filters.extract.read import documents_of
from signatures.message.anatomy import read
from signatures.message.scanner import CAPS, scan_parts
from tests.files import with_files

HEADER = "From: anne@little.example\nTo: jo@resident.example\nSubject: Hall"


def documents(*files: tuple[str, bytes]) -> Documents:
    return documents_in(with_files(HEADER, *files))


def documents_in(raw: bytes) -> Documents:
    return documents_of(raw, scan_parts(raw), read(raw), CAPS)


def document(name: str, content: bytes) -> Document:
    """What is known of a file, those within it left out."""
    return documents((name, content)).found[0]
