"""Who is named in a copied header or an attribution: the addresses, and the names that have none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from signatures.message.carried.addresses import Addresses

_BY_SEMICOLON = re.compile(r'(?:"[^"]*+"|<[^<>]*+>|\([^()]*+\)|[^;"<(]++|["<(])++')
_BY_COMMA = re.compile(r'(?:"[^"]*+"|<[^<>]*+>|\([^()]*+\)|[^,"<(]++|["<(])++')
_NOBODY = re.compile(r"undisclosed|unlisted|\W*+\Z", re.IGNORECASE)
_LONGEST_NAME = 200
_MOST_NAMES = 2000

_WROTE = re.compile(
    r"\b(?:wrote|writes|ysgrifennodd|schrieb|a écrit|escribió|ha scritto|scrisse|schreef|skrev|napisała?(?:\(a\))?|"
    r"pisze|escreveu)\b(?:\(a\))?",
    re.IGNORECASE,
)
_AFTER_TIME = re.compile(
    r".*(?<![\d.])\d{1,2}[:.]\d\d(?::\d\d)?(?![\d.])(?:\s?(?:[ap]\.?m\b\.?|uhr\b|gmt\b|utc\b|bst\b|h\b|z\b))?"
    r"[)\s,]*+",
    re.IGNORECASE | re.DOTALL,
)
"""Behind the time may stand a name with a number in it: PC 2214 Rachel Dunn."""

_AFTER_DATE = re.compile(
    r".*\d(?:st|nd|rd|th)?(?:\s?(?:[ap]\.?m\b\.?|uhr\b|gmt\b|utc\b|bst\b|h\b|z\b)|"
    # "On 10 Oct, May Jones wrote:": a month is followed by a comma, and May is a name, too.
    r"\s(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}+,)?[)\s,]*+",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(slots=True)
class People:
    """Those named. `author` is the first address of the sender, if one is told."""

    author: str = ""
    addresses: dict[str, None] = field(default_factory=dict)
    names: dict[str, None] = field(default_factory=dict)

    def take(self, value: str, links: Mapping[str, str], addresses: Addresses, *, author: bool) -> None:
        """A value of a copied header: a list with names, addresses or both.

        `links` are the addresses that HTML links to there, with the words of each link.
        """
        linked = {words.casefold(): address for address, words in links.items() if words} if links else {}
        found: list[str] = []
        for piece in _members(value):
            told = addresses.written_in(piece)
            name = _name(piece)
            if linked and not told and name.casefold() in linked:
                told = (linked[name.casefold()],)
            found += told
            if not told and name and len(self.names) < _MOST_NAMES:
                self.names[name] = None
        found += links
        self.addresses.update(dict.fromkeys(found))
        if author and not self.author and found:
            self.author = found[0]


def attributed(said: str, links: Mapping[str, str], addresses: Addresses) -> People:
    """Who is named in an attribution: whom it says to have written."""
    people = People()
    found = (*addresses.written_in(said), *links)
    if found:
        people.author = found[0]
        people.addresses.update(dict.fromkeys(found))
    elif name := _attributed_name(said):
        people.names[name] = None
    return people


def _attributed_name(said: str) -> str:
    """The name beside the word for writing: behind it, or between the date and it."""
    wrote = _WROTE.search(said)
    if wrote is None:
        return ""
    behind = said[wrote.end() :].strip(" :\t-")
    return _name(behind or _without_date(said[: wrote.start()]))


def _without_date(said: str) -> str:
    found = _AFTER_TIME.match(said) or _AFTER_DATE.match(said)
    return said[found.end() :] if found else said


def _members(value: str) -> Iterator[str]:
    """The members of a list. Outlook puts semicolons between them, as its names have commas."""
    if ";" in value:
        yield from (found[0] for found in _BY_SEMICOLON.finditer(value))
        return
    yield from _with_surnames(found[0].strip() for found in _BY_COMMA.finditer(value))


def _with_surnames(pieces: Iterable[str]) -> Iterator[str]:
    """Pieces between commas, where a single word is the surname of what follows: `Bell, Brian`."""
    surname = ""
    for piece in pieces:
        if surname:
            yield f"{surname}, {piece}"
            surname = ""
        elif piece and "@" not in piece and len(piece.split()) == 1 and piece[0] not in "\"'<":
            surname = piece
        else:
            yield piece
    if surname:
        yield surname


def _name(piece: str) -> str:
    """A name as written, without quotes around it, or nothing where nobody is named."""
    name = " ".join(piece.split()).strip("\"' <>*,;:")[:_LONGEST_NAME]
    return "" if _NOBODY.match(name) else name
