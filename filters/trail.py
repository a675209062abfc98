"""Who is new to a conversation is not sent other people's words and addresses with it.

What is the council's own from end to end is not looked at here: `filters.recipients` asks about that. Nor are the
private addresses that members have declared: those are for `filters.forwarding` and the Clerk's consent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from config.consumer_domains import mailbox_of
from config.policy import CheckPolicy
from filters.context import Context
from filters.conversation import conversation, declared, is_reply, is_sent_on, name_key
from filters.finding import Evidence, Finding, finding_of
from filters.forwarding.carried import carried_by
from filters.forwarding.consents import Consents
from filters.many.audience import audience, behind, named, own_addresses
from signatures.message.anatomy import Anatomy
from signatures.message.carried.kinds import Earlier, How
from signatures.message.headers import Mailbox

_NAME = "trail"
_MOST = 5
_MACHINES = ("mailer-daemon@", "postmaster@")
"""Who writes that a letter came back is nobody (RFC 3464, RFC 2142)."""


@dataclass(frozen=True, slots=True)
class _Carried:
    """What others wrote that goes along: outsiders' `addresses`, and the earlier messages of outsiders or of
    nobody who is told (`texts`: their authors, empty where none is).
    """

    addresses: tuple[str, ...]
    texts: tuple[str, ...]


def check(anatomy: Anatomy, context: Context, policy: CheckPolicy) -> Iterator[Finding]:
    """Recipients outside the council who are not in the conversation, and would get earlier messages of outsiders
    or their addresses.

    An encrypted message may hold anything: it is asked about where it is sent on, or answers and goes to several.
    """
    new = tuple(_newcomers(anatomy, context))
    if not new:
        return
    if is_reply(anatomy) and len(new) == 1 and not _tells(anatomy):
        return  # Nothing says whose message is answered: it is the one recipient's.
    about = [mailbox.address for mailbox in new]
    carried = _carried(anatomy, context, new)
    if carried.addresses or carried.texts:
        reason = _reason(new, len(carried.addresses), anatomy)
        yield finding_of(_NAME, policy, reason, _evidence(carried, anatomy), about=about)
    elif anatomy.encrypted and (is_sent_on(anatomy) or is_reply(anatomy)):
        yield finding_of(_NAME, policy, _UNREADABLE.format(who=_who(new)), about=about)


_UNREADABLE = (
    "{who} new to this conversation, and it cannot be seen whether earlier messages go along, as this one is "
    "encrypted. Make sure that no other people's messages or addresses are in it."
)


def _newcomers(anatomy: Anatomy, context: Context) -> Iterator[Mailbox]:
    """The recipients outside the council who are in nothing that is told of the conversation.

    A list is one of them if anybody behind it is, or if it is not known who is. The Clerk's consent to an address
    is one to all that goes along.
    """
    council, known, private = context.council, conversation(anatomy, context), declared(context)
    consents = Consents(anatomy, context, carried_by(anatomy, context) if council.consents else ())
    lists = {each.address for each in council.lists}

    def is_new(address: str, mailbox: Mailbox | None) -> bool:
        ours = council.is_internal(address) or mailbox_of(address) in private
        return not ours and not known.has(address, mailbox) and consents.covering(address) is None

    found = audience(anatomy, context)
    hidden = (Mailbox(name="", address=address, written=address) for address in found.hidden)
    # A name stands for one recipient, and in a reply alone: with two of one name, who knows which is meant.
    bearers = Counter(name_key(mailbox.name) for mailbox in found.visible if mailbox.name)
    answers = is_reply(anatomy)
    for mailbox in (*found.visible, *hidden):
        if mailbox.address not in lists:
            named_alone = answers and bearers[name_key(mailbox.name)] <= 1
            if is_new(mailbox.address, mailbox if named_alone else None):
                yield mailbox
        elif not known.has(mailbox.address):
            group = behind((mailbox.address,), council)
            if group.more or any(is_new(person, None) for person in group.people):
                yield mailbox


def _tells(anatomy: Anatomy) -> bool:
    """Whether anything says who is in the conversation, or something goes along that is none of it."""
    return bool(anatomy.trail_addresses) or any(
        each.people or each.names or each.how is How.ATTACHED for each in anatomy.earlier
    )


def _carried(anatomy: Anatomy, context: Context, new: tuple[Mailbox, ...]) -> _Carried:
    """What the earlier messages hold that is not the council's own, nor of the one who is new if it is one alone.

    A form on the council's website tells in its words whom it is from, and nowhere else.
    """
    council, own = context.council, own_addresses(context)
    theirs = mailbox_of(new[0].address) if len(new) == 1 else ""
    told = [*anatomy.trail_addresses]
    told += [address for each in anatomy.earlier for address in (each.author, *each.people)]
    marked = is_sent_on(anatomy) or anatomy.marks.replies or anatomy.marks.threaded
    texts = [
        _said(each)
        for each in anatomy.earlier
        # Lines with a mark of quotation in a new message may quote anything.
        if not _is_ours(each, context) and (marked or each.attested or each.people or each.names)
    ]
    if anatomy.resent:
        outside = [each for each in anatomy.original_authors if not council.is_internal(each.address)]
        told += [each.address for each in outside]
        texts += [each.written for each in outside]
    addresses = dict.fromkeys(
        address
        for address in told
        if address
        and address not in own
        and mailbox_of(address) != theirs
        and not council.is_internal(address)
        and not address.startswith(_MACHINES)
    )
    return _Carried(tuple(addresses), tuple(texts))


def _evidence(carried: _Carried, anatomy: Anatomy) -> tuple[Evidence, ...]:
    """Where the earlier messages begin, the first of those whose words and addresses they are, what is attached."""
    seen = [anatomy.trail_begins, *carried.texts[:_MOST], *carried.addresses[:_MOST]]
    evidence = [Evidence(where="earlier message", text=text) for text in dict.fromkeys(seen) if text]
    attached = [each.name for each in anatomy.attachments if each.mail and each.name]
    evidence += [Evidence(where="attachment", text=name) for name in attached[:_MOST]]
    return tuple(evidence)


def _is_ours(earlier: Earlier, context: Context) -> bool:
    """Whether somebody of the council wrote it, by name where no address is told; or a machine, of their letter."""
    if earlier.author:
        return context.council.is_internal(earlier.author) or earlier.author.startswith(_MACHINES)
    people = {name_key(person.name) for person in context.council.people}
    # The first name is the author's; of the others nothing but their names would be seen.
    return bool(earlier.names) and name_key(earlier.names[0]) in people


def _said(earlier: Earlier) -> str:
    return earlier.author or next(iter(earlier.names), "")


def _who(new: tuple[Mailbox, ...]) -> str:
    return f"{named(new)} {'is' if len(new) == 1 else 'are'}"


def _reason(new: tuple[Mailbox, ...], others: int, anatomy: Anatomy) -> str:
    number = "the address of one other person" if others == 1 else f"the addresses of {others} other people"
    addresses = f", with {number}" if others else " that other people wrote"
    whom = "them" if len(new) > 1 else "this recipient"
    attached = any(each.how is How.ATTACHED for each in anatomy.earlier) or anatomy.resent
    choices = "Leave" if attached else "Take the earlier messages out, or leave"
    return (
        f"{_who(new)} new to this conversation and would see earlier messages{addresses}. "
        f"{choices} {whom} out; or confirm that it may all be passed on."
    )
