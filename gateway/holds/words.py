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
from filters.finding import Decision, Finding, Need
from filters.moderation import moderating
from gateway.store.errors import Conflict


class Act(StrEnum):
    """What a person's decision on a held message is called in the record."""

    CONFIRMED = "confirmed"
    """The sender's word: send it."""

    CONFIRMED_WITHOUT_TRAIL = "confirmed without the earlier messages"
    """What the sender's word to leave out what it quotes was called before such choices had details."""

    MODERATED = "moderated"
    """A moderator's word."""

    APPROVED = "approved"
    """The Clerk's word, with which a moderator's is given too."""

    RELEASED = "released"
    """The last word that was needed: it leaves."""

    REJECTED = "rejected"
    CANCELLED = "cancelled"
    """Rejected by the sender, who thought better of it."""

    RETURNED = "returned"
    """Given back to its sender to be amended and sent again."""

    SENT_AS_CLERK = "sent as Clerk"
    """Given back, as the Clerk has sent what it says in the Clerk's own name."""

    OPENED = "opened"
    """The body of a member's casework was read, for a reason that is written down. It gives nobody's word."""

    HANDED_OVER = "handed to the Clerk"
    """Its sender wants the Clerk to send it, and is asked no more."""

    WRONGLY_HELD = "marked as wrongly held"
    SHOULD_HAVE_BEEN_HELD = "marked as one that should have been held"
    """What an officer says of a check afterwards, which changes nothing of the message."""

    ASKED_SECOND_REVIEW = "asked for a second reviewer"
    ASKED_CONSENT = "asked for the Clerk's consent"
    """What its sender asks for, which gives nobody's word."""


_GIVES = {
    Act.CONFIRMED.value: frozenset({Need.SENDER}),
    Act.CONFIRMED_WITHOUT_TRAIL.value: frozenset({Need.SENDER}),
    Act.MODERATED.value: frozenset({Need.MODERATOR}),
    Act.APPROVED.value: frozenset({Need.CLERK, Need.MODERATOR}),
}


WORDS = frozenset({Act.CONFIRMED.value, Act.MODERATED.value, Act.APPROVED.value, Act.RELEASED.value})
"""Acts that give a word, with a `Detail` where something was changed or stated with it."""


def given(acts: Iterable[str]) -> frozenset[Need]:
    """The words that decisions so far have given, oldest first. What is handed to the Clerk, the Clerk looks at anew."""
    found: frozenset[Need] = frozenset()
    for act in acts:
        if act == Act.HANDED_OVER.value:
            found -= {Need.CLERK}
        found |= _GIVES.get(act, frozenset())
    return found


def words_of(council: Council, login: str, sender: str | None, on: date) -> frozenset[Need]:
    """The words that somebody can give on a message from `sender`. The sender's ends with the sender's term."""
    words: set[Need] = set()
    if sender is not None and login == sender and in_office(council, sender, on):
        words.add(Need.SENDER)
    person = council.person(login)
    roles = person.roles_on(on) if person else frozenset()
    if roles & OFFICERS:
        words |= {Need.CLERK, Need.MODERATOR}
    policy = council.policy.checks.get("moderation")
    if policy is not None and roles & moderating(policy):
        words.add(Need.MODERATOR)
    return frozenset(words)


def in_office(council: Council, login: str, on: date) -> bool:
    """Whether somebody is one of the council's people on a day: has a role, and an address to write from.

    Who never had a role here, or an address, is not judged by that.
    """
    person = council.person(login)
    if person is None or (person.roles and not person.roles_on(on)):
        return False
    return not person.identities or any(each.holds(on) for each in person.identities)


def require_in_office(council: Council, sender: str | None, on: date) -> None:
    """What somebody had waiting when their term ended is not sent. Raises Conflict."""
    if sender is not None and not in_office(council, sender, on):
        raise Conflict(
            f"{sender} is no longer one of the Council's people. What they had waiting is not sent any more; the "
            "Clerk may cancel it"
        )


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


def only_officers(decision: Decision) -> tuple[Finding, ...]:
    """The findings that nobody but an officer can decide on: all that hold for the Clerk, those about who may commit
    the council (`authority`) among them. A single councillor, the Chair included, is never given that power (Local
    Government Act 1972 s.101).
    """
    return tuple(each for each in decision.findings if each.need is Need.CLERK)


def require_officer(council: Council, login: str, on: date) -> None:
    """Raises Conflict where somebody does not act as Proper Officer on a day."""
    officers = [officer.login for officer in council.officers(on)]
    if login not in officers:
        listed = ", ".join(officers) or "nobody at present"
        raise Conflict(f"only the Clerk or who stands in for the Clerk decides ({listed}), not {login}")


def who_can(council: Council, needs: Iterable[Need], sender: str | None, on: date) -> str:
    """Who can give the words in `needs`, for people to read."""
    named: dict[Need, str] = {
        Need.SENDER: _its_sender(council, sender, on),
        Need.CLERK: _listed("the Clerk or who stands in for the Clerk", council, Need.CLERK, on),
        Need.MODERATOR: _listed("a moderator", council, Need.MODERATOR, on),
    }
    return " and ".join(named[need] for need in Need if need in set(needs))


def _its_sender(council: Council, sender: str | None, on: date) -> str:
    if sender is not None and not in_office(council, sender, on):
        return f"nobody: its sender ({sender}) has left, and the Clerk may cancel it"
    return f"its sender ({sender or 'nobody logged in'})"


def _listed(title: str, council: Council, need: Need, on: date) -> str:
    logins = [each.login for each in council.people if need in words_of(council, each.login, None, on)]
    return f"{title} ({', '.join(logins) or 'nobody at present'})"
