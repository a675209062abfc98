"""Quotations that nobody wrote: lines that a message passes off as an earlier one's, which that one does not have.

Where the message that is answered is in the archive, all that was ever said in it is known. A line quoted from it
whose words do not follow on each other there is the author's own, whatever marks it has. Wrapping, quotation marks and
markup change no words, so what clients do to a quotation does not matter; nor does it what a reader cuts out of it,
as each line stands for itself. What was never here (an outsider's mail) cannot be compared, and nothing changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from filters.context import Context
from filters.matter import words_of
from signatures.message.anatomy import Anatomy
from signatures.message.division.announced import is_announcement
from signatures.message.division.attribution import attribution
from signatures.message.division.header_block import kinds_of
from signatures.message.division.lines import Line, bare_lines

_RUN = 4
"""Words that follow on each other, by which lines are compared. A shorter line has a meaning with its neighbours only."""

_BLOCK = frozenset({"sender", "date", "about"})
_MOST_LINES = 36
_OTHER_FIELD = re.compile(
    r"\*?(?:Cc|Copi|Bcc|Reply-To|Importance|Attachments?|Sensitivity)\*?\s?:", re.IGNORECASE
)
_SUBJECT = re.compile(r"\*?(?:Subject|Pwnc|Betreff|Objet|Asunto)\*?\s?:\s?", re.IGNORECASE)
_LABEL = re.compile(r"\*?[^\W\d_][^:\d]{1,28}:\*?\Z")
_PREFIX = frozenset({"re", "fw", "fwd", "ateb", "aw", "wg", "sv", "vs", "tr"})
_ADDED = re.compile(
    r"<[^<>\s]{1,2000}>|\[(?:image|cid)[^\]\n]{0,300}\]|(?:https?|mailto):[^\s<>]{1,2000}|[^\s<>()\[\]]{1,64}@[^\s<>]{1,255}"
)
"""What clients put behind words to say where a link or a picture goes."""

_ITEM = re.compile(r"\s{0,20}(?:\d{1,3}[.)]|[-*•·–o])\s{1,20}")
"""What stands before an item of a list, in one version of a text and not in another."""

_UNSEEN = dict.fromkeys((0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))


def with_claimed(anatomy: Anatomy, context: Context) -> Anatomy:
    """The message with those lines of its trail among its own words that the archived messages it answers do not
    have (`Answers.parent_texts`).
    """
    if not anatomy.trail_texts or not context.answers.parent_texts:
        return anatomy
    known = _runs(
        word for text in context.answers.parent_texts for line in text.split("\n") for word in _words(line)
    )
    subject = frozenset(words_of(anatomy.subject)) | _PREFIX
    claimed = tuple(
        dict.fromkeys(said for text in anatomy.trail_texts if (said := _claimed(text, known, subject)))
    )
    return anatomy.model_copy(update={"own_texts": (*anatomy.own_texts, *claimed)}) if claimed else anatomy


def _claimed(text: str, known: frozenset[str], subject: frozenset[str]) -> str:
    """The lines of a trail that are not known, an empty line where others stood between."""
    lines = bare_lines(text.translate(_UNSEEN).split("\n"))
    contents = _contents(lines, subject)
    words = [_words(line) if content else None for line, content in zip(lines, contents, strict=True)]
    found: list[str] = []
    last = -1
    for number in _unknown(words, known):
        if last >= 0 and number > last + 1:
            found.append("")
        found.append(lines[number])
        last = number
    return "\n".join(found)


def _unknown(words: Sequence[list[str] | None], known: frozenset[str]) -> list[int]:
    """The numbers of the lines whose words do not stand in `known` as they follow on each other here.

    None stands for a line that is no content, on both sides of which the text may be different mail.
    """
    found: set[int] = set()
    short: list[tuple[int, list[str]]] = []
    for number, said in (*enumerate(words), (len(words), None)):
        if said is not None and len(said) < _RUN:
            short.append((number, said))
            continue
        if said is not None and not _runs(said) <= known:
            found.add(number)
        found.update(_short(short, known))
        short = []
    return _with_neighbours(found, words)


def _short(lines: Sequence[tuple[int, list[str]]], known: frozenset[str]) -> Iterable[int]:
    """Of short lines below each other all, where their words together are not known."""
    together = _runs(word for _, said in lines for word in said)
    return () if together <= known else (number for number, said in lines if said)


def _with_neighbours(found: set[int], words: Sequence[list[str] | None]) -> list[int]:
    """The lines found, and the short ones directly above and below them."""
    beside = {
        at
        for number in found
        for at in (number - 1, number + 1)
        if 0 <= at < len(words) and 0 < len(words[at] or ()) < _RUN
    }
    return sorted(found | beside)


def _runs(words: Iterable[str]) -> frozenset[str]:
    """All runs of four words; none of fewer."""
    every = list(words)
    return frozenset(" ".join(every[at : at + _RUN]) for at in range(len(every) - _RUN + 1))


def _words(line: str) -> list[str]:
    """The words of a line as they are compared: without what clients add to them."""
    if item := _ITEM.match(line):
        line = line[item.end() :]
    if "@" in line or "<" in line or "[" in line or ":/" in line:
        line = _ADDED.sub(" ", line)
    return words_of(line.translate(_UNSEEN))


def _contents(every: Sequence[str], subject: frozenset[str]) -> list[bool]:
    """Whether each line is content: no attribution, no part of a copied header, and not what announces one."""
    filled = [number for number, line in enumerate(every) if line]
    bare = [every[number] for number in filled]
    lines = _lines(every, filled)
    kinds = kinds_of(lines, bare)
    contents = [True] * len(every)
    at = 0
    while at < len(bare):
        length = int(is_announcement(bare[at])) or attribution(lines, bare, at)
        skipped = list(range(at, at + length))
        if not length and kinds[at]:
            block = _block(lines, bare, kinds, at)
            skipped = [each for each in block if not _says_more(lines, bare, each, subject)]
            length = len(block)
        for each in skipped:
            contents[filled[each]] = False
        at += max(length, 1)
    return contents


def _block(lines: Sequence[Line], bare: Sequence[str], kinds: Sequence[str], begin: int) -> range:
    """The lines of a copied header that begins here; none where it is none.

    Some clients put empty lines between its fields, and some their values in cells of a table.
    """
    fields: set[str] = set()
    end = begin
    for at in range(begin, min(begin + _MOST_LINES, len(bare))):
        if kinds[at] or _OTHER_FIELD.match(bare[at]):
            fields.add(kinds[at])
        elif not (lines[at].row or (at > begin and not lines[at].apart and "@" in bare[at])):
            break  # A list of recipients may go on in the next line.
        end = at + 1
    return range(begin, end if fields >= _BLOCK else begin)


def _says_more(lines: Sequence[Line], bare: Sequence[str], at: int, subject: frozenset[str]) -> bool:
    """Whether a line is a copied subject with words that this message's own does not have."""
    field = _SUBJECT.match(bare[at])
    if field is None and lines[at].row and _SUBJECT.match(bare[at - 1]):
        return not subject.issuperset(words_of(bare[at]))
    return field is not None and not subject.issuperset(words_of(bare[at][field.end() :]))


def _lines(every: Sequence[str], filled: Sequence[int]) -> list[Line]:
    """The lines that are not empty, as the division knows them: it asks where an empty line is above, and where the
    value of a field stands in a cell of its own.
    """
    return [
        Line(
            every[number],
            number,
            number,
            apart=number > 0 and not every[number - 1],
            row=at > 0 and _LABEL.match(every[filled[at - 1]]) is not None,
        )
        for at, number in enumerate(filled)
    ]
