"""The check `clerk_copy`: official mail that is neither from the Clerk nor copied to the Clerk.

With the verdict `note` the Clerk is added as a copy that everybody sees, never a blind one; with `ask` the
sender is asked. Clause: 002, "Parish Council email" ("will usually come from the Clerk, and/or otherwise will
always be copied to the Clerk").
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from config.capacity import Capacity
from config.council import OFFICERS, Council, Identity, IdentityKind, Person, Role
from config.policy import CheckPolicy, Stage, Verdict
from filters.context import Added, Context
from filters.finding import Evidence, Finding, finding_of
from filters.official import outside, reached, to_protected
from signatures.message.anatomy import Anatomy

NAME = "clerk_copy"

_IN_ORDER = (Role.CLERK, Role.LOCUM, Role.DEPUTY)
"""Whose the Clerk's desk is: where there is no Clerk, who was appointed for the time being, then the deputy."""

_KINDS = (IdentityKind.OWN, IdentityKind.ALIAS, IdentityKind.SHARED)
"""Addresses at which the Clerk reads, the best first. What is lent to the Clerk is somebody else's mailbox."""


def check(anatomy: Anatomy, context: Context, policy: CheckPolicy) -> Iterable[Finding]:
    """The finding on official mail that passes the Clerk by: that a copy was added, or is to be thought of."""
    about = _passed_by(anatomy, context)
    if not about:
        return
    copy = copy_for(anatomy, context)
    clerks = _clerks(context.council, context.today)
    if copy is None:
        why = "nobody is in office as Clerk" if not clerks else "there is no address that a copy can go to"
        yield _finding(policy, Verdict.NOTE, f"No copy went to the Clerk, as {why}.", about)
    elif policy.verdict is Verdict.ASK:
        reason = (
            f"This is official mail to people outside the Council, and the Clerk does not get a copy. Please add "
            f"{copy.address} to Cc and send it again, or confirm that it is to go without."
        )
        yield _finding(policy, Verdict.ASK, reason, about)
    else:
        done = "was added" if policy.stage is Stage.ENFORCE else "would have been added"
        seen = Evidence(where="Cc", text=copy.address)
        yield _finding(
            policy, policy.verdict, f"The Clerk {done} as a copy, as on official mail.", about, seen
        )


def copy_for(anatomy: Anatomy, context: Context) -> Added | None:
    """The copy that official mail which passes the Clerk by is to go to; None where it does not, or cannot.

    It goes to the Clerk's first own address in force, or to who stands in where there is no Clerk.
    """
    if not _passed_by(anatomy, context):
        return None
    for person in _clerks(context.council, context.today):
        addresses = (each.address for each in _mailboxes(person, context.today))
        for address in addresses:
            if address.isascii() or context.envelope.smtputf8:
                return Added(address=address, name=person.name, by=NAME)
    return None


def adds(findings: Iterable[Finding]) -> bool:
    """Whether by these findings a copy is added."""
    return any(_tells_of_copy(finding) for finding in findings)


def without_copy(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings on a message that goes to nobody, and so has no copy added."""
    return tuple(finding for finding in findings if not _tells_of_copy(finding))


def _tells_of_copy(finding: Finding) -> bool:
    added = finding.check == NAME and finding.verdict is Verdict.NOTE and finding.stage is Stage.ENFORCE
    return added and bool(finding.evidence)


def _passed_by(anatomy: Anatomy, context: Context) -> tuple[str, ...]:
    """The recipients outside, where a message is official, not from the Clerk and not to the Clerk either.

    Never where a recipient is protected: a member may write to the Monitoring Officer about the Clerk.
    """
    about = outside(anatomy, context)
    if not about or _from_clerk(anatomy, context) or to_protected(anatomy, context):
        return ()
    council, today = context.council, context.today
    at_desk = {each.address for person in _clerks(council, today) for each in _mailboxes(person, today)}
    return about if reached(anatomy, context).isdisjoint(at_desk) else ()


def _from_clerk(anatomy: Anatomy, context: Context) -> bool:
    """Written by an officer, or from an address that is one's: what leaves the office's mailbox is known there."""
    council, today = context.council, context.today
    if context.sender is not None and context.sender.roles_on(today) & OFFICERS:
        return True
    authors = {mailbox.address for mailbox in anatomy.authors}
    return any(
        each.address in authors for person in council.officers(today) for each in _mailboxes(person, today)
    )


def _clerks(council: Council, on: date) -> tuple[Person, ...]:
    """Whose the Clerk's desk is on a day: of the first role that anybody holds."""
    for role in _IN_ORDER:
        people = tuple(person for person in council.people if role in person.roles_on(on))
        if people:
            return people
    return ()


def _mailboxes(person: Person, on: date) -> list[Identity]:
    """The addresses at which somebody reads the Council's mail on a day, their own first."""
    held = [
        each
        for each in person.identities
        if each.holds(on) and each.kind in _KINDS and each.capacity is not Capacity.PERSONAL
    ]
    return sorted(held, key=lambda each: _KINDS.index(each.kind))


def _finding(
    policy: CheckPolicy, verdict: Verdict, reason: str, about: tuple[str, ...], *evidence: Evidence
) -> Finding:
    return finding_of(NAME, policy, reason, evidence, about=about, verdict=verdict)
