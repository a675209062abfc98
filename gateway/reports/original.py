"""What was reported: the message that a report forwards, attached whole or in its text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from filters.analysis import Reading
from gateway.workers.analysis import Analyst
from gateway.workers.pool import WorkerFailed
from signatures.message.anatomy import Anatomy
from signatures.message.body import decoded
from signatures.message.carried.kinds import Earlier, How
from signatures.message.scanner import Unscannable, scan_parts

_LINE_END = re.compile(rb"\r\n|\r|\n")
_FORWARD = re.compile(r"(?:\s*(?:fwd?|wg|fw|ymlaen)\s*:)++\s*", re.IGNORECASE)
_NOT_THE_CLERK = frozenset({"not the clerk", "not to the clerk", "nid y clerc", "nid i'r clerc"})
_MOST_NOTE = 4000


class Form(StrEnum):
    """How what is reported came."""

    ATTACHED = "attached"
    INLINE = "inline"
    ALONE = "alone"
    """Nothing is forwarded in it that could be told from the report itself."""


@dataclass(frozen=True, slots=True)
class Original:
    """What is reported, as far as it says so itself; nothing of it is proved. `begins` is how its text begins."""

    form: Form
    author: str = ""
    subject: str = ""
    message_id: str = ""
    begins: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A report, read: what is reported, what the reporter wrote with it, and whether the Clerk is not to look at it."""

    original: Original
    note: str = ""
    not_the_clerk: bool = False


async def told_in(analyst: Analyst, raw: bytes, reading: Reading | None, deadline: float) -> Told:
    """What a report tells. Of one that could not be read nothing is known but that it is there."""
    if reading is None:
        return Told(Original(Form.ALONE))
    anatomy = reading.anatomy
    lines = [_lines(text) for text in anatomy.own_texts]
    wish = any(each and _plain(each[0]) in _NOT_THE_CLERK for each in lines)
    first = lines[0] if lines else []
    if first and _plain(first[0]) in _NOT_THE_CLERK:
        first = first[1:]
    return Told(
        original=await _original(analyst, raw, anatomy, deadline),
        note=" ".join(first)[:_MOST_NOTE],
        not_the_clerk=wish,
    )


def attached(raw: bytes, anatomy: Anatomy) -> bytes | None:
    """The first message that is attached to a report, byte for byte; None where none is, or it cannot be taken out."""
    numbers = [each.number for each in anatomy.attachments if each.mail]
    if not numbers:
        return None
    try:
        parts = scan_parts(raw)
    except Unscannable:
        return None
    return decoded(raw, parts[numbers[0]])[0] if numbers[0] < len(parts) else None


async def _original(analyst: Analyst, raw: bytes, anatomy: Anatomy, deadline: float) -> Original:
    inside = attached(raw, anatomy)
    if inside is not None:
        try:
            found = (await analyst.read(_LINE_END.sub(b"\r\n", inside), deadline)).anatomy
        except WorkerFailed:
            return Original(Form.ATTACHED)
        author = found.original_authors[0].address if found.original_authors else ""
        begins = next(iter((*found.own_texts, *found.trail_texts)), "")
        return Original(Form.ATTACHED, author, found.subject, found.message_id, begins)
    earlier = next((each for each in anatomy.earlier if each.how is not How.ATTACHED), None)
    if earlier is None:
        return Original(Form.ALONE, subject=anatomy.subject)
    return Original(
        Form.INLINE,
        earlier.author,
        _FORWARD.sub("", anatomy.subject, count=1) if _FORWARD.match(anatomy.subject) else anatomy.subject,
        _id_of(earlier, anatomy),
        next(iter(anatomy.trail_texts), ""),
    )


def _id_of(earlier: Earlier, anatomy: Anatomy) -> str:
    return earlier.message_id or next(iter((*anatomy.marks.forwards, *anatomy.references)), "")


def _lines(text: str) -> list[str]:
    return list(_said(text))


def _said(text: str) -> Iterator[str]:
    return (line.strip() for line in text.splitlines() if line.strip())


def _plain(line: str) -> str:
    """A line as words are compared. One that is too long is none that is looked for."""
    if len(line) > 100:
        return ""
    return " ".join(line.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").casefold().split()).strip(".,:!* ")
