"""PDF: the text of its pages, of its form's fields and of notes on it, and the files within."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from pypdf import PasswordType, PdfReader, apply_configuration
from pypdf.errors import LimitReachedError

from filters.extract.document import Fact
from filters.extract.room import TOO_LONG, Inside, Look, Room, Unread, Words

logging.getLogger("pypdf").setLevel(logging.CRITICAL + 1)  # What it says of a file is its sender's words.

_CAPS: dict[str, Any] = {
    "maximum_declared_stream_length": 33_554_432,
    "array_based_stream_maximum_output_length": 8_000_000,
    "array_maximum_element_count": 50_000,
    "dictionary_maximum_element_count": 20_000,
    "lzw_maximum_output_length": 2_000_000,
    "run_length_maximum_output_length": 8_000_000,
    "zlib_maximum_output_length": 16_000_000,
    "zlib_maximum_recovery_input_length": 500_000,
    "stream_decoding_work_maximum_length": 32_000_000,
    "stream_parsing_work_maximum_count": 100_000,
    "page_tree_maximum_entries": 20_000,
    "page_tree_maximum_depth": 50,
    "page_tree_maximum_page_entries": 100_000,
    "form_fields_maximum_entries": 5_000,
    "form_fields_maximum_depth": 20,
    "xform_maximum_invocations_per_extraction": 100,
    "jbig2dec_binary": None,
    "disable_legacy_handling": True,
}
"""Far above what a document needs, and below what would take a worker's memory."""

_MOST_NOTES = 2000
_MOST_PIECES = 10_000


_OCTETS_A_STEP = 12
_STEPS_AT_LEAST = 100_000
_STEPS_A_PAGE = 500
_STEPS_A_FORM = 200
"""What is drawn from elsewhere; that may be much, and is not counted itself before it is."""

_MORE = "its pages have more on them than can be read in time"


class _Enough(Exception):
    """The pages have more on them than there is time for."""


def read_pdf(content: bytes, room: Room) -> Look:
    """The text of a PDF that opens without a password. Raises Unread for one that is broken."""
    words = Words(room)
    with apply_configuration(**_CAPS):
        try:
            reader = PdfReader(BytesIO(content))
            if reader.is_encrypted and reader.decrypt("") is PasswordType.NOT_DECRYPTED:
                return Look(
                    facts=frozenset({Fact.LOCKED}), unread="it is encrypted, and opens with a password only"
                )
            unread = _pages(reader, _Steps(room, len(content)), room, words)
        except MemoryError:
            raise
        except Exception:
            raise Unread("it is damaged") from None
        unread = _fields(reader, words) or unread
    text = words.text().strip()
    scan = not text and not unread
    if scan:
        unread = "its pages are pictures, and the words in pictures cannot be read here"
    return Look(
        text=text,
        facts=frozenset({Fact.SCAN} if scan else ()),
        unread=TOO_LONG if words.full else unread,
        inside=_within(reader, room),
    )


class _Steps:
    """What work there is time for: in one PDF no more than its size may honestly make, so that time grows with that."""

    def __init__(self, room: Room, size: int) -> None:
        self._room = room
        self._left = min(room.steps, _STEPS_AT_LEAST + size // 2)

    def take(self, steps: int) -> None:
        """So many more. Raises _Enough."""
        self._left -= steps
        self._room.steps -= steps
        if self._left < 0:
            raise _Enough

    def operator(self, operator: bytes, *_: object) -> None:
        """One more operator. Raises _Enough."""
        self.take(_STEPS_A_FORM if operator == b"Do" else 1)


def _pages(reader: PdfReader, steps: _Steps, room: Room, words: Words) -> str:
    """Add the text of all pages; why not all of it is there, or nothing."""
    unread = ""
    for page in reader.pages:
        room.pages -= 1
        if room.pages < 0:
            return "it has more pages than can be read in time"
        try:
            steps.take(_STEPS_A_PAGE + _size(page) // _OCTETS_A_STEP)
            words.add(page.extract_text(visitor_operand_before=steps.operator) + "\n\n")
            words.add(_notes(page))
        except (_Enough, LimitReachedError):
            return _MORE
        except MemoryError:
            raise
        except Exception:
            unread = "a page of it is damaged"
        if words.full:
            break
    return unread


def _size(page: Any) -> int:
    """Octets of what is drawn on a page."""
    contents = page.get("/Contents")
    if contents is None:
        return 0
    pieces = contents.get_object()
    if not isinstance(pieces, list):
        pieces = [pieces]
    return sum(len(each.get_object().get_data()) for each in pieces[:_MOST_PIECES])


def _fields(reader: PdfReader, words: Words) -> str:
    """Add what a form is filled in with; why not all of it is there, or nothing."""
    try:
        fields = reader.get_form_text_fields() or {}
    except MemoryError:
        raise
    except Exception:
        return "its form cannot be read"
    for name, value in fields.items():
        if value:
            words.add(f"{name}: {value}\n")
    return ""


def _notes(page: Any) -> str:
    """What is written on a page as notes."""
    said = []
    for each in list(page.get("/Annots") or ())[:_MOST_NOTES]:
        text = each.get_object().get("/Contents")
        if isinstance(text, str) and text.strip():
            said.append(text)
    return "".join(f"{text}\n" for text in said)


def _within(reader: PdfReader, room: Room) -> Iterator[Inside]:
    """The files that a PDF carries."""
    with apply_configuration(**_CAPS):
        try:
            for each in reader.attachment_list:
                content = each.content
                room.unpack(len(content))
                yield Inside(each.alternative_name or each.name, content)
        except MemoryError:
            raise
        except Unread as error:
            yield Inside("a file within it", unread=str(error))
        except Exception:
            yield Inside("a file within it", unread="it is damaged")
