"""What the check says to people, by kind of finding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

from config.capacity import Capacity
from config.consent import Consent
from config.council import Council
from filters.forwarding.private import Ground, Private
from filters.forwarding.reach import Target

_MOST_NAMED = 4


class Kind(StrEnum):
    """What the check finds, gravest first; of each kind there is one finding on a message."""

    AUTOMATIC = "automatic"
    FORWARDED = "forwarded"
    UNREADABLE = "unreadable"
    PAPERS = "papers"
    BUSINESS = "business"
    ANSWERS = "answers"
    VIEWS = "views"
    NAMED = "named"
    CONSENTED = "consented"

    @property
    def recorded_only(self) -> bool:
        """Whether it is noted and stops nothing."""
        return self in {Kind.VIEWS, Kind.NAMED, Kind.CONSENTED}


def described(target: Target, private: Private | None) -> str:
    """A recipient and what there is to say of the address. Who is behind a list is not told."""
    if target.through_list:
        reaches = "a private address" if private is not None else "an address outside the Council"
        return f"{target.recipient} (a list or alias that reaches {reaches})"
    if private is None:
        return target.recipient
    if private.ground is Ground.DECLARED:
        return f"{target.recipient} (a private address of {private.owner})"
    if private.ground is Ground.NAME:
        return f"{target.recipient} (it looks like a private address of {private.owner})"
    return f"{target.recipient} (a private mailbox)"


def reason(kind: Kind, whom: Sequence[str], council: Council) -> str:
    """The sentences of a finding about the recipients described in `whom`."""
    return _REASONS[kind].format(whom=listed(whom), tag=_tag(council))


def consented(given: Iterable[tuple[str, Consent]]) -> str:
    """The sentence that names the consents in the record, each with the recipients who may have the message."""
    by_consent: dict[str, tuple[Consent, list[str]]] = {}
    for whom, consent in given:
        by_consent.setdefault(consent.id, (consent, []))[1].append(whom)
    said = [f"consent {each.id}{_until(each)} for {listed(whom)}" for each, whom in by_consent.values()]
    return f"The Clerk has given consent: {'; '.join(said)}."


def listed(whom: Sequence[str]) -> str:
    """The first of them, and how many there are besides."""
    named = list(dict.fromkeys(whom))
    if len(named) > _MOST_NAMED:
        return f"{', '.join(named[:_MOST_NAMED])} and {len(named) - _MOST_NAMED} more"
    return " and ".join(filter(None, (", ".join(named[:-1]), *named[-1:])))


def _until(consent: Consent) -> str:
    return f" (until {consent.until:%d.%m.%Y})" if consent.until else ""


def _tag(council: Council) -> str:
    """How personal views are marked here, if there is a way."""
    tags = [tag for tag, each in council.policy.capacity_tags.items() if each is Capacity.PERSONAL]
    return f" If it gives your personal views only, begin the subject with {tags[0]}." if tags else ""


_REASONS = {
    Kind.AUTOMATIC: (
        "This is automatic forwarding: a rule or a server sends the mail on to {whom}, and no person has looked at it. "
        "Please turn the rule off, and send on by hand what may go there."
    ),
    Kind.FORWARDED: (
        "This message carries earlier mail to {whom}, who had no part in that mail. Please take the address out and "
        "send the message again, or ask the Clerk for consent."
    ),
    Kind.UNREADABLE: (
        "This message has content that is locked or encrypted, so nobody here can tell whether {whom} may have it. "
        "Please send it again without that content or without the address, or ask the Clerk for consent."
    ),
    Kind.PAPERS: (
        "Files are attached to this message, and it goes to {whom}. Please use the person's Council address, or ask "
        "the Clerk for consent."
    ),
    Kind.BUSINESS: (
        "This message is Council business, and it goes to {whom}. Please use the person's Council address, or ask the "
        "Clerk for consent.{tag}"
    ),
    Kind.ANSWERS: (
        "Answers to this message would go to {whom} and not to the Council's mail. Please take the reply address out "
        "of your mail program's settings and send the message again, or ask the Clerk for consent."
    ),
    Kind.VIEWS: "This message gives personal views, and it goes to {whom}.",
    Kind.NAMED: "This message carries earlier mail to {whom}. Nothing was stopped, as it may be somebody's own business.",
}
