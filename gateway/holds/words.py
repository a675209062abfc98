"""Whose word a held message still needs, and whose word somebody can give.

One person's word never stands in for another's (DESIGN.md, invariant 2). The sender's is the sender's alone. The
Clerk's is given by whoever acts as Proper Officer; a moderator's by one of the roles that the policy names, or by
an officer.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from config.council import OFFICERS, Council
from filters.finding import Decision, Need
from filters.moderation import moderating
from gateway.store.errors import Conflict


class Act(StrEnum):
    """What a person's decision on a held message is called in the record."""

    CONFIRMED = "confirmed"
    """The sender's word: send it."""

    CONFIRMED_WITHOUT_TRAIL = "confirmed without the earlier messages"
    """The sender's word: send it, and leave out what it quotes."""

    MODERATED = "moderated"
    """A moderator's word."""

    APPROVED = "approved"
    """The Clerk's word, with which a moderator's is given too."""

    RELEASED = "released"
    """The last word that was needed: it leaves."""

    REJECTED = "rejected"
    CANCELLED = "cancelled"
    """Rejected by the sender, who thought better of it."""


_GIVES = {
    Act.CONFIRMED.value: frozenset({Need.SENDER}),
    Act.CONFIRMED_WITHOUT_TRAIL.value: frozenset({Need.SENDER}),
    Act.MODERATED.value: frozenset({Need.MODERATOR}),
    Act.APPROVED.value: frozenset({Need.CLERK, Need.MODERATOR}),
}


def given(acts: Iterable[str]) -> frozenset[Need]:
    """The words that decisions so far have given."""
    return frozenset().union(*(_GIVES.get(act, frozenset()) for act in acts))


def words_of(council: Council, login: str, sender: str | None, on: date) -> frozenset[Need]:
    """The words that somebody can give on a message from `sender`."""
    words: set[Need] = set()
    if sender is not None and login == sender:
        words.add(Need.SENDER)
    person = council.person(login)
    roles = person.roles_on(on) if person else frozenset()
    if roles & OFFICERS:
        words |= {Need.CLERK, Need.MODERATOR}
    policy = council.policy.checks.get("moderation")
    if policy is not None and roles & moderating(policy):
        words.add(Need.MODERATOR)
    return frozenset(words)


def words_on_own(words: frozenset[Need], council: Council, decision: Decision, why: str) -> frozenset[Need]:
    """The words that officers can give on what they wrote themselves, of those they could give on another's.

    For the Clerk's they give a reason, which whoever stands in for them can read. Where the policy asks for a second
    person before council mail goes to a private address (research (d2) 22), the Clerk's is not theirs to give. Raises
    Conflict where no word is left, or no reason is given.
    """
    if Need.CLERK not in words:
        return words
    forwarding = council.policy.checks.get("forwarding")
    second = forwarding is not None and forwarding.switches.get("second_person", False)
    if second and any(each.check == "forwarding" and each.need is Need.CLERK for each in decision.findings):
        words -= {Need.CLERK}
        if not words:
            raise Conflict("by the council's policy another officer decides on this message, not its sender")
    elif not why.strip():
        raise Conflict("who lets pass a message of their own must say why (--why)")
    return words


def who_can(council: Council, needs: Iterable[Need], sender: str | None, on: date) -> str:
    """Who can give the words in `needs`, for people to read."""
    named: dict[Need, str] = {
        Need.SENDER: f"its sender ({sender or 'nobody logged in'})",
        Need.CLERK: _listed("the Clerk or who stands in for the Clerk", council, Need.CLERK, on),
        Need.MODERATOR: _listed("a moderator", council, Need.MODERATOR, on),
    }
    return " and ".join(named[need] for need in Need if need in set(needs))


def _listed(title: str, council: Council, need: Need, on: date) -> str:
    logins = [each.login for each in council.people if need in words_of(council, each.login, None, on)]
    return f"{title} ({', '.join(logins) or 'nobody at present'})"
