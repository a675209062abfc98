"""Mail that is not kept waiting, because of whom it is for: people written to in confidence, and emergencies.

A check's finding that would hold it, or ask about it, is recorded as a note instead. Who a sender is, harm, form and
loops stand: they are not about what a message says. This is for a message whose recipients are all of that kind, or
the council's own people; else whoever wanted a check to look away would only have to add such a recipient.

A message to somebody protected *and* to others keeps its findings. The sender can be asked, as that stays with the
sender; but what would have to be read by somebody else is refused, with the advice to write to them separately: held,
it would be shown to the very person whom it may be about, and let go, it would be a way round every check.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from config.council import Council
from config.destination import Destination
from config.policy import EMERGENCY, PROTECTED, Verdict
from filters import form, loops
from filters.context import Envelope
from filters.finding import Decision, Finding, Need, finding_of
from filters.official import members_of

IN_CONFIDENCE = "protected"
IN_EMERGENCY = "emergency"

_STANDS = frozenset({"sender_identity", "malware", form.NAME, loops.NAME, IN_CONFIDENCE, IN_EMERGENCY})


def in_confidence(council: Council, envelope: Envelope) -> bool:
    """Whether a message goes to somebody whom one may write to without the Clerk knowing, among others perhaps.

    Such a message is sealed: no officer sees it, or that there is one.
    """
    return bool(council.protected) and any(map(council.is_protected, _reached(council, envelope)))


def at_once(council: Council, envelope: Envelope) -> bool:
    """Whether a message goes to people for whom mail must not wait, and to nobody else outside the council."""
    return bool(council.emergency) and _all_urgent(council, _reached(council, envelope))


def spared(decision: Decision, council: Council, envelope: Envelope, *, read: bool = True) -> Decision:
    """The decision on a message, by what its recipients ask for. Where it could not be `read`, nothing is let pass.

    The same again is the same decision.
    """
    if not (council.protected or council.emergency):
        return decision
    reached = _reached(council, envelope)
    if any(map(council.is_protected, reached)):
        alone = read and all(council.is_protected(each) or council.is_internal(each) for each in reached)
        said = _said(council.protected, reached)
        if alone:
            decision = _softened(decision, finding_of(IN_CONFIDENCE, PROTECTED, _CONFIDENTIAL.format(said)))
        return _unseen(decision, said, alone, read)
    if read and _all_urgent(council, reached):
        said = _said(council.emergency, reached)
        return _softened(decision, finding_of(IN_EMERGENCY, EMERGENCY, _URGENT.format(said)))
    return decision


_CONFIDENTIAL = "This message goes to {}, whom one may write to in confidence, so it was not kept waiting."
_URGENT = "This message goes to {}, where mail must not wait, so it was not kept waiting."


def _all_urgent(council: Council, reached: frozenset[str]) -> bool:
    if not any(map(council.is_emergency, reached)):
        return False
    return all(council.is_emergency(each) or council.is_internal(each) for each in reached)


def _reached(council: Council, envelope: Envelope) -> frozenset[str]:
    """The canonical address of everybody whom the envelope takes it to, members of lists among them."""
    return members_of(council, (each.canonical for each in envelope.recipients))


def _softened(decision: Decision, note: Finding) -> Decision:
    """What would keep the message waiting, as notes; and one that says why, where there was anything."""
    waits = {
        id(each) for each in decision.findings if each.effect >= Verdict.ASK and each.check not in _STANDS
    }
    if not waits:
        return decision
    findings = tuple(
        each.model_copy(update={"verdict": Verdict.NOTE}) if id(each) in waits else each
        for each in decision.findings
    )
    told = any(each.check == note.check for each in findings)
    return Decision(findings=findings if told else (*findings, note))


def _unseen(decision: Decision, said: str, alone: bool, read: bool) -> Decision:
    """The decision without any need of somebody who would have to read the message: it is refused instead."""
    if decision.verdict is Verdict.REFUSE or not decision.needs - {Need.SENDER}:
        return decision
    findings = tuple(
        each.model_copy(update={"verdict": Verdict.NOTE}) if each.effect is Verdict.HOLD else each
        for each in decision.findings
    )
    reason = _not_unseen(decision, said, alone, read)
    refused = finding_of(IN_CONFIDENCE, PROTECTED, reason, verdict=Verdict.REFUSE)
    return Decision(findings=(*findings, refused))


def _not_unseen(decision: Decision, said: str, alone: bool, read: bool) -> str:
    if not read:
        return (
            f"This message to {said} could not be looked at by the post room, and nobody here is to read it. Send it "
            "again in a while, as plain text and without attachments if you can; or reach them in another way."
        )
    if alone:
        why = " ".join(each.reason for each in decision.findings if each.effect is Verdict.HOLD)
        return f"Nobody here is to read this message to {said}, and it cannot go unread. {why}"
    return (
        f"This message goes to {said}, whom you may write to in confidence, and to others as well. For the others "
        f"somebody would have to read it first. Send it to {said} alone: then it goes at once, and nobody here sees "
        "it. Write to the others separately."
    )


def _said(entries: Iterable[Destination], reached: frozenset[str]) -> str:
    """Whom of those listed the message goes to, for people to read."""
    return ", ".join(_names(entries, reached))


def _names(entries: Iterable[Destination], reached: frozenset[str]) -> Iterator[str]:
    for entry in entries:
        if any(entry.covers(each) for each in reached):
            yield entry.name or entry.said
