"""Whose data is nobody's concern: the council's own and published, the sender's, and the one recipient's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from config.address import domain_of
from config.consumer_domains import is_consumer, mailbox_of
from config.council import Council
from filters import names
from filters.context import Context
from filters.matter import Passage
from filters.personal_data.items import ACCOUNTS, Item, Kind
from filters.personal_data.reach import Reach
from filters.personal_data.words import WORDS

_GREETING = re.compile(
    r"\s{0,3}(?:dear|hi|hello|hiya|good\s(?:morning|afternoon|evening)|annwyl)\s([^\n,:!]{1,60})",
    re.IGNORECASE,
)
_YOURS = re.compile(r"\b(?:your|eich)\b[^.\n]{0,60}$", re.IGNORECASE)
_MINE = re.compile(r"\bmy\b[^.\n]{0,60}$", re.IGNORECASE)
_OURS = re.compile(
    r"\b(?:our|council['’]?s|pay\s(?:us|by|into|via|online)|payments?\s(?:can|may|should|by|to\sus)"
    r"|payable\sto\s(?:us|the\s)|remittance)\b",
    re.IGNORECASE,
)
_TITLES = frozenset(title.casefold() for title in WORDS.titles) | {"and", "cllr", "councillor"}
_NOT_ALNUM = re.compile(r"[\W_]+")
_BEFORE = 80
_AROUND = 160
_SURNAME = 4
"""Letters of the shortest surname that is looked for at the end of an address."""


def key(text: str) -> str:
    """A detail as it is compared: letters and digits alone, a British telephone number without what leads it in."""
    flat = _NOT_ALNUM.sub("", text.casefold())
    if flat.isdigit():
        flat = flat.removeprefix("0044").removeprefix("44").removeprefix("0") if len(flat) > 9 else flat
    return flat


def bare_name(text: str) -> tuple[str, ...]:
    """The words of a name, folded, without titles."""
    spoken = (word.removesuffix("'s").removesuffix("’s") for word in names.words(names.folded(text)))
    return tuple(word for word in spoken if word not in _TITLES)


@dataclass(frozen=True, slots=True)
class Known:
    """What is nobody's concern in one message. `details` is every published detail, one after the other, as `key` has
    them; `named` are the names of people whose data may stand in it, and `mailboxes` those that all who get it see.
    `letters` are those before the @ of the one outsider's address, which may be made of their name.
    """

    council: str
    domains: Council
    details: str
    published: tuple[frozenset[str], ...]
    named: tuple[tuple[str, ...], ...]
    mailboxes: frozenset[str]
    letters: str
    sender: tuple[str, ...]
    is_one: bool

    def is_known_name(self, text: str) -> bool:
        """Whether a name is that of somebody whose data may stand here, or a published one."""
        words = bare_name(text)
        if not words:
            return True
        if len(words[-1]) >= _SURNAME and self.letters.endswith(words[-1]):
            return True
        return any(_same_name(words, other) for other in self.named) or any(
            line.issuperset(words) for line in self.published
        )

    def is_known(self, item: Item) -> bool:
        """Whether a detail is the council's own or a published one, or no person's at all."""
        if item.kind is Kind.NAME:
            return self.is_known_name(item.text)
        if item.kind is Kind.EMAIL:
            address = item.text.casefold()
            return (
                not is_consumer(address)
                or mailbox_of(address) in self.mailboxes
                or domain_of(address) in self.domains.domains
                or key(item.text) in self.details
            )
        return key(item.text) in self.details

    def is_own(self, item: Item, passage: Passage, *, own_words: bool) -> bool:
        """Whether a number that is sensitive by itself is the sender's, the one recipient's or the council's."""
        if own_words and self.is_told(item, passage):
            return True
        if item.kind in ACCOUNTS:
            around = passage.text[max(0, item.start - _AROUND) : item.end + _AROUND]
            return _OURS.search(around) is not None or self.council in key(around)
        return False

    def is_told(self, item: Item, passage: Passage) -> bool:
        """Whether the words before something in the author's own words make it the author's or the one recipient's."""
        before = passage.text[max(0, item.start - _BEFORE) : item.start]
        return _MINE.search(before) is not None or (self.is_one and _YOURS.search(before) is not None)

    def is_signature(self, text: str) -> bool:
        """Whether a paragraph has the sender's name on a line of its own: what stands there is theirs."""
        return bool(self.sender) and any(
            len(line) <= 60 and bare_name(line)[: len(self.sender)] == self.sender
            for line in text.split("\n", 20)
        )


def known(context: Context, reach: Reach, own: Iterable[Passage]) -> Known:
    """What is known of one message; `own` are its author's own words."""
    council = context.council
    sender = context.sender
    named = [names.words(names.folded(person.name)) for person in council.people]
    if reach.is_one:
        named += [words for words in reach.alone if len(words) > 0]
        named += [bare_name(found[1]) for each in own if (found := _GREETING.match(each.text))]
    lines = (*council.content.published, *(each.name for each in council.telephones))
    return Known(
        council=key(council.name),
        domains=council,
        details="\n".join(filter(None, map(key, _details(council)))),
        published=tuple(frozenset(names.words(names.folded(line))) for line in lines),
        named=tuple(filter(None, named)),
        mailboxes=reach.seen,
        letters=reach.letters,
        sender=names.words(names.folded(sender.name)) if sender else (),
        is_one=reach.is_one,
    )


def _details(council: Council) -> Iterable[str]:
    yield from council.content.published
    yield from (each.number for each in council.telephones)
    yield from (council.signatures.phone, council.signatures.address, council.signatures.address_cy)
    for person in council.people:
        yield person.phone
        yield from person.details.values()
    for each in council.elsewhere:
        yield each.address
    for entry in council.lists:
        yield entry.address


def _same_name(words: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two names may be one person's: the surname, and first names or initials that do not differ."""
    if words[-1] != other[-1]:
        # Of one of them no more than the first name is told.
        return 1 in {len(words), len(other)} and words[0] == other[0]
    first, second = words[:-1], other[:-1]
    return not first or not second or first[0][0] == second[0][0]
