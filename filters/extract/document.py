"""What is known of something attached after it was looked into."""

from __future__ import annotations

from enum import StrEnum

from config.base import Frozen


class Fact(StrEnum):
    """Something about an attachment that a policy may mind."""

    PROGRAM = "program"
    """It can be run: an executable, a script, a shortcut, an installer."""

    MACROS = "macros"
    LOCKED = "locked"
    """It is encrypted, so that nobody can look into it without a password."""

    BOMB = "bomb"
    """Unpacked it would be far larger than any honest file."""

    MISNAMED = "misnamed"
    """Its content is not of the kind that its name says."""

    PHOTOGRAPH = "photograph"
    """A picture that a camera or a telephone took, as far as its content tells, or the name they gave it; or a film."""

    SCAN = "scan"
    """Its pages are nothing but pictures, as of a paper that was scanned: only people can read them."""

    PLACE = "place"
    """It says where it was taken."""


class Document(Frozen):
    """One attachment, or one file within an archive or a message that is attached.

    `number` is the part in the order of `scan_parts`; `path` the names that lead to it, outermost first. `kind` is
    its media type by its content, `size` its octets unpacked. `text` is what it says; empty where it is a picture, or
    could not be read. `unread` says why its text is not, or not all, here: a reason that ends a sentence. `prints` are
    the fingerprints of the text (`signatures.message.carried.prints`), where they are wanted. `digest` is the SHA-256 of
    its content, in hex; empty where that could not be had.
    """

    number: int
    path: tuple[str, ...]
    kind: str
    size: int
    text: str = ""
    facts: frozenset[Fact] = frozenset()
    unread: str = ""
    prints: tuple[int, ...] = ()
    digest: str = ""

    @property
    def name(self) -> str:
        """How people would call it: "list.xlsx in papers.zip"."""
        return " in ".join(reversed(self.path))


class Documents(Frozen):
    """Everything attached. `trouble` says why not everything is here: a reason that ends a sentence.

    `pending`: it is still being read.
    """

    found: tuple[Document, ...] = ()
    trouble: str = ""
    pending: bool = False


NONE = Documents()
