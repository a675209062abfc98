"""A tag taken off the start of a Subject, as a splice that touches nothing else of it.

A tag that stands there plainly is cut out, octet for octet. Where it stands in encoded words (RFC 2047), those
that it fills go, and of the one in which it ends the rest is written again in its own charset and encoding;
only where that cannot be done (a character divided between two words, a charset with states) is the whole
field written anew, in UTF-8.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from signatures.message.headers import decode_text, to_text
from signatures.message.long_lines import LONGEST
from signatures.message.scanner import Field
from signatures.message.splices import Splice
from signatures.message.words import encoded_word, encoded_words, octets_of

_BLANKS = re.compile(rb"[ \t\r\n]*+")
_WORD = re.compile(
    rb"=\?(?P<charset>[A-Za-z0-9_.:-]{1,60}+)(?:\*[A-Za-z0-9-]{0,40}+)?\?(?P<encoding>[BbQq])"
    rb"\?(?P<content>[^?\r\n]*+)\?="
)
_MOST_WORDS = 50
_SHORT = 60


def untagged(raw: bytes, field: Field, tag: str) -> Splice:
    """The splice that takes `tag`, written as there, off the start of a field's decoded value.

    What follows of blanks goes with it; a value that is nothing else becomes empty.
    """
    end = field.end - 2 if raw.endswith(b"\r\n", field.start, field.end) else field.end
    value = raw[field.value : end]
    wanted = to_text(value.replace(b"\r\n", b"").strip()).lstrip()[len(tag) :].lstrip()
    if not wanted:
        return Splice(field.value, len(value), b"")
    if all(len(line) <= LONGEST for line in raw[field.start : end].split(b"\r\n")):
        for cut in (_plainly(value, tag), _from_words(value, tag)):
            if cut is not None and _says(value, cut, wanted):
                return Splice(field.value + cut.offset, cut.length, cut.replacement)
    return Splice(field.value, len(value), b" " + _written(wanted))


def _says(value: bytes, cut: Splice, wanted: str) -> bool:
    """Whether the value says what it should when it is cut, and its lines stay as short as they must be."""
    left = value[: cut.offset] + cut.replacement + value[cut.offset + cut.length :]
    short = all(len(line) <= LONGEST - len("Subject:") for line in left.split(b"\r\n"))
    return short and to_text(left.replace(b"\r\n", b"").strip()).lstrip() == wanted


def _plainly(value: bytes, tag: str) -> Splice | None:
    """The cut of a tag that stands in the value as it is, folded perhaps."""
    start = _blanks(value, 0)
    octets = (re.escape(bytes([octet])) for octet in tag.encode("utf-8", "replace"))
    found = re.compile(rb"(?:\r\n)?".join(octets)).match(value, start)
    return Splice(start, _blanks(value, found.end()) - start, b"") if found else None


@dataclass(frozen=True, slots=True)
class _Word:
    charset: bytes
    encoding: bytes
    octets: bytes


def _from_words(value: bytes, tag: str) -> Splice | None:
    """The cut of a tag that stands in the encoded words with which the value begins."""
    position = start = _blanks(value, 0)
    content = b""
    for _ in range(_MOST_WORDS):
        found = _WORD.match(value, position)
        octets = octets_of(found["encoding"], found["content"]) if found else None
        if found is None or octets is None:
            return None
        word = _Word(found["charset"], found["encoding"], octets)
        content += octets
        text = decode_text(content, word.charset.decode("ascii").lower()).lstrip()
        if text.startswith(tag):
            rest = text[len(tag) :].lstrip()
            end = _blanks(value, found.end())
            if not rest:
                return Splice(start, end - start, b"")
            kept = _kept(word, rest)
            return None if kept is None else Splice(start, found.end() - start, kept)
        position = _blanks(value, found.end())
    return None


def _kept(word: _Word, rest: str) -> bytes | None:
    """The word without all but the `rest` of its text; None where its octets cannot be divided there."""
    try:
        octets = rest.encode(word.charset.decode("ascii"))
    except (LookupError, UnicodeError):
        return None
    return encoded_word(octets, word.charset, word.encoding) if word.octets.endswith(octets) else None


def _blanks(value: bytes, start: int) -> int:
    found = _BLANKS.match(value, start)
    return found.end() if found else start


def _written(text: str) -> bytes:
    plain = text.isascii() and text.isprintable() and "=?" not in text and len(text) <= _SHORT
    return text.encode("ascii") if plain else encoded_words(text)
