"""The check `confidential`: see the package."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from config.checks import switch
from config.policy import CheckPolicy, Verdict
from filters.confidential.audience import Audience, audience
from filters.confidential.labels import labelled
from filters.confidential.marked import in_documents, in_names, in_words
from filters.confidential.watching import WatchList
from filters.context import Context
from filters.extract.document import Fact
from filters.finding import Evidence, Finding, finding_of, incomplete
from filters.forwarding.reasons import listed
from filters.matter import EARLIER, Passage, attached_words, others_words, own_words
from filters.tongue import Tongue, not_checked, tongue_of
from signatures.message.anatomy import Anatomy

NAME = "confidential"
_MOST_EVIDENCE = 10
_MOST_TITLES = 3


def check(anatomy: Anatomy, context: Context, policy: CheckPolicy) -> Iterator[Finding]:
    """What is marked confidential, on the council's watch list, or one of its watched papers, on its way outside.

    A message whose recipients outside are all at domains that the council approved passes, with a note. Where an
    attachment could not be read, and nothing else is found, that is said: it holds, but for scanned papers, which
    councils send every day, and nobody but people can read. Raises TooMuch.
    """
    who = audience(context)
    if not (who.outside or who.secure):
        return
    written = (*own_words(anatomy, context), *others_words(anatomy, context))
    attached = attached_words(context)
    found = list(_found(anatomy, context, policy, who, written, attached))
    yield from found
    if who.outside and not found:
        yield from _unread(context, policy, who)
    tongues = {tongue_of(each.text) for each in written} - {Tongue.ENGLISH}
    if tongues and not found:
        yield not_checked(NAME, policy, tongues)


def _found(
    anatomy: Anatomy,
    context: Context,
    policy: CheckPolicy,
    who: Audience,
    written: tuple[Passage, ...],
    attached: tuple[Passage, ...],
) -> Iterator[Finding]:
    labels = labelled(anatomy.labels) if switch(NAME, policy.switches, "labels") else ()
    marks = _some((*labels, *in_words(written, context), *in_names(anatomy, context), *in_documents(context)))
    if marks:
        yield _finding(policy, who, f"This is marked confidential: “{_short(marks[0].text)}”", marks)
    names = (Passage("attachment's name", each.name) for each in anatomy.attachments if each.name)
    on_list = dict(WatchList(context.council.content.watch_list).found_in((*written, *attached, *names)))
    if on_list:
        said = f"The Clerk has put “{_short(next(iter(on_list)))}” on the Council's list of confidential business"
        yield _finding(policy, who, said, _some(on_list.values()))
    watched = [each for each in context.answers.watched if each.where != EARLIER or _goes_on(written)]
    if watched:
        titles = list(dict.fromkeys(each.title for each in watched))
        named = listed([f"“{_short(each)}”" for each in titles[:_MOST_TITLES]])
        evidence = _some(Evidence(where=each.where, text=each.title) for each in watched)
        yield _finding(
            policy, who, f"It has passages of a confidential paper of the Council in it, {named}", evidence
        )


def _goes_on(written: Iterable[Passage]) -> bool:
    """Whether earlier messages go to anybody who is new to them (`filters.matter.others_words`)."""
    return any(each.where == EARLIER for each in written)


def _finding(policy: CheckPolicy, who: Audience, said: str, evidence: tuple[Evidence, ...]) -> Finding:
    if not who.outside:
        reason = f"{said}. It goes outside the Council only to {listed(who.secure)}, which the Council has approved."
        return finding_of(NAME, policy, reason, evidence, about=who.secure, verdict=Verdict.NOTE)
    reason = (
        f"{said}. It would go to {listed(who.outside)}, outside the Council. What is confidential may go to Council "
        "addresses, and to others that the Council has approved for it. Please take the others out, or ask the Clerk."
    )
    return finding_of(NAME, policy, reason, evidence, about=who.outside)


def _some(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    return tuple(islice(dict.fromkeys(evidence), _MOST_EVIDENCE))


def _short(text: str) -> str:
    said = " ".join(text.split())
    return said if len(said) <= 80 else f"{said[:79]}…"


def _unread(context: Context, policy: CheckPolicy, who: Audience) -> Iterator[Finding]:
    """What of the attachments nobody could read. Where none could be read, and while they are being read,
    `filters.inside` says so.
    """
    found = context.documents.found if context.documents is not None else ()
    unread = [each for each in found if each.unread]
    closed = [each for each in unread if Fact.SCAN not in each.facts]
    if closed:
        yield incomplete(NAME, policy, f"{closed[0].name}: {closed[0].unread}")
    elif unread:
        names = listed([f"“{_short(each.name)}”" for each in unread[:_MOST_TITLES]])
        reason = f"Not checked: the pages of {names} are pictures. Make sure that nothing in there is confidential."
        evidence = _some(Evidence(where="attachment", text=each.name) for each in unread)
        yield finding_of(NAME, policy, reason, evidence, about=who.outside, verdict=Verdict.NOTE)
