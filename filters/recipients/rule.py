"""The addresses are the right ones: complete, not mistyped, and of people who belong to the conversation.

Domains and addresses that the council has written to are never doubted, nor are those that stand in what is
answered, nor what no person has typed. The Clerk's and the staff's passing on of the council's own conversations is
daily business. Whether a domain takes mail at all is noted, and keeps nothing (`Answers.undeliverable`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from config.address import domain_of
from config.council import OFFICERS, Council, Role
from config.policy import CheckPolicy, Verdict
from filters.context import Context, Recipient
from filters.conversation import conversation, declared
from filters.finding import Evidence, Finding, finding_of
from filters.forwarding.carried import carried_by
from filters.forwarding.consents import Consents
from filters.recipients import addresses, company, domains, form, letters, listed
from signatures.message.anatomy import Anatomy

_NAME = "recipients"
_MOST = 3


def check(anatomy: Anatomy, context: Context, policy: CheckPolicy) -> Iterator[Finding]:
    """At most one finding for each way in which an address may be the wrong one."""
    yield from _unusable(anatomy, context, policy)
    outside = _outside(context)
    strange = _strange(anatomy, context, outside)
    doubted: set[str] = set()
    inside = listed.unlisted(context.council, context.envelope.recipients, context.answers.known)
    typed = () if anatomy.automatic else (*strange, *inside)
    for find, reason in ((_mixed, _MIXED), (_mistyped, _MISTYPED), (_alike, _ALIKE), (_slips, _SLIPS)):
        found = list(find(context, [each for each in typed if each.canonical not in doubted]))
        doubted.update(each.recipient.canonical for each in found)
        if found:
            yield _doubt(policy, found, reason)
    yield from _in_wrong_company(anatomy, context, policy, outside, strange)
    yield from _undeliverable(context, policy, outside)


@dataclass(frozen=True, slots=True)
class _Doubt:
    """A recipient, and what it was probably meant to be or what is wrong with it."""

    recipient: Recipient
    meant: str


_MIXED = "{who} {is_are} written with letters of several alphabets, and may be somebody else's than it seems"
_MISTYPED = "{who} {looks} mistyped. Did you mean {meant}"
_ALIKE = "Nobody at the council has written to {who} before. Did you mean {meant}"
_SLIPS = "{who} {looks} like an address that the council knows, mistyped. Did you mean {meant}"

_Find = Callable[[Context, Sequence[Recipient]], Iterable[_Doubt]]


def _mixed(context: Context, strange: Sequence[Recipient]) -> Iterator[_Doubt]:
    for recipient in strange:
        local, _, domain = recipient.canonical.rpartition("@")
        if word := letters.mixed(local) or letters.mixed(letters.spoken(domain)):
            yield _Doubt(recipient, word)


def _mistyped(context: Context, strange: Sequence[Recipient]) -> Iterator[_Doubt]:
    """Those at a domain that was probably meant to be another."""
    familiar = (*_own_domains(context.council), *context.answers.near_domains)
    known = frozenset(context.answers.known_domains)
    for recipient in strange:
        local, _, domain = recipient.canonical.rpartition("@")
        if domain not in known and (meant := domains.meant(domain, familiar)):
            yield _Doubt(recipient, f"{local}@{meant}")


def _alike(context: Context, strange: Sequence[Recipient]) -> Iterator[_Doubt]:
    """Those who are nearly somebody whom the council has written to."""
    near: dict[str, str] = {}
    for each in context.answers.alike:
        if addresses.is_slip(each.recipient, each.known):
            near.setdefault(each.recipient, each.known)
    for recipient in strange:
        if recipient.canonical in near:
            yield _Doubt(recipient, near[recipient.canonical])


def _slips(context: Context, strange: Sequence[Recipient]) -> Iterator[_Doubt]:
    """Those who are nearly somebody whom the council's file names."""
    for recipient, meant in listed.slips(context, strange):
        yield _Doubt(recipient, meant)


def _outside(context: Context) -> tuple[Recipient, ...]:
    """The recipients outside the council. Those that members declared as their own are for `filters.forwarding`."""
    council = context.council
    own = {each.address for each in council.lists} | declared(context)
    own |= {each.address for person in council.people for each in person.personal_addresses}
    return tuple(
        recipient
        for recipient in context.envelope.recipients
        if recipient.canonical not in own and not council.is_internal(recipient.canonical)
    )


def _strange(anatomy: Anatomy, context: Context, outside: Sequence[Recipient]) -> tuple[Recipient, ...]:
    """Those of them whom nobody here has written to, and who are in nothing of what is answered."""
    council = context.council
    familiar = set(context.answers.known)
    familiar |= {member for each in council.lists for member in each.members}
    familiar |= {each.address for each in council.consents}
    new = [
        recipient
        for recipient in outside
        if recipient.canonical not in familiar and not council.is_protected(recipient.canonical)
    ]
    if not new:
        return ()
    told = conversation(anatomy, context)
    written = frozenset(anatomy.trail_addresses)
    return tuple(
        recipient
        for recipient in new
        if recipient.canonical not in written and not told.has(recipient.canonical)
    )


def _own_domains(council: Council) -> Iterator[str]:
    yield from council.domains
    yield from dict.fromkeys(domain_of(each.address) for each in council.elsewhere)


def _unusable(anatomy: Anatomy, context: Context, policy: CheckPolicy) -> Iterator[Finding]:
    found = tuple(dict.fromkeys(form.unusable(anatomy, context)))
    if found:
        shown = tuple(evidence.text for _, evidence in found)
        many = len(found) > 1
        yield _finding(
            policy,
            f"{_named(shown)} {'are no complete addresses' if many else 'is no complete address'}, so nobody will get "
            f"the message there. Cancel it and put {'them' if many else 'it'} right, or confirm that it goes without.",
            tuple(evidence for _, evidence in found),
            tuple(address for address, _ in found if address),
        )


def _doubt(policy: CheckPolicy, found: Sequence[_Doubt], reason: str) -> Finding:
    many = len(found) > 1
    said = reason.format(
        who=_named([each.recipient.canonical for each in found]),
        meant=_named([each.meant for each in found]),
        is_are="are" if many else "is",
        looks="look" if many else "looks",
    )
    ending = "." if reason is _MIXED else "?"
    it = "they are" if many else "it is"
    return _finding(
        policy,
        f"{said}{ending} Cancel the message and send it to the right address, or confirm that {it} right.",
        tuple(Evidence(where="recipient", text=each.recipient.address) for each in found),
        tuple(each.recipient.canonical for each in found),
    )


def _in_wrong_company(
    anatomy: Anatomy,
    context: Context,
    policy: CheckPolicy,
    outside: Sequence[Recipient],
    strange: Sequence[Recipient],
) -> Iterator[Finding]:
    free = _passes_on_daily(context)
    council = context.council
    may_not_know = (
        () if free else [each.canonical for each in outside if not council.is_protected(each.canonical)]
    )
    if may_not_know and context.council.consents:
        # The Clerk's consent to an address is one to all that goes there by it.
        consents = Consents(anatomy, context, carried_by(anatomy, context))
        may_not_know = [address for address in may_not_know if consents.covering(address) is None]
    if found := company.sent_outside(anatomy, context, may_not_know):
        yield _finding(
            policy,
            f"So far only people of the council are in this conversation, and {_named(found)} "
            f"{'are' if len(found) > 1 else 'is'} not. Confirm that {'they' if len(found) > 1 else 'this recipient'} "
            "may read all that stands below; or cancel it.",
            _evidence(found),
            found,
        )
    rest = [each.canonical for each in strange if each.canonical not in found]
    if found := company.outsiders(anatomy, context, rest):
        many = len(found) > 1
        yield _finding(
            policy,
            f"{_named(found)} {'were' if many else 'was'} not in the conversation that you answer, and nobody at the "
            f"council has written to {'them' if many else 'this address'} before. Confirm that "
            f"{'they are' if many else 'it is'} meant; or cancel the message and leave {'them' if many else 'it'} out.",
            _evidence(found),
            found,
        )


def _passes_on_daily(context: Context) -> bool:
    roles = context.sender.roles_on(context.today) if context.sender else frozenset()
    return bool(roles & (OFFICERS | {Role.STAFF}))


def _undeliverable(context: Context, policy: CheckPolicy, outside: Sequence[Recipient]) -> Iterator[Finding]:
    why = {each.domain: each.why for each in context.answers.undeliverable}
    found = tuple(each.canonical for each in outside if domain_of(each.canonical) in why)
    if found:
        said = dict.fromkeys(f"{domain} ({why[domain]})" for domain in map(domain_of, found))
        note = policy.model_copy(update={"verdict": min(policy.verdict, Verdict.NOTE)})
        yield _finding(
            note,
            f"It seems that no mail can be delivered to {_named(tuple(said))}. If it comes back, look at the address.",
            _evidence(found),
            found,
        )


def _evidence(found: Iterable[str]) -> tuple[Evidence, ...]:
    return tuple(Evidence(where="recipient", text=address) for address in found)


def _named(found: Sequence[str]) -> str:
    """The first few of several: "a@x.uk, b@x.uk and 4 others"."""
    shown = list(dict.fromkeys(found))
    if len(shown) > _MOST:
        return f"{', '.join(shown[:_MOST])} and {len(shown) - _MOST} others"
    return " and ".join((", ".join(shown[:-1]), shown[-1])) if len(shown) > 1 else "".join(shown)


def _finding(
    policy: CheckPolicy, reason: str, evidence: tuple[Evidence, ...], about: tuple[str, ...]
) -> Finding:
    return finding_of(_NAME, policy, reason, evidence[:20], about=about)
