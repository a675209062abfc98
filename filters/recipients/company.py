"""Whether a recipient belongs to the conversation that a message goes on with.

Nothing is said where it is not told to whom the answered message went: most mail programs quote its author alone, and a
message that came in is not seen here (`filters.conversation`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from config.address import domain_of
from config.consumer_domains import CONSUMER_DOMAINS
from filters.context import Context
from filters.conversation import Conversation, conversation, declared, is_reply, name_key
from filters.many.audience import behind
from signatures.message.anatomy import Anatomy


def sent_outside(anatomy: Anatomy, context: Context, outside: Sequence[str]) -> tuple[str, ...]:
    """Those of the recipients `outside` the council who would get what only people of the council have talked of.

    What the form on the council's web site sends in is nobody's talk: whom to answer stands in its text.
    """
    if not outside or not _is_told(anatomy, context) or not _is_internal(anatomy, context):
        return ()
    found = conversation(anatomy, context)
    asking = frozenset(anatomy.trail_addresses) if _is_nobodys(anatomy, context) else frozenset()
    return tuple(address for address in outside if address not in asking and not found.has(address))


def outsiders(anatomy: Anatomy, context: Context, strange: Sequence[str]) -> tuple[str, ...]:
    """Those of the `strange` recipients, whom nobody here has written to, who had no part in what is answered.

    A colleague of somebody who had is no outsider, nor of somebody the council writes to.
    """
    if not strange or not is_reply(anatomy) or not _is_told(anatomy, context):
        return ()
    found = conversation(anatomy, context)
    familiar = {domain_of(person) for person in found.mailboxes} | set(context.answers.known_domains)
    organisations = familiar - CONSUMER_DOMAINS
    return tuple(
        address
        for address in strange
        if domain_of(address) not in organisations and not _may_have(found, anatomy, context, address)
    )


def _may_have(found: Conversation, anatomy: Anatomy, context: Context, address: str) -> bool:
    """Whether a recipient is in the conversation, or may be somebody whose name alone is told."""
    mailbox = next((each for each in (*anatomy.to, *anatomy.cc) if each.address == address), None)
    nameless = mailbox is None or not mailbox.name
    return found.has(address, mailbox) or (nameless and not found.called <= _people(context))


def _people(context: Context) -> frozenset[tuple[str, ...]]:
    return frozenset(name_key(person.name) for person in context.council.people)


def _is_told(anatomy: Anatomy, context: Context) -> bool:
    """Whether it is known to whom the message went that is answered or sent on."""
    answered = anatomy.references[:1] or anatomy.marks.forwards[:1]
    if any(mail.message_id in answered for mail in context.answers.parents):
        return True
    return bool(anatomy.earlier) and any(
        address != anatomy.earlier[0].author for address in anatomy.earlier[0].people
    )


def _is_nobodys(anatomy: Anatomy, context: Context) -> bool:
    """Whether what is answered was written from an address of the council that no person has."""
    author = anatomy.earlier[0].author if anatomy.earlier else ""
    return bool(author) and not any(
        identity.address == author for person in context.council.people for identity in person.identities
    )


def _is_internal(anatomy: Anatomy, context: Context) -> bool:
    """Whether everybody who is told in the conversation is of the council."""
    council, private = context.council, declared(context)
    people = _people(context)
    if not all(name_key(name) in people for each in anatomy.earlier for name in each.names):
        return False
    opened = behind(_told(anatomy, context), council)
    return not opened.more and all(council.is_internal(each) or each in private for each in opened.people)


def _told(anatomy: Anatomy, context: Context) -> Iterator[str]:
    for each in anatomy.earlier:
        yield from filter(None, (each.author, *each.people))
    for mail in context.answers.parents:
        yield from filter(None, (mail.author, *mail.people))
