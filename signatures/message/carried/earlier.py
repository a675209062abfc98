"""The earlier mail that a message quotes or sends on in its text, as far as its copied headers tell.

The versions of one text, plain and HTML, carry the same mail: what each tells of it is put together.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from signatures.message.body import Text
from signatures.message.carried.addresses import Addresses
from signatures.message.carried.copied import Heads
from signatures.message.carried.kinds import Earlier, How
from signatures.message.carried.pasted import pasted
from signatures.message.carried.people import People
from signatures.message.carried.trail import Trail
from signatures.message.division import Span, Zone, announced

MOST_MESSAGES = 200
"""Of those told of in a text; the trails of council mail have some tens at most."""

MOST_PEOPLE = 2000
"""Addresses of all of them together. Whoever is not told of is a stranger to that mail."""

_TRAILS = frozenset({Zone.TRAIL, Zone.FORWARDED})
_PASTED = re.compile(r"^>[> \t]*+[^\W\d_]", re.MULTILINE)
"""A line marked as quoted, though nothing says whose it is. People write numbers like that too: >50."""


class _Told(NamedTuple):
    """An earlier message while it is put together, as `Earlier`."""

    how: How
    author: str = ""
    people: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    attested: bool = True


def carried_in(
    texts: Sequence[tuple[str, Text]], addresses: Addresses, own: Sequence[str] = ()
) -> tuple[tuple[Earlier, ...], bool]:
    """What text parts, each with its media type, carry; and whether there is more than is told.

    All addresses in the trails, those of their words too, are kept in `addresses`. `own` are the authors'.
    """
    plain: list[_Told] = []
    pages: list[_Told] = []
    more = False
    for kind, text in texts:
        if found := _carried(text, kind == "text/html", addresses, own):
            more = more or len(found) > MOST_MESSAGES
            (pages if kind == "text/html" else plain).extend(found[:MOST_MESSAGES])
    told = _together(plain, pages) if plain and pages else plain or pages
    earlier: list[Earlier] = []
    left = MOST_PEOPLE
    for each in told[:MOST_MESSAGES]:
        more = more or len(each.people) > left
        earlier.append(Earlier.model_validate(each._replace(people=each.people[:left])._asdict()))
        left -= len(earlier[-1].people)
    return tuple(earlier), more or len(told) > MOST_MESSAGES


def _carried(text: Text, is_html: bool, addresses: Addresses, own: Sequence[str]) -> list[_Told]:
    spans = [span for span in text.division.spans if span.zone in _TRAILS]
    if not spans:
        return list(_undivided(text.text, addresses, own))
    trail = Trail(text.lines, spans, text.source if is_html else "")
    addresses.keep(addresses.written_in("\n".join([line.text for line in trail.lines])))
    if trail.linked:
        for span in spans:
            addresses.keep(tuple(addresses.linked_in(text.source[span.start : span.end])))
    return list(_told(trail, addresses))


def _undivided(text: str, addresses: Addresses, own: Sequence[str]) -> Iterator[_Told]:
    """What a text carries that nothing divides: under a pasted header, or lines that are marked as quoted."""
    people = pasted(text, addresses, own) if "@" in text else None
    if people is not None:
        addresses.keep(tuple(people.addresses))
        yield _Told(How.QUOTED, people.author, tuple(people.addresses), tuple(people.names), attested=False)
    elif ">" in text and _PASTED.search(text):
        yield _Told(How.QUOTED, attested=False)


def _told(trail: Trail, addresses: Addresses) -> Iterator[_Told]:
    """The messages in a trail."""
    first = next((at for at, line in enumerate(trail.bare) if not announced.is_separator(line)), None)
    if first is None:
        if trail.lines:
            yield _earlier(trail.span_of(0), People())
        return
    finder = Heads(trail, addresses)
    reached = -1
    for count, head in enumerate(finder.found(first)):
        if reached < 0 and head.number > first:
            yield _earlier(trail.span_of(first), finder.unknown(first).people)
        reached = head.end
        yield _earlier(trail.span_of(head.number), head.people)
        if count >= MOST_MESSAGES:
            return
    if reached < 0:
        yield _earlier(trail.span_of(first), finder.unknown(first).people)


def _earlier(span: Span, people: People) -> _Told:
    return _Told(
        how=How.FORWARDED if span.zone is Zone.FORWARDED else How.QUOTED,
        author=people.author,
        people=tuple(people.addresses),
        names=tuple(people.names),
        attested=span.attested,
    )


def _together(plain: list[_Told], pages: list[_Told]) -> list[_Told]:
    """What two versions of one text tell: a message of one author is the same in both, in its turn."""
    if plain == pages:
        return plain
    told = list(plain)
    waiting: defaultdict[str, deque[int]] = defaultdict(deque)
    for number, each in enumerate(plain):
        waiting[each.author].append(number)
    for number, each in enumerate(pages):
        same = -1
        if each.author and waiting[each.author]:
            same = waiting[each.author].popleft()
        elif number < len(plain) and "" in {each.author, plain[number].author}:
            same = number
        if same >= 0:
            told[same] = _both(told[same], each)
        elif each.people or each.names:
            told.append(each)
    return told


def _both(one: _Told, other: _Told) -> _Told:
    people = tuple(dict.fromkeys((*one.people, *other.people)))
    fewer, more = sorted((one, other), key=lambda each: len(each.people))
    names = more.names if len(more.people) > len(fewer.people) else (*one.names, *other.names)
    return _Told(
        how=How.FORWARDED if How.FORWARDED in {one.how, other.how} else How.QUOTED,
        author=one.author or other.author,
        people=people,
        names=tuple(dict.fromkeys(names)),
        attested=one.attested or other.attested,
    )
