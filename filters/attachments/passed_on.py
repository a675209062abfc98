"""Papers that came from outside the council and are passed on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from config.consumer_domains import mailbox_of
from filters.context import Context
from filters.extract.document import Document
from filters.forwarding.private import own_mailboxes
from filters.matter import new_people
from signatures.message.anatomy import Anatomy
from signatures.message.carried.kinds import How


class PassedOn(NamedTuple):
    """Documents that came with a message from outside, and the canonical address of whoever wrote that."""

    documents: tuple[Document, ...]
    author: str


def passed_on(anatomy: Anatomy, context: Context, found: Iterable[Document]) -> PassedOn | None:
    """What a forwarded or attached message of somebody outside brought along, on its way to others outside.

    Of a forwarded message nobody can tell which of the files were its own, so all count but pictures in the text;
    of an attached one those within it do. Nothing is passed on to people who took part in the conversation.
    """
    if not anatomy.attachments or not new_people(anatomy, context):
        return None
    inline = {each.number for each in anatomy.attachments if each.inline}
    mails = {each.number for each in anatomy.attachments if each.mail}
    found = tuple(found)
    if author := _outsider(_forwarded(anatomy), context):
        files = (each for each in found if len(each.path) == 1 and each.number not in inline | mails)
        if documents := tuple(files):
            return PassedOn(documents, author)
    if author := _outsider((each.author for each in anatomy.earlier if each.how is How.ATTACHED), context):
        files = (each for each in found if len(each.path) == 2 and each.number in mails)
        if documents := tuple(files):
            return PassedOn(documents, author)
    return None


def _forwarded(anatomy: Anatomy) -> Iterable[str]:
    """The authors of what is sent on."""
    yield from (each.author for each in anatomy.earlier if each.how is How.FORWARDED)
    if anatomy.resent:
        yield from (box.address for box in anatomy.original_authors)


def _outsider(addresses: Iterable[str], context: Context) -> str:
    """The first that is neither the council's nor the sender's own; empty where there is none."""
    own = own_mailboxes(context.council, context.sender)
    outside = (
        each
        for each in addresses
        if each and not context.council.is_internal(each) and mailbox_of(each) not in own
    )
    return next(outside, "")
