"""Each person writes in their own name: the addresses are theirs, and nobody plays the Clerk or another."""

from __future__ import annotations

from collections.abc import Iterator

from config.address import BadAddress, canonical, domain_of
from config.council import OFFICERS, IdentityKind, Person, Role
from config.policy import CheckPolicy, Verdict
from filters import names, sign_off
from filters.context import Context, Profile
from filters.finding import Evidence, Finding, finding_of
from filters.titles import Speaker, claimed_by_name
from signatures.message.anatomy import Anatomy
from signatures.message.headers import Mailbox

_NAME = "sender_identity"


def check(anatomy: Anatomy, context: Context, policy: CheckPolicy) -> Iterator[Finding]:
    """Alignment of MAIL FROM, From and Sender; then claims to be the Clerk, or somebody else of the council.

    A wrong address has the policy's verdict. A claim in words holds at the most: the Clerk can judge it.
    """
    yield from _misaligned(anatomy, context, policy)
    sender = context.sender
    if sender is not None and not sender.roles_on(context.today) & OFFICERS:
        yield from _claims(anatomy, context, sender, policy)


def _misaligned(anatomy: Anatomy, context: Context, policy: CheckPolicy) -> Iterator[Finding]:
    """The first thing that is wrong with the addresses, if anything is."""
    field = "Resent-From" if anatomy.resent else "From"
    if anatomy.from_fields != 1:
        count = "no From line" if anatomy.from_fields == 0 else f"{anatomy.from_fields} From lines"
        yield _finding(policy, f"The message has {count}; it must have exactly one.")
    elif len(anatomy.authors) != 1:
        yield _finding(
            policy,
            f"The message names {len(anatomy.authors)} senders in its {field} line; it must name exactly one.",
            *(Evidence(where=field, text=mailbox.written) for mailbox in anatomy.authors),
        )
    elif anatomy.authors[0].group:
        yield _finding(
            policy,
            f"The {field} line of the message names a group; it must name one address alone.",
            Evidence(where=field, text=anatomy.authors[0].group),
        )
    elif context.sender is None:
        yield _stranger(anatomy.authors[0], field, context, policy)
    elif not context.sender.roles_on(context.today):
        # Whose terms have ended cannot log in; nor may a network vouch for them.
        yield _finding(
            policy, f"{context.person} holds no office or post at {context.council.name} at present."
        )
    else:
        wrong = (
            _not_theirs(where, mailbox, context, context.sender, policy)
            for where, mailbox in _named(anatomy, context, field)
            if not context.sender.may_send_as(mailbox.address, context.today)
        )
        yield from list(wrong)[:1]


def _named(anatomy: Anatomy, context: Context, field: str) -> Iterator[tuple[str, Mailbox]]:
    """Every address that the message gives itself out as, and where."""
    yield field, anatomy.authors[0]
    for mailbox in anatomy.senders:
        yield "Resent-Sender" if anatomy.resent else "Sender", mailbox
    envelope = context.envelope.mail_from
    # The null reverse-path is for receipts and auto-replies (RFC 5321 §4.5.5, RFC 3834 §3.3).
    if envelope or not (anatomy.automatic and context.authenticated):
        yield "envelope sender", Mailbox(name="", address=_canonical(envelope), written=f"<{envelope}>")


def _stranger(mailbox: Mailbox, field: str, context: Context, policy: CheckPolicy) -> Finding:
    """On a trusted listener the From is nobody's address, or several people's."""
    shared = len(context.council.holders_of(mailbox.address, context.today)) > 1
    if context.profile is Profile.TRUSTED and shared:
        reason = f"{mailbox.written} is shared by several people, so whoever uses it must log in."
    else:
        reason = f"{mailbox.written} is not an address that anyone at {context.council.name} may send from."
    return _finding(policy, reason, Evidence(where=field, text=mailbox.written))


def _not_theirs(
    where: str, mailbox: Mailbox, context: Context, sender: Person, policy: CheckPolicy
) -> Finding:
    own = [identity.address for identity in sender.identities if identity.holds(context.today)]
    may = f"it may send from {', '.join(own)}" if own else "it may send from no address at present"
    shown = mailbox.written if mailbox.written != "<>" else "no sender at all (<>)"
    reason = f"You are logged in as {context.person}, which may not send from {shown}; {may}."
    if not context.authenticated:
        reason = f"{context.person} may not send from {shown}; {may}."
    return _finding(policy, reason, Evidence(where=where, text=mailbox.written))


def _claims(anatomy: Anatomy, context: Context, sender: Person, policy: CheckPolicy) -> Iterator[Finding]:
    """What makes the sender out to be the Clerk, or another person of the council."""
    lenders = _lenders(anatomy, context, sender)
    others = tuple(
        person
        for person in context.council.people
        if person.login != sender.login and person not in lenders and _name(person) != _name(sender)
    )
    speaker = _speaker(context, sender, others)
    as_clerk: list[Evidence] = []
    as_another: list[Evidence] = []
    for where, mailbox in _shown(anatomy):
        shown = names.folded(mailbox.name)
        if not lenders and claimed_by_name(shown, speaker):
            as_clerk.append(Evidence(where=f"name in {where}", text=mailbox.name))
        elif _is_anothers(shown, speaker, context, sender):
            as_another.append(Evidence(where=f"name in {where}", text=mailbox.name))
    if not lenders:
        officers = [_name(officer) for officer in context.council.officers(context.today)]
        lines = sign_off.claims(anatomy.own_texts, speaker, officers)
        as_clerk += [Evidence(where="signature", text=line) for line in lines]
    as_another += _sent_on_as_another(anatomy, context, sender)
    for evidence, whom in ((as_clerk, "the Clerk"), (as_another, "somebody else at the council")):
        if evidence:
            yield _finding(
                policy,
                f"The message gives its sender out to be {whom}, which {context.person} is not.",
                *evidence,
                verdict=min(policy.verdict, Verdict.HOLD),
            )


def _lenders(anatomy: Anatomy, context: Context, sender: Person) -> tuple[Person, ...]:
    """The officers whose own address the sender was lent and writes from: that is to act for them."""
    address = anatomy.authors[0].address if len(anatomy.authors) == 1 else ""
    if not any(_lent(identity.kind) and identity.address == address for identity in sender.identities):
        return ()
    return tuple(
        officer
        for officer in context.council.officers(context.today)
        for identity in officer.identities
        if identity.address == address and identity.kind in {IdentityKind.OWN, IdentityKind.ALIAS}
    )


def _lent(kind: IdentityKind) -> bool:
    return kind is IdentityKind.DELEGATED


def _speaker(context: Context, sender: Person, others: tuple[Person, ...]) -> Speaker:
    return Speaker(
        name=_name(sender),
        others=tuple(_name(person) for person in others),
        council=frozenset(names.words_of(context.council.name)),
        is_staff=Role.STAFF in sender.roles_on(context.today),
    )


def _name(person: Person) -> tuple[str, ...]:
    return names.words_of(person.name)


def _shown(anatomy: Anatomy) -> Iterator[tuple[str, Mailbox]]:
    """Where mail programs show a sender's name."""
    prefix = "Resent-" if anatomy.resent else ""
    yield from ((f"{prefix}From", mailbox) for mailbox in anatomy.authors)
    yield from ((f"{prefix}Sender", mailbox) for mailbox in anatomy.senders)


def _is_anothers(shown: str, speaker: Speaker, context: Context, sender: Person) -> bool:
    """Whether a display name holds another person's name or address."""
    rest = set(names.without(names.words(shown), speaker.name))
    for name in speaker.others:
        whole = (len(name) > 1 and rest.issuperset(name)) or names.words(shown) == name
        if whole or (len(name) > 1 and "".join(name) in rest):
            return True
    own = {names.folded(identity.address) for identity in sender.identities}
    theirs = {
        names.folded(entry.address) for entry in context.council.elsewhere if entry.person != sender.login
    }
    return any(
        address not in own and (domain_of(address) in context.council.domains or address in theirs)
        for address in names.addresses_in(shown)
    )


def _sent_on_as_another(anatomy: Anatomy, context: Context, sender: Person) -> Iterator[Evidence]:
    """Recipients of a message that is sent on take the address in its From for the sender (RFC 5322 §3.6.6).

    For somebody else's message from outside that is as it should be; for an address of this council that is
    not the sender's it would be a letter in another's name, with our signature below it.
    """
    if anatomy.resent:
        for mailbox in anatomy.original_authors:
            ours = domain_of(mailbox.address) in context.council.domains
            if ours and not sender.may_send_as(mailbox.address, context.today):
                yield Evidence(where="From", text=mailbox.written)


def _canonical(address: str) -> str:
    try:
        return canonical(address) if address else ""
    except BadAddress:
        return ""


def _finding(
    policy: CheckPolicy, reason: str, *evidence: Evidence, verdict: Verdict | None = None
) -> Finding:
    return finding_of(_NAME, policy, reason, evidence, verdict=verdict)
