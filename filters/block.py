"""The checks `signature` and `waiver`: not a look at the message, but what is written into it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from config.address import domain_of
from config.message_class import Fallback, MessageClass
from config.policy import CheckPolicy, Stage, Verdict
from filters.capacity import capacity_in
from filters.context import Context
from filters.decide import in_force_for
from filters.finding import Evidence, Finding, finding_of, incomplete
from filters.registry import WRITTEN
from signatures.block.earlier import earlier
from signatures.block.enclose import Marks
from signatures.block.recognised import known_of
from signatures.block.record import Record
from signatures.block.render import Block, render
from signatures.block.write import Sending, Written, write
from signatures.message.anatomy import Anatomy
from signatures.message.long_lines import TooLong
from signatures.message.scanner import Caps, Part, Unscannable

_NAMED = {"signature": "The agreed signature", "waiver": "The waiver"}
_VERDICTS = {Fallback.HOLD: Verdict.HOLD, Fallback.REFUSE: Verdict.REFUSE}
_REMOVED = {
    "tag_line": "A line that the mail program had added was taken out of the message.",
    "contact": "The sender's own contact lines were taken out, as the agreed signature stands in their place.",
    "suspected": "The message has lines that look like another signature; they were left as they are.",
}
_NOT_SENT = "Please send it again without that, or ask the Clerk."


NOT_WRITTEN = Written((), Record())


@dataclass(frozen=True, slots=True)
class Signed:
    """What the two checks came to: findings, what is written, and a record of it (of a trial, none)."""

    findings: tuple[Finding, ...] = ()
    written: Written = NOT_WRITTEN


def sign(
    raw: bytes, parts: tuple[Part, ...], anatomy: Anatomy, context: Context, message_id: str, caps: Caps
) -> Signed:
    """Write what the council's policy enforces, and say what it would have written where it does not.

    `message_id` is the message's, given or ours. Raises Unscannable, TooLong. Any other failure is a finding
    "could not be checked" at each check's own stage: nothing goes without a signature or a waiver in silence.
    """
    policies = {name: policy for name, policy in in_force_for(context) if name in WRITTEN}
    if not policies:
        return Signed()
    try:
        return _signed(raw, parts, anatomy, context, message_id, caps, policies)
    except (Unscannable, TooLong, MemoryError):
        raise
    except Exception as error:
        why = f"the signature or the waiver could not be written, {type(error).__name__}"
        record = Record(without=_enforced(policies), reason=why)
        return Signed(
            tuple(incomplete(name, policy, why) for name, policy in policies.items()), Written((), record)
        )


def _signed(
    raw: bytes,
    parts: tuple[Part, ...],
    anatomy: Anatomy,
    context: Context,
    message_id: str,
    caps: Caps,
    policies: Mapping[str, CheckPolicy],
) -> Signed:
    address = anatomy.authors[0].address if anatomy.authors else ""
    sender = context.sender
    if anatomy.resent:
        # Somebody else's letter, sent on as it is: our signature below it would make it the sender's own.
        reason = "it is another's message, sent on as it is"
        record = Record(without=tuple(policies), reason=reason, resent=True)
        kept = record.model_copy(update={"without": _enforced(policies)})
        return Signed(tuple(_findings(record, policies)), Written((), kept))
    capacity = capacity_in(anatomy, context)
    block = render(context.council, sender, address, capacity, context.today)
    writer = context.council.person(context.originator) if context.originator else None
    if writer is not None:
        # What somebody else wrote may have that person's signature: it gives way to the sender's.
        theirs = earlier(context.council, writer, writer.login, context.today)
        block = replace(block, earlier=(*block.earlier, *theirs))
    sending = Sending(
        Marks(message_id.encode("utf-8", "replace"), domain_of(address) or "vestry.invalid"),
        null_sender=not context.envelope.mail_from,
        known=known_of(context.council, sender, address, context.today),
    )
    fallback = context.council.policy.fallback
    everything = write(raw, parts, _only(block, policies), fallback, caps, sending=sending)
    enforced = _enforced(policies)
    if len(enforced) == len(policies):
        written = everything
    elif enforced:
        written = write(raw, parts, _only(block, enforced), fallback, caps, sending=sending)
    else:
        written = NOT_WRITTEN
    none = tuple(name for name in policies if getattr(block, name) is None)
    if none:
        everything, written = _with_none(everything, none), _with_none(written, none, enforced)
    return Signed(tuple(_findings(everything.record, policies)), written)


def _enforced(policies: Mapping[str, CheckPolicy]) -> tuple[str, ...]:
    return tuple(name for name, policy in policies.items() if policy.stage is Stage.ENFORCE)


def _with_none(written: Written, none: tuple[str, ...], among: Collection[str] | None = None) -> Written:
    """The same, with what there is no agreed text for among what it goes without."""
    missing = tuple(name for name in none if among is None or name in among)
    if not missing:
        return written
    record = written.record
    reason = record.reason or "there is no agreed text for its sender"
    update = {"without": (*record.without, *missing), "reason": reason}
    return replace(written, record=record.model_copy(update=update))


def _only(block: Block, names: Collection[str]) -> Block:
    return replace(
        block,
        signature=block.signature if "signature" in names else None,
        logo=block.logo if "signature" in names else None,
        waiver=block.waiver if "waiver" in names else None,
    )


def _findings(record: Record, policies: Mapping[str, CheckPolicy]) -> Iterator[Finding]:
    for name, policy in policies.items():
        if name in record.without:
            yield _left_out(name, policy, record)
        elif any(name in placed.what for placed in record.placed):
            if policy.stage is not Stage.ENFORCE:
                yield _finding(name, policy, f"{_NAMED[name]} would have been written into this message.")
            if name == "waiver" and record.message_class is MessageClass.TNEF:
                reason = "People who use Outlook may not see the waiver, as the message has a winmail.dat."
                yield _finding(name, policy, reason)
    if "signature" in policies:
        for what, reason in _REMOVED.items():
            lines = dict.fromkeys(each.words for each in record.removed if each.what == what)
            if lines:
                seen = tuple(Evidence(where="signature", text=words) for words in lines)
                yield _finding("signature", policies["signature"], _in_trial(reason, policies), *seen)


def _in_trial(reason: str, policies: Mapping[str, CheckPolicy]) -> str:
    if policies["signature"].stage is Stage.ENFORCE:
        return reason
    return reason.replace(" was taken out", " would have been taken out").replace(
        " were taken out", " would have been taken out"
    )


def _left_out(name: str, policy: CheckPolicy, record: Record) -> Finding:
    verdict = _VERDICTS.get(record.fallback, Verdict.NOTE) if record.fallback else Verdict.NOTE
    reason = f"{_NAMED[name]} could not be written into this message: {record.reason}."
    if verdict is Verdict.REFUSE:
        reason = f"{reason} {_NOT_SENT}"
    return _finding(name, policy, reason, verdict=verdict)


def _finding(
    name: str, policy: CheckPolicy, reason: str, *evidence: Evidence, verdict: Verdict = Verdict.NOTE
) -> Finding:
    return finding_of(name, policy, reason, evidence, verdict=verdict)
