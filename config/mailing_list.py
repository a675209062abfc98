"""An address that stands for many: who is behind it, and whether the council has approved it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from config.address import BadAddress, canonical
from config.base import Address, Frozen, Line
from config.errors import Complaint

_LINK = re.compile(r"(?:https?://|mailto:)[^\s<>\"]{1,2000}\Z", re.IGNORECASE)


def _way_out(text: str) -> str:
    """Where people have themselves taken off a list."""
    if not text or _LINK.match(text):
        return text
    try:
        canonical(text)
    except BadAddress:
        raise ValueError("an address, or a link such as https://example.org.uk/leave") from None
    return text


class MailingList(Frozen):
    """A list or alias and its members, where they are known; otherwise `size`, where that is known.

    It is approved for mail to many where it has an owner (a login), a lawful basis for holding the addresses
    (UK GDPR art. 6) and a way to unsubscribe (an address or a link; PECR reg. 22 and 23).
    """

    address: Address
    name: Line = ""
    members: tuple[Address, ...] = ()
    size: int | None = Field(default=None, ge=0, le=1_000_000)
    owner: Address | None = None
    lawful_basis: Line = ""
    unsubscribe: Annotated[Line, AfterValidator(_way_out)] = ""

    @property
    def count(self) -> int:
        """How many people are behind the address; one where nothing is known."""
        return len(set(self.members)) or self.size or 1

    @property
    def approved(self) -> bool:
        """Whether the council has approved it for mail to many."""
        return bool(self.owner and self.lawful_basis and self.unsubscribe)


def by_address(lists: Iterable[MailingList]) -> dict[str, MailingList]:
    """Lists by their addresses, each of which stands for one list."""
    return {each.address: each for each in lists}


def opened(address: str, lists: Mapping[str, MailingList]) -> Iterator[str]:
    """Whom an address reaches, each once, in order: the members of the list that it is, lists among them opened too.

    An address that is no list is itself, and so is a list whose members are not told.
    """
    seen: set[str] = set()
    waiting = [address]
    while waiting:
        each = waiting.pop()
        if each in seen:
            continue
        seen.add(each)
        members = lists[each].members if each in lists else ()
        waiting.extend(reversed(members))
        if not members:
            yield each


def faults_of_lists(
    lists: tuple[MailingList, ...], logins: Collection[str], taken: Mapping[str, str]
) -> Iterator[Complaint]:
    """What is wrong with a council's lists as a whole. `taken` says what other addresses of its file are."""
    found = by_address(lists)
    for number, each in enumerate(lists):
        key = f"lists[{number}]"
        if each.address in taken:
            yield Complaint(
                f"{key}.address", f"{each.address}, {taken[each.address]}", "an address of nobody's own"
            )
        elif any(each.address == other.address for other in lists[:number]):
            yield Complaint(f"{key}.address", each.address, "each list once")
        if each.owner is not None and each.owner not in logins:
            yield Complaint(f"{key}.owner", each.owner, "the login of somebody in this file")
        for index, member in enumerate(each.members):
            if each.address in _reached(member, found):
                yield Complaint(
                    f"{key}.members[{index}]", member, "a member that does not lead back to the list"
                )


def _reached(address: str, lists: Mapping[str, MailingList]) -> set[str]:
    """The address itself, and the lists that mail to it reaches through lists."""
    reached: set[str] = set()
    waiting = [address]
    while waiting:
        each = waiting.pop()
        if each in lists and each not in reached:
            reached.add(each)
            waiting += lists[each].members
    return reached | {address}
