"""The check `personal_data`: what of people goes out, judged by combination, by quantity and by who gets it.

Bare contact details are how business is done, and no finding. A number that is sensitive by itself is one; so are a
name with a word about health, debts or crime, a name with an address and a complaint, and a list of people. What is
the council's own, published, the sender's, or the one recipient's own is nobody's concern.

Numbers, addresses and titles are known in whatever language stands around them; words such as "arrears" in English.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from config.checks import switch, threshold
from config.policy import CheckPolicy, Verdict
from filters.context import Context
from filters.finding import Finding, Wants, finding_of
from filters.matter import Passage, attached_words, others_words, own_words
from filters.personal_data import engine, judge
from filters.personal_data.found import Look, Part, parts_of
from filters.personal_data.own import known
from filters.personal_data.photographs import photographs
from filters.personal_data.reach import MANY_INSIDE, Reach, reach_of
from filters.personal_data.unread import unread
from signatures.message.anatomy import Anatomy

NAME = "personal_data"
_MOST = 8
"""Pieces of evidence that a finding has."""


@dataclass(frozen=True, slots=True)
class _Source:
    """Some words of the message, and how a reason begins that is about them."""

    opening: str
    passages: Sequence[Passage]
    own: bool = False


def check(
    anatomy: Anatomy, context: Context, policy: CheckPolicy, *, filtered: bool = True
) -> Iterator[Finding]:
    """A finding for the author's own words, one for what is attached, one for earlier messages that go along; and
    for photographs, and for what could not be read. Without `filtered` the engine looks at every paragraph.

    Raises TooMuch (`filters.matter`), and NotLoaded (`filters.personal_data.engine`) where that is to be seen to.
    """
    reach = reach_of(anatomy, context)
    if not reach.outside and reach.inside < MANY_INSIDE:
        return
    own = own_words(anatomy, context)
    look = Look(
        known=known(context, reach, own),
        people=threshold(NAME, policy.thresholds, "people"),
        basis=bool(reach.outside) and switch(NAME, policy.switches, "basis"),
        filtered=filtered,
        names=engine.knows_names(),
    )
    for source in (
        _Source("This message", own, own=True),
        _Source("What is attached", attached_words(context)),
        _Source("An earlier message that goes along", others_words(anatomy, context)),
    ):
        parts = parts_of(source.passages, look, own_words=source.own)
        yield from _finding(source, list(_judged(parts, look, reach)), look, reach, policy)
    if reach.outside:
        if switch(NAME, policy.switches, "photographs"):
            yield from photographs(NAME, anatomy, context, policy, reach)
        yield from unread(NAME, anatomy, context, policy, reach)


def _judged(parts: Sequence[Part], look: Look, reach: Reach) -> Iterator[judge.Judged]:
    found = [judge.alone(parts), judge.sensitive(parts)]
    if reach.outside:
        found.append(judge.listing(parts, look.people))
    if look.basis and found[1:] == [None, None]:
        found.append(judge.passed_on(parts))
    yield from (each for each in found if each is not None)


def _finding(
    source: _Source, judged: Sequence[judge.Judged], look: Look, reach: Reach, policy: CheckPolicy
) -> Iterator[Finding]:
    if not judged:
        return
    evidence = dict.fromkeys(each for found in judged for each in found.evidence)
    wants = Wants.BASIS if look.basis else Wants.NOTHING
    what = judge.listed([found.what for found in judged])
    yield finding_of(
        NAME,
        policy,
        f"{source.opening} goes to {reach.spoken} and gives {what}. {_choice(policy.verdict, wants)}",
        list(evidence)[:_MOST],
        about=reach.outside,
        wants=wants,
        masked=True,
    )


def _choice(verdict: Verdict, wants: Wants) -> str:
    if wants is Wants.BASIS:
        return "Leave out what need not go; or record the lawful basis on which it may, such as that person's consent."
    if verdict is Verdict.HOLD:
        return "Leave out what need not go, or ask the Clerk to let it go."
    return "Leave out what need not go, or confirm that all of it is to go."
