"""Addresses that the council's own file names, and slips of the fingers in them.

The archive knows whom the council has written to (`Answers.alike`); who is in the file may not have been yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from config.address import domain_of
from config.consumer_domains import mailbox_of
from config.council import Council
from filters.context import Context, Recipient
from filters.conversation import declared
from filters.forwarding.consents import is_live
from filters.recipients.addresses import is_slip

_FURTHEST = 2
"""Letters by which two addresses may differ in length: `is_slip` takes no more for a slip."""


def unlisted(
    council: Council, recipients: Sequence[Recipient], known: Sequence[str]
) -> tuple[Recipient, ...]:
    """Those of the recipients at the council's own domains whom its file does not name, nor anybody has written to."""
    listed = {*known, *_own(council, None)}
    return tuple(
        each
        for each in recipients
        if domain_of(each.canonical) in council.domains and each.canonical not in listed
    )


def slips(context: Context, recipients: Sequence[Recipient]) -> Iterator[tuple[Recipient, str]]:
    """The recipients that are nearly an address of the file, each with the first such.

    What members have declared as their own is told to nobody else for a slip, nor who is behind a list.
    """
    if not recipients:
        return
    council, today = context.council, context.today
    by_domain: dict[str, list[str]] = {}
    for address in dict.fromkeys((*_own(council, today), *_others(context))):
        by_domain.setdefault(domain_of(address), []).append(address)
    for recipient in recipients:
        address = recipient.canonical
        for listed in by_domain.get(domain_of(address), ()):
            if abs(len(address) - len(listed)) <= _FURTHEST and is_slip(address, listed):
                yield recipient, listed
                break


def _own(council: Council, on: date | None) -> Iterator[str]:
    """What is at the council's domains: of all times, or what somebody may send from on a day, and its lists."""
    for person in council.people:
        if on is None:
            yield person.login
        yield from (each.address for each in person.identities if on is None or each.holds(on))
    yield from (each.address for each in council.lists)
    if council.notices_from:
        yield council.notices_from


def _others(context: Context) -> Iterator[str]:
    """Official addresses elsewhere, the sender's own, and those that the sender has the Clerk's consent for."""
    council, sender = context.council, context.sender
    if sender is not None:
        yield from (each.address for each in sender.personal_addresses if each.holds(context.today))
    yield from (each.address for each in council.elsewhere)
    yield from (each.address for each in council.protected if each.address is not None)
    private = declared(context)
    for each in council.consents:
        if is_live(each, context) and mailbox_of(each.address) not in private:
            yield each.address
