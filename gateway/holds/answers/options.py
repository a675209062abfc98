"""What may be chosen by answering a notice, the words for it, and what is offered of it when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from config.checks import KINDS, switch
from config.council import Council, IdentityKind
from filters.finding import Decision, Finding, Need, Wants
from gateway.holds.acknowledged import waits_for_acknowledgement
from gateway.holds.change import Change
from gateway.holds.statement import UNSAID, Statement
from gateway.holds.words import words_of


class Purpose(StrEnum):
    """What somebody is asked, or told: each has its own options."""

    QUESTION = "question"
    HOLD = "hold"
    NOTICE = "notice"
    DECIDE = "decide"
    """An officer is asked to let a message pass, or not. That is decided on a page, never by mail."""


class Option(StrEnum):
    """Something that may be chosen."""

    SEND = "send"
    NOT_BINDING = "not_binding"
    """Say that it does not bind the Council, and send it."""

    BASIS = "basis"
    """Say on what lawful basis a resident's details go on, and send it."""

    CLERK = "clerk"
    """Hand it to the Clerk to send."""

    ONLY_SENDER = "only_sender"
    """Send it to whoever wrote the message that it answers, and to nobody else."""

    LEAVE_OUT = "leave_out"
    BCC = "bcc"
    WITHOUT_TRAIL = "without_trail"
    CANCEL = "cancel"
    ASK_CONSENT = "ask_consent"
    SECOND_REVIEW = "second_review"
    READ = "read"


NUMBERED = frozenset({Option.LEAVE_OUT, Option.BCC})
"""The options that need to be told which recipients, by their numbers in the notice."""

STATING = (Option.NOT_BINDING, Option.BASIS)
"""The options that state something. They stand in the place of a plain SEND, both where both are offered."""

SENDING = frozenset(
    {Option.SEND, *STATING, Option.ONLY_SENDER, Option.LEAVE_OUT, Option.BCC, Option.WITHOUT_TRAIL}
)
"""The options with which it goes, to somebody."""

ENGLISH: Mapping[Option, str] = {
    Option.SEND: "SEND",
    Option.NOT_BINDING: "NOT BINDING",
    Option.BASIS: "BASIS",
    Option.CLERK: "CLERK",
    Option.ONLY_SENDER: "ONLY SENDER",
    Option.LEAVE_OUT: "LEAVE OUT",
    Option.BCC: "BCC",
    Option.WITHOUT_TRAIL: "WITHOUT TRAIL",
    Option.CANCEL: "CANCEL",
    Option.ASK_CONSENT: "CONSENT",
    Option.SECOND_REVIEW: "REVIEW",
    Option.READ: "READ",
}
"""The words that a notice in English offers."""

WELSH: Mapping[Option, str] = {
    Option.SEND: "ANFON",
    Option.NOT_BINDING: "DDIM YN RHWYMO",
    Option.BASIS: "SAIL",
    Option.CLERK: "CLERC",
    Option.ONLY_SENDER: "ANFONWR YN UNIG",
    Option.LEAVE_OUT: "HEPGOR",
    Option.BCC: "BCC",
    Option.WITHOUT_TRAIL: "HEB Y GADWYN",
    Option.CANCEL: "DIDDYMU",
    Option.ASK_CONSENT: "CANIATÂD",
    Option.SECOND_REVIEW: "ADOLYGU",
    Option.READ: "DARLLENWYD",
}
"""The words that a notice in Welsh offers."""

BY_PURPOSE: Mapping[Purpose, tuple[Option, ...]] = {
    Purpose.QUESTION: (
        Option.SEND,
        Option.NOT_BINDING,
        Option.BASIS,
        Option.CLERK,
        Option.ONLY_SENDER,
        Option.LEAVE_OUT,
        Option.BCC,
        Option.WITHOUT_TRAIL,
        Option.CANCEL,
    ),
    Purpose.HOLD: (Option.ASK_CONSENT, Option.SECOND_REVIEW, Option.CANCEL),
    Purpose.NOTICE: (Option.READ,),
    Purpose.DECIDE: (),
}
"""All that may be chosen for each purpose, in the order in which a notice names it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One option; `numbers` are recipients in the archive's order, from 0, and stand with `NUMBERED` options alone.
    `said` is what is stated with it.
    """

    option: Option
    numbers: tuple[int, ...] = ()
    said: Statement = UNSAID


def purpose_of(
    decision: Decision, needs: frozenset[Need] | None = None, *, acknowledged: bool = False
) -> Purpose:
    """What the sender of a message is asked that still needs these words, or all that the decision asks for.

    First to acknowledge the monitoring notice, where it waits for that; then for their own word, where it is needed.
    """
    if not acknowledged and waits_for_acknowledgement(decision):
        return Purpose.NOTICE
    return Purpose.QUESTION if Need.SENDER in (decision.needs if needs is None else needs) else Purpose.HOLD


def offered(
    council: Council,
    decision: Decision,
    recipients: Sequence[str],
    *,
    sender: str | None = None,
    on: date | None = None,
    purpose: Purpose | None = None,
) -> tuple[Option, ...]:
    """The options that the sender of a message has, in the order in which a notice names them.

    `recipients` are the canonical addresses of those whom its author named, in the archive's order; `sender` is the
    author's login and `on` the day. Without a `purpose` it is the one of what came in.
    """
    purpose = purpose_of(decision) if purpose is None else purpose
    wanted = {each.wants for each in _asked(decision)}
    if _is_officer(council, sender, on):
        wanted.discard(Wants.NOT_BINDING)  # Nothing hinders the Clerk from binding the Council.
    there = {
        Option.SEND: wanted.isdisjoint((Wants.NOT_BINDING, Wants.BASIS)),
        Option.NOT_BINDING: Wants.NOT_BINDING in wanted,
        Option.BASIS: Wants.BASIS in wanted,
        Option.CLERK: Wants.NOT_BINDING in wanted,
        Option.ONLY_SENDER: answered(council, decision, recipients, sender, on) is not None,
        Option.LEAVE_OUT: len(recipients) > 1,
        Option.BCC: _may_be_hidden(council, decision),
        Option.WITHOUT_TRAIL: any(_can_be_taken_out(each) for each in _asked(decision)),
        Option.ASK_CONSENT: any(
            each.check == "forwarding" and each.need is Need.CLERK and not each.incomplete
            for each in decision.findings
        ),
    }
    return tuple(option for option in BY_PURPOSE[purpose] if there.get(option, True))


def answered(
    council: Council,
    decision: Decision,
    recipients: Sequence[str],
    sender: str | None,
    on: date | None = None,
) -> int | None:
    """The number of the recipient who wrote the message that is answered, where it has several and that is known."""
    asked = [each for each in _asked(decision) if each.check == "reply_all"]
    if not asked or len(recipients) < 2:
        return None
    person = council.person(sender) if sender else None
    own = {
        identity.address
        for identity in (person.identities if person else ())
        if identity.kind is not IdentityKind.SHARED and (on is None or identity.holds(on))
    }
    others = own.union(*(each.about for each in asked))
    left = [number for number, address in enumerate(recipients) if address not in others]
    return left[0] if len(left) == 1 else None


def change_of(choice: Choice, count: int, author: int | None) -> Change:
    """What a choice to send changes of a message with so many recipients, `author` being the number of `answered`.

    Raises ValueError where it is no choice to send, or there is no `author` to send it to.
    """
    match choice.option:
        case Option.SEND | Option.NOT_BINDING | Option.BASIS:
            return Change()
        case Option.LEAVE_OUT:
            return Change(left_out=choice.numbers)
        case Option.BCC:
            return Change(blind=choice.numbers)
        case Option.WITHOUT_TRAIL:
            return Change(without_trail=True)
        case Option.ONLY_SENDER if author is not None:
            return Change(left_out=tuple(number for number in range(count) if number != author))
    raise ValueError(f"nothing is sent by {choice.option}")


def _asked(decision: Decision) -> Iterator[Finding]:
    """The findings that ask the sender."""
    return (each for each in decision.findings if each.need is Need.SENDER)


def _may_be_hidden(council: Council, decision: Decision) -> bool:
    """Whether every check that asks about how many get a message permits Bcc as a way out of it."""
    permits = [
        switch(each.check, council.policy.checks[each.check].switches, "bcc")
        for each in _asked(decision)
        if each.check in council.policy.checks and "bcc" in KINDS[each.check].switches
    ]
    return bool(permits) and all(permits)


def _can_be_taken_out(finding: Finding) -> bool:
    """Whether a question is about earlier messages that stand in the text, where they can be taken out of it; of what
    was found in a message's own words too, more is to be changed than that.
    """
    places = {evidence.where for evidence in finding.evidence}
    if finding.check == "trail":
        return "earlier message" in places and "attachment" not in places
    return places == {"earlier message"}


def _is_officer(council: Council, login: str | None, on: date | None) -> bool:
    """Whether somebody acts as Proper Officer on a day; nobody does on a day that is not told."""
    return login is not None and on is not None and Need.CLERK in words_of(council, login, None, on)
