"""The check `solicitation`: no chain letters, advertisements or campaigning, and care before elections."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from config.content import PreElection
from config.mailing_list import by_address, opened
from config.policy import CheckPolicy
from filters.context import Context
from filters.finding import Evidence, Finding, finding_of
from filters.many.audience import audience, behind
from filters.matter import Passage, attached_words, own_words
from filters.solicitation.lists import ADVERT, CHAIN, IMPRINT, POLITICS, PRE_ELECTION, Sought
from filters.tongue import Tongue, not_checked, tongue_of
from signatures.message.anatomy import Anatomy

NAME = "solicitation"

_MOST = 5
_LONGEST = 200
_PUBLIC = 10
"""People outside the council from whom on mail is addressed to the public."""

_OURS = "If it is the Council's business, confirm that it is to go; else send it from an address of your own."
_REASONS = (
    (CHAIN, "reads like a chain letter, and those do not go on from a council address."),
    (ADVERT, "reads like an advertisement or a private sale, and those do not go from a council address."),
    (
        POLITICS,
        "reads like campaigning for a candidate or a party, and that does not go from a council address.",
    ),
)


def check(anatomy: Anatomy, context: Context, policy: CheckPolicy) -> Iterator[Finding]:
    """At most one finding for each kind, and a note on what is not in English. Raises TooMuch."""
    read: list[Passage] = []
    foreign: set[Tongue] = set()
    for each in own_words(anatomy, context):
        tongue = tongue_of(each.text)
        if tongue is Tongue.ENGLISH:
            read.append(each)
        else:
            foreign.add(tongue)
    for sought, says in _REASONS:
        found = _seen(read, sought)
        if sought is POLITICS:
            found += _seen(attached_words(context), IMPRINT)
        if found:
            yield finding_of(NAME, policy, f"{_quoted(found)} {says} {_OURS}", found[:_MOST])
    period = _period(context)
    if period is not None and (found := _seen(read, PRE_ELECTION)) and _is_public(anatomy, context):
        yield finding_of(NAME, policy, f"{_quoted(found)} {_careful(period)}", found[:_MOST])
    if foreign:
        yield not_checked(NAME, policy, foreign)


def _seen(passages: Iterable[Passage], sought: Sought) -> list[Evidence]:
    found = (
        Evidence(where=where, text=said[:_LONGEST]) for where, text in passages for said in sought.found(text)
    )
    return list(dict.fromkeys(found))


def _quoted(found: list[Evidence]) -> str:
    """The first phrase as it is told in a sentence, and how many there are besides."""
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return f"“{' '.join(found[0].text.split())}”{more}"


def _careful(period: PreElection) -> str:
    last = f"{period.until.day} {period.until:%B %Y}"
    return (
        "could be read as publicity for a candidate, a party or one side of a dispute, and this goes to the public. "
        f"Until {last} the Council is careful of that ({period.name}). Leave it out, or confirm that it is to go."
    )


def _period(context: Context) -> PreElection | None:
    """The pre-election period that today lies in, as the Clerk has set it."""
    periods = context.council.content.pre_election
    return next((each for each in periods if each.from_ <= context.today <= each.until), None)


def _is_public(anatomy: Anatomy, context: Context) -> bool:
    """Whether many people outside the council get it, lists opened up. A list whose members nobody told us of may be
    anybody's, unless its size is known.
    """
    council = context.council
    addresses = audience(anatomy, context).addresses
    lists = by_address(council.lists)
    told = {each for address in addresses for each in opened(address, lists)} & lists.keys()
    if any(not lists[each].members and lists[each].size is None for each in told):
        return True
    reached = behind(addresses, council)
    return sum(not council.is_internal(each) for each in reached.people) + reached.more >= _PUBLIC
