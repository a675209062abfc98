"""Pieces of a message's text that show why it was found, with the words marked that were looked for.

They are cut from the text as it was read and kept, by the same words and stems that the index has: what is marked is what
the index found. It takes time in proportion to the text, whatever was asked and whatever stands in it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from gateway.archive.places import Sought
from gateway.archive.query.terms import Words
from gateway.archive.result import Snippet
from gateway.store.index.columns import Column
from gateway.store.index.content import Content

_WIDTH = 160
_SLACK = 24
"""Characters by which an end of a piece may move so that no word is cut."""

_SAID = ((Column.SUBJECT, "subject"), (Column.OWN, "text"), (Column.TRAIL, "earlier message"))
_PEOPLE = (
    (Column.AUTHOR, "from"),
    (Column.RECIPIENTS, "to"),
    (Column.COPIED, "to"),
    (Column.HIDDEN, "to"),
)
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Signs that turn the direction of what follows them: they could make a piece say something else."""

_BLANK = "\ufffd"


def snippets(content: Content, words: Sequence[Words], most: int = 3) -> tuple[Snippet, ...]:
    """Up to `most` pieces in which the words stand, each from where most different ones are near each other.

    First of the subject, then of the text, of earlier messages in it and of what is attached; after these the names of
    what is attached, and people.
    """
    sought = Sought(words)
    found: list[Snippet] = []
    for column, where, text in _sections(content):
        if len(found) >= most:
            break
        which = [number for number, each in enumerate(words) if not each.columns or column in each.columns]
        snippet = _snippet(where, text, sought, which) if which and text else None
        if snippet is not None:
            found.append(snippet)
    return tuple(found)


def _sections(content: Content) -> Iterator[tuple[Column, str, str]]:
    """The texts of an item, each with its column and what it is called."""
    for column, where in _SAID:
        yield column, where, getattr(content.said, column.title)
    for piece in content.pieces:
        name = _shown(piece.name, (), 0, len(piece.name))[0]
        yield Column.ATTACHED, f"in attachment {name}" if name else "in an attachment", piece.text
    for piece in content.pieces:
        yield Column.FILES, "file name", piece.name
    for column, where in _PEOPLE:
        yield column, where, getattr(content.said, column.title)


def _snippet(where: str, text: str, sought: Sought, which: Sequence[int]) -> Snippet | None:
    """The best piece of a text; None where none of the words stands in it."""
    finder = sought.within(text, which)
    best = finder.densest(_WIDTH)
    if not best:
        return None
    begin, end = _bounds(text, min(each.begin for each in best), best[-1].end)
    marks = [(max(each.begin, begin), min(each.end, end)) for each in best if each.begin < end]
    again = sought.within(text[begin:end], finder.numbers)
    marks += [(begin + each.begin, begin + each.end) for each in again.places()]
    return Snippet(where, *_shown(text, _joined(marks), begin, end))


def _bounds(text: str, first: int, last: int) -> tuple[int, int]:
    """Where to cut a piece out of a text that shows what stands from `first` to `last`, with something round it."""
    spare = max(0, _WIDTH - (last - first))
    begin = max(0, first - spare // 2)
    end = min(len(text), max(begin + _WIDTH, min(last, first + 2 * _WIDTH)))
    begin = max(0, min(begin, end - _WIDTH))
    if begin:
        # Not within a word: from behind the next blank, or else from where the word begins.
        ahead = next((at for at in range(begin, min(begin + _SLACK, first)) if text[at - 1].isspace()), begin)
        begin = ahead if text[ahead - 1].isspace() else _unbroken(text, begin, -1)
    if end < len(text):
        back = next((at for at in range(end, max(end - _SLACK, last), -1) if text[at].isspace()), end)
        end = back if text[back].isspace() else _unbroken(text, end, 1)
    return begin, end


def _unbroken(text: str, at: int, step: int) -> int:
    """The nearest place from `at` on that is not within a word; `at` where there is none near."""
    moved = at
    while 0 < moved < len(text) and text[moved - 1].isalnum() and text[moved].isalnum():
        moved += step
        if abs(moved - at) > _SLACK:
            return at
    return moved


def _joined(marks: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in their order, those that overlap made one."""
    joined: list[tuple[int, int]] = []
    for begin, end in sorted(marks):
        if joined and begin < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined


def _shown(
    text: str, marks: Iterable[tuple[int, int]], begin: int, end: int
) -> tuple[str, tuple[tuple[int, int], ...]]:
    """A piece of a text on one line, without anything that could not be seen or would turn it round, and its marks."""
    line = ["…"] if begin else []
    length = len(line)
    places: list[int] = []
    for at in range(begin, end):
        places.append(length)
        shown = _seen(text[at])
        if shown == " " and (not line or line[-1] == " "):
            continue
        if shown:
            line.append(shown)
            length += 1
    while line and line[-1] == " ":
        line.pop()
        length -= 1
    places.append(length)
    if end < len(text):
        line.append("…")
    spans = ((min(places[one - begin], length), min(places[two - begin], length)) for one, two in marks)
    return "".join(line), tuple((one, two) for one, two in spans if one < two)


def _seen(character: str) -> str:
    """What is shown of a character."""
    if character.isprintable():
        return character
    if character.isspace():
        return " "
    # What nobody sees and what turns nothing, such as a soft hyphen, is left out.
    invisible = unicodedata.category(character) == "Cf" and character not in _TURNING
    return "" if invisible else _BLANK
