"""The headers of earlier messages as clients copy them into a text, and the lines that attribute quotations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from signatures.message.carried.addresses import Addresses
from signatures.message.carried.people import People, attributed
from signatures.message.carried.trail import Trail
from signatures.message.division import announced, attribution, header_block

_FROM = r"From|Oddi wrth|Von|De|Van|Da|Från|Fra|Od"
_TO = (
    r"To|Cc|Bcc|Reply[- ]To|At|Copi(?: at)?|An|Kopie(?: an)?|À|Copie(?: à)?|Para|Cco?|Cci|Aan|A|Till|Kopia|Til|"
    r"Kopi|Do|U?DW"
)
_PERSON = re.compile(rf"\*?(?:(?P<sender>{_FROM})|(?:{_TO}))\*?\s?:[*\s]*+", re.IGNORECASE)
_OTHER = re.compile(r"\*?[^\W\d_][^:\d]{0,28}:(?:\s|\Z|\*)")
_BESIDE = re.compile(
    rf"(?:(?<=[>\s-])(?:(?P<sender>{_FROM})|(?P<to>{_TO}))|(?P<other>[^\W\d_]{{2,12}}))\s?:\s?+",
    re.IGNORECASE,
)
_TIME = re.compile(r"\d[:.]\d\d")
_MARKS = re.compile(r"[> \t]*+")
_RULES = ("--", "–", "—")
_OPEN_ENDS = (",", ";")
_LINES_IN_A_BLOCK = 500
"""A long To list takes that many."""


@dataclass(slots=True)
class Head:
    """Where an earlier message begins in the lines, and behind which line its words do; and who is named."""

    number: int
    end: int
    people: People


class Heads:
    """Finds the heads in the lines of a trail. One pass."""

    def __init__(self, trail: Trail, addresses: Addresses) -> None:
        self._trail, self._addresses = trail, addresses
        self._lines, self._bare = trail.lines, trail.bare
        self._kinds = header_block.kinds_of(self._lines, self._bare)

    def found(self, first: int) -> Iterator[Head]:
        """All heads, outermost first. `first` is the first line that says anything."""
        firsts = self._trail.firsts | {first}
        beginnings = attribution.beginnings(self._bare)
        fields = (number for number, kind in enumerate(self._kinds) if kind)
        ruled = (number for number, line in enumerate(self._bare) if line.startswith(_RULES))
        done = 0
        for number in sorted(beginnings.union(fields, ruled)):
            if number < done:
                continue
            head = self._head(number, first=number in firsts)
            if head is not None:
                done = head.end
                yield head

    def unknown(self, number: int) -> Head:
        """A head in a language or of a form that is not known here: whoever has an address in it."""
        people = People()
        bare, at = self._bare, number
        if header_block.is_block_in_any_language(self._lines, bare, number):
            while at < len(bare) and at < number + _LINES_IN_A_BLOCK and _OTHER.match(bare[at]):
                people.take(
                    bare[at].partition(":")[2], self._links(at, at + 1), self._addresses, author=False
                )
                at += 1
            people.names.clear()
            return Head(number, at, people)
        for at in range(number, min(number + attribution.MOST_LINES, len(bare))):
            if attribution.is_any_attribution(bare[at]):
                people = attributed(
                    " ".join(bare[number : at + 1]), self._links(number, at + 1), self._addresses
                )
                return Head(number, at + 1, people)
        return Head(number, number, people)

    def _head(self, number: int, *, first: bool) -> Head | None:
        if self._kinds[number]:
            return self._block(number)
        if announced.is_announcement_with_fields(self._bare[number]):
            return self._one_line(number)
        length = attribution.attribution(self._lines, self._bare, number)
        if not length:
            return None
        said = " ".join(self._bare[number : number + length])
        if not (first or "@" in said or _TIME.search(said) or self._quotes_below(number, number + length)):
            return None
        people = attributed(said, self._links(number, number + length), self._addresses)
        return Head(number, number + length, people)

    def _quotes_below(self, number: int, below: int) -> bool:
        """Whether the line below is quoted more often, so that what stands above attributes it."""
        lines = self._lines
        return below < len(lines) and _depth(lines[below].text) > _depth(lines[number].text)

    def _block(self, number: int) -> Head | None:
        lines, kinds = self._lines, self._kinds
        if number and kinds[number - 1] and not lines[number].apart:
            return None
        if not header_block.is_block(lines, self._bare, kinds, number):
            above = next((line for line in reversed(self._bare[max(0, number - 2) : number]) if line), "")
            if not (announced.is_announcement(above) and "sender" in kinds[number : number + 6]):
                return None
        return self._fields(number)

    def _fields(self, number: int) -> Head:
        """A block of fields. Another sender begins another block: a message of one line may stand between."""
        people = People()
        bare, at = self._bare, number
        last = min(len(bare), number + _LINES_IN_A_BLOCK)
        senders = 0
        while at < last and not (at > number and self._parted(at)):
            named = _PERSON.match(bare[at])
            senders += bool(named and named["sender"])
            if senders > 1 or not (named or _OTHER.match(bare[at])):
                break
            end = self._end_of_field(at, last, listed=named is not None)
            if named:
                value = " ".join((bare[at][named.end() :], *bare[at + 1 : end]))
                people.take(value, self._links(at, end), self._addresses, author=bool(named["sender"]))
            at = end
        return Head(number, at, people)

    def _end_of_field(self, number: int, last: int, *, listed: bool) -> int:
        """The line below a field: long lists are folded, or the value stands in the next cell of a table."""
        lines, bare, at = self._lines, self._bare, number + 1
        while at < last:
            if not lines[at].row:
                folded = _continues(bare[at - 1], bare[at]) if listed else self._is_above_field(at, last)
                if not folded or self._parted(at) or self._kinds[at] or _OTHER.match(bare[at]):
                    break
            at += 1
        return at

    def _is_above_field(self, number: int, last: int) -> bool:
        """Whether the block goes on below a line, which is then the rest of a long subject."""
        return number + 1 < last and self._kinds[number + 1] in {"date", "about"}

    def _parted(self, number: int) -> bool:
        """Whether something stands between a line and the one above, as below the last field of a block."""
        line = self._lines[number]
        return not line.row and (not self._bare[number] or line.apart)

    def _one_line(self, number: int) -> Head:
        """A block whose fields stand side by side, as Yahoo writes it in plain text."""
        people = People()
        line = self._bare[number]
        found = list(_BESIDE.finditer(line))
        ends = [each.start() for each in found[1:]] + [len(line)]
        for each, end in zip(found, ends, strict=True):
            if each["other"] and each["other"].casefold().endswith(("subject", "pwnc", "betreff", "objet")):
                break  # Whatever stands in a subject is no field.
            if each["sender"] or each["to"]:
                people.take(line[each.end() : end], {}, self._addresses, author=bool(each["sender"]))
        return Head(number, number + 1, people)

    def _links(self, start: int, end: int) -> dict[str, str]:
        """The addresses that lines of HTML link to: Outlook shows a name alone."""
        if not self._trail.linked:
            return {}
        links: dict[str, str] = {}
        for number in range(start, end):
            links.update(self._addresses.linked_in(self._trail.source_of(number)))
        return links


def _continues(value: str, line: str) -> bool:
    """Whether a line goes on with the list above it."""
    ending = value.rstrip()
    if ending.endswith(_OPEN_ENDS):
        return True
    return (
        not ending.endswith(">") and "<" in line and "@" in line and not ending.rpartition(" ")[2].count("@")
    )


def _depth(text: str) -> int:
    found = _MARKS.match(text)
    return found[0].count(">") if found else 0
