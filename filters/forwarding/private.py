"""Which addresses are private: declared by a member, at a provider for private people, or so by the look of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from config.address import domain_of
from config.consumer_domains import is_consumer, mailbox_of
from config.council import Council, Person
from filters.context import Context
from filters.names import words_of

_OFFICIAL = (
    ".gov.uk",
    ".gov.wales",
    ".llyw.cymru",
    ".parliament.uk",
    ".police.uk",
    ".nhs.uk",
    ".ac.uk",
    ".sch.uk",
)
_OFFICIAL_ITSELF = frozenset({"nhs.net", "parliament.uk", "senedd.wales", "senedd.cymru"})
_SHORTEST_SURNAME = 3


class Ground(StrEnum):
    """Why an address is taken for private, from the surest to the weakest; the last never holds anything."""

    DECLARED = "declared"
    PROVIDER = "provider"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Private:
    """A private address: on what ground, and the name of the member whose it is, where that is known."""

    ground: Ground
    owner: str = ""


class Addresses:
    """The private addresses of one council, on one day."""

    def __init__(self, context: Context) -> None:
        council = context.council
        self._council = council
        self._declared = {
            mailbox_of(held.address): person.name
            for person in council.people
            for held in person.personal_addresses
            if held.holds(context.today)
        }
        self._names = [(person.name, words_of(person.name)) for person in council.people]
        self._organisations = frozenset(domain_of(each.address) for each in council.elsewhere)
        self._known = frozenset(context.answers.known)

    def private(self, address: str) -> Private | None:
        """What makes an address, in canonical form, a private one; None where nothing does."""
        if self._council.is_internal(address):
            return None
        if (owner := self._declared.get(mailbox_of(address))) is not None:
            return Private(Ground.DECLARED, owner)
        if is_consumer(address):
            return Private(Ground.PROVIDER)
        if not self._is_organisation(address) and (owner := self.named_in(address)):
            return Private(Ground.NAME, owner)
        return None

    def named_in(self, address: str) -> str:
        """The name of the member whose name the part before the @ holds: the surname, and the first name or its
        first letter. Empty where it is nobody's.
        """
        local = address.rpartition("@")[0]
        letters = "".join(filter(str.isalpha, local))
        for name, words in self._names:
            if len(words) < 2 or len(words[-1]) < _SHORTEST_SURNAME:
                continue
            first, surname = words[0], words[-1]
            before, found, after = letters.partition(surname)
            if found and (before in {first, first[0]} or after in {first, first[0]}):
                return name
        return ""

    def is_members_name(self, words: frozenset[str]) -> bool:
        """Whether the words of a display name are a member's name, in whatever order."""
        return any(words and words == frozenset(name) for _, name in self._names)

    def _is_organisation(self, address: str) -> bool:
        domain = domain_of(address)
        return (
            domain in self._organisations
            or domain in _OFFICIAL_ITSELF
            or domain.endswith(_OFFICIAL)
            or address in self._known
        )


def own_mailboxes(council: Council, sender: Person | None) -> frozenset[str]:
    """The mailboxes that the sender has as one of this council, past ones too."""
    if sender is None:
        return frozenset()
    elsewhere = (each.address for each in council.elsewhere if each.person == sender.login)
    return frozenset(
        map(mailbox_of, (sender.login, *(each.address for each in sender.identities), *elsewhere))
    )
