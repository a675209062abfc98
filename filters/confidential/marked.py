"""Where a message, or what goes with it, is marked confidential."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from filters.confidential.lines import LONGEST, Place, is_marked, may_mark, names_mark, plain
from filters.confidential.sentences import saying_so
from filters.context import Context
from filters.extract.document import Document
from filters.finding import Evidence
from filters.matter import BODY, SUBJECT, Passage, words_of
from signatures.message.anatomy import Anatomy

_FIRST_PARAGRAPHS = 2
_FIRST_LINES = 12
_FIRST_CHARACTERS = 3000
_WRAPPED = 45
"""Characters of a line below which the next one begins something new: a mail program has not broken it."""

_STOPS = (".", ":", ";", "!", "?", "-", "*", "_", "=")
_REPEATED = 3
"""Times that a line stands in a paper to be the head or foot of its pages."""

_LONGEST_REPEATED = 120
_MOST_LINES = 100_000
_FIRST_PART = re.compile(r"\bpart[ _-](?:1|i|one)\b", re.IGNORECASE)
"""Below such a heading one of the second part is in order: an open agenda says what is to be taken in private."""

_FIELD = re.compile(
    r"[>\s*]{0,10}(Subject|Pwnc|Attachments?|Sensitivity)\*?\s?:\s{0,5}(.{1,400})", re.IGNORECASE
)


def in_words(passages: Iterable[Passage], context: Context) -> Iterator[Evidence]:
    """Marks in what somebody wrote: the subject, paragraphs, and the copied headers of earlier messages."""
    own = frozenset(words_of(context.council.name))
    paragraphs = 0
    in_parts = False
    for where, said in passages:
        paragraphs += where == BODY
        text = plain(said)
        in_parts = in_parts or (where == BODY and _FIRST_PART.search(text) is not None)
        if not may_mark(text.casefold()):
            continue
        if where == SUBJECT:
            if is_marked(text, Place.HEAD, own):
                yield Evidence(where=where, text=text[:LONGEST])
            continue
        opens = where == BODY and paragraphs <= _FIRST_PARAGRAPHS and not in_parts
        found = list(_in_lines(text.split("\n"), Place.HEAD if opens else Place.LINE, own)) or list(
            saying_so(text, opens=opens)
        )
        yield from (Evidence(where=where, text=each) for each in found)


def _in_lines(lines: list[str], first: Place, own: frozenset[str]) -> Iterator[str]:
    """The marked lines of a paragraph."""
    before = ""
    for number, line in enumerate(lines):
        if may_mark(line[:LONGEST].casefold()):
            field = _FIELD.match(line)
            if field is not None:
                if is_marked(field[2], Place.HEAD, own) or (field[1][:1] in "Aa" and names_mark(field[2])):
                    yield line.strip()[:LONGEST]
            elif _begins(number, before) and is_marked(line, Place.LINE if number else first, own):
                yield line.strip()[:LONGEST]
        before = line


def _begins(number: int, before: str) -> bool:
    """Whether a line is none that a mail program has broken off the one before it."""
    return number == 0 or len(before) < _WRAPPED or before.rstrip().endswith(_STOPS)


def in_names(anatomy: Anatomy, context: Context) -> Iterator[Evidence]:
    """Files whose names say it, those inside an archive too."""
    names = [each.name for each in anatomy.attachments if each.name]
    names += [name for each in _documents(context) for name in each.path]
    for name in dict.fromkeys(names):
        if names_mark(name):
            yield Evidence(where="attachment's name", text=name[:LONGEST])


def in_documents(context: Context) -> Iterator[Evidence]:
    """Papers that are marked at their head, in a heading, or on every page."""
    own = frozenset(words_of(context.council.name))
    for document in _documents(context):
        where = f"attachment {document.name}"
        yield from (Evidence(where=where, text=each) for each in _in_document(document.text, own))


def _in_document(text: str, own: frozenset[str]) -> Iterator[str]:
    text = plain(text)
    if not may_mark(text.casefold()):
        return
    lines = [line.strip() for line in text.split("\n") if line.strip()][:_MOST_LINES]
    suspect = [line for line in lines[_FIRST_LINES:] if may_mark(line[:LONGEST].casefold())]
    times = Counter(line for line in suspect if len(line) <= _LONGEST_REPEATED)
    first = lines[:_FIRST_LINES]
    begun = next((number for number, line in enumerate(first) if _FIRST_PART.search(line)), _FIRST_LINES)
    heads = (*first[:begun], *(line for line, count in times.items() if count >= _REPEATED))
    seen: set[str] = set()
    for line in heads:
        if line not in seen and may_mark(line[:LONGEST].casefold()) and is_marked(line, Place.HEAD, own):
            seen.add(line)
            yield line[:LONGEST]
    for line in (*first[begun:], *times):
        if line not in seen and is_marked(line, Place.DEEP, own):
            seen.add(line)
            yield line[:LONGEST]
    if not seen:
        yield from saying_so("\n".join(lines[:_FIRST_LINES])[:_FIRST_CHARACTERS], opens=True)


def _documents(context: Context) -> tuple[Document, ...]:
    return context.documents.found if context.documents is not None else ()
