"""What the archive must find each letter by, as the generator knows it: no message is read for this."""

from __future__ import annotations

from gateway.store.index.content import Content, Piece, Said
from tests.bench.archive.council import Letter
from tests.bench.archive.files import File

UNREADABLE = "it could not be read"


def content_of(letter: Letter) -> Content:
    """All that a letter is found by."""
    return Content(
        said=Said(
            subject=letter.subject,
            author=letter.author,
            recipients=letter.recipients,
            copied=letter.copied,
            hidden=", ".join(letter.hidden),
            own=letter.own,
            trail=letter.trail,
        ),
        pieces=tuple(piece for number, file in enumerate(letter.files, 1) for piece in _pieces(number, file)),
        message_id=letter.message_id,
        references=letter.references,
    )


def words_of(letter: Letter) -> str:
    """Every text of a letter that can be read, one after the other, in lower case; between two of them is a line that
    no phrase goes over.
    """
    said = (
        letter.subject,
        letter.author,
        letter.recipients,
        letter.copied,
        *letter.hidden,
        letter.own,
        letter.trail,
    )
    attached = (part for file in letter.files for texts in file.texts for part in texts)
    return "\n\x00\n".join((*said, *attached)).lower()


def size_of(content: Content) -> int:
    """How much text is indexed, in octets as UTF-8."""
    said = content.said
    texts = (said.subject, said.author, said.recipients, said.copied, said.hidden, said.own, said.trail)
    pieces = sum(len(piece.text.encode()) + len(piece.name.encode()) for piece in content.pieces)
    return sum(len(text.encode()) for text in texts) + pieces


def _pieces(number: int, file: File) -> list[Piece]:
    return [
        Piece(
            part=number,
            name=name,
            kind=file.kind,
            size=len(file.data),
            sha256=file.sha256,
            unread="" if file.readable else UNREADABLE,
            text=text,
        )
        for name, text in file.texts
    ]
