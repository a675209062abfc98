"""Everything attached to a message, read."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from filters.extract import kinds, naming
from filters.extract.document import Document, Documents, Fact
from filters.extract.mail import file_of
from filters.extract.readers import look_into
from filters.extract.room import MOST_DEEP, Bomb, Inside, Look, Room, Unread
from signatures.message.anatomy import Anatomy
from signatures.message.carried.ends import ENDS, Ends
from signatures.message.carried.kinds import Attachment
from signatures.message.carried.locked import is_locked
from signatures.message.scanner import Caps, Part

_LONGEST_NAME = 200
_NO_TEXT = re.compile("[\ud800-\udfff\0]")
"""Halves of characters and the null, which neither JSON nor a database takes for text."""

_MORE = "there are more files in it than are looked at"
_DEEP = "files are packed within files in it more than six deep"


def documents_of(
    raw: bytes, parts: tuple[Part, ...], anatomy: Anatomy, caps: Caps, room: Room | None = None
) -> Documents:
    """What is attached, the files within archives, messages and documents each by itself, in their order. `room` is
    used up; without one there is as much as checks have.

    Nothing but MemoryError is raised: what cannot be read says why.
    """
    reading = _Reading(caps, Room() if room is None else room)
    for attachment in anatomy.attachments:
        reading.attached(raw, parts[attachment.number], attachment)
    return Documents(found=tuple(reading.found), trouble=reading.trouble)


class _Reading:
    """What was found so far, and what room there is for more."""

    def __init__(self, caps: Caps, room: Room) -> None:
        self.found: list[Document] = []
        self.trouble = ""
        self._caps = caps
        self._room = room

    def attached(self, raw: bytes, part: Part, attachment: Attachment) -> None:
        """Read one attachment."""
        self._read(attachment.number, file_of(raw, part, attachment))

    def _read(self, number: int, first: Inside) -> None:
        """Read a file and all within it, outermost first, without recursion."""
        waiting: list[tuple[tuple[str, ...], Iterator[Inside]]] = [((), iter((first,)))]
        while waiting:
            path, files = waiting[-1]
            inside = _next(files)
            if inside is None:
                waiting.pop()
                continue
            if self._room.files <= 0:
                self.trouble = _MORE
                return
            self._room.files -= 1
            named = (*path, _shown(inside.name))
            document, look = self._document(number, named, inside)
            self._room.characters -= len(document.text)
            self.found.append(document)
            if len(waiting) < MOST_DEEP:
                waiting.append((named, look.inside))
            elif _next(look.inside) is not None:
                self.found[-1] = _marked(document, Fact.BOMB)
                self.trouble = _DEEP

    def _document(self, number: int, path: tuple[str, ...], inside: Inside) -> tuple[Document, Look]:
        content = inside.content
        if inside.unread:
            facts, kind, look = inside.facts, kinds.UNKNOWN, Look(unread=inside.unread)
            if naming.is_program(inside.name, kind):
                facts |= {Fact.PROGRAM}  # What is encrypted still has its name, for whoever has the password.
        else:
            look, kind = self._look(content, inside)
            facts = look.facts | inside.facts
        document = Document(
            number=number,
            path=path,
            kind=kind,
            size=len(content),
            text=_NO_TEXT.sub("\ufffd", look.text),
            facts=facts,
            unread=look.unread,
            digest="" if inside.unread else hashlib.sha256(content).hexdigest(),
        )
        return document, look

    def _look(self, content: bytes, inside: Inside) -> tuple[Look, str]:
        """What the reader of its kind makes of a file; none of them may fail."""
        kind, broken = kinds.UNKNOWN, True
        try:
            kind = kinds.kind_of(content, inside.name, inside.declared)
            look = look_into(content, kind, inside, self._room, self._caps)
            broken = False
        except Bomb as error:
            look = Look(facts=frozenset({Fact.BOMB}), unread=str(error))
        except Unread as error:
            look = Look(unread=str(error))
        except MemoryError:
            raise
        except Exception:
            look = Look(unread="it is damaged")
        kind = look.kind or kind
        name = inside.name
        ends = Ends(content[:ENDS], content[-ENDS:])
        # A PDF that nobody may print or change has marks of encryption, and opens all the same.
        closed = not look.text and (broken or kind != kinds.PDF)
        if (
            closed
            and Fact.LOCKED not in look.facts
            and is_locked(ends, inside.declared or kind, name.lower())
        ):
            look.facts |= {Fact.LOCKED}
            look.unread = "it is encrypted"
        if naming.is_program(name, kind):
            look.facts |= {Fact.PROGRAM}
        if naming.is_misnamed(name, kind, read=not look.unread) and Fact.LOCKED not in look.facts:
            look.facts |= {Fact.MISNAMED}
        return look, kind


def _next(files: Iterator[Inside]) -> Inside | None:
    """The next file, if there is one. What breaks while it is taken out is told of, and ends them."""
    try:
        return next(files, None)
    except MemoryError:
        raise
    except Exception:
        return Inside("a file within it", unread="it is damaged")


def _marked(document: Document, fact: Fact) -> Document:
    return document.model_copy(update={"facts": document.facts | {fact}, "unread": document.unread or _DEEP})


def _shown(name: str) -> str:
    """A name on one line."""
    shown = " ".join("".join(each if each.isprintable() else " " for each in name).split())
    return shown[:_LONGEST_NAME] or "a file without a name"
