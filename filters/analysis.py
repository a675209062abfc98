"""The two steps that a worker does: read the message, then decide on it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from email.utils import format_datetime

from pydantic import ConfigDict

from config.base import Frozen
from config.capacity import Capacity
from config.council import Council
from config.policy import Verdict
from filters.answers import NO_ANSWERS, Answers
from filters.block import Signed, sign
from filters.capacity import capacity_in
from filters.clerk_copy import adds, copy_for, without_copy
from filters.context import Added, Context, Envelope, Profile
from filters.decide import could_not_be_checked, decide
from filters.extract.document import Documents
from filters.finding import Decision, Finding
from filters.form import unfit
from filters.headings import Headings, headings
from filters.indexed import Indexed, indexed
from filters.loops import looping
from filters.spared import spared
from signatures.block.record import Record
from signatures.block.write import Written
from signatures.message.anatomy import Anatomy, apart
from signatures.message.carried.prints import EVERY, MOST, prints_of
from signatures.message.dkim import broken
from signatures.message.fixes import Stamp, header_splices, leaving
from signatures.message.long_lines import TooLong, long_lines
from signatures.message.readdressing import CannotReaddress
from signatures.message.readdressing import readdressed as readdress
from signatures.message.reissue import CannotReissue
from signatures.message.reissue import reissued as reissue
from signatures.message.scanner import CAPS, Caps, Part, scan_parts
from signatures.message.splices import Splice, in_order
from signatures.message.stripping import CannotStrip, strip

__all__ = [
    "Analysis",
    "CannotReaddress",
    "CannotReissue",
    "CannotStrip",
    "Changes",
    "Questions",
    "Reading",
    "Situation",
    "could_not_be_checked",
    "decide_step",
    "read_step",
    "readdressed",
    "reissued",
    "stripped",
]


class Questions(Frozen):
    """What the message raises and only the archive can answer: the messages it answers or sends on, whom it
    names, the fingerprints of its own words.

    `more` are all of those where `prints` has some of them only, and `carried` the fingerprints of the earlier
    messages in it.
    """

    parents: tuple[str, ...]
    addresses: tuple[str, ...]
    prints: tuple[int, ...] = ()
    more: tuple[int, ...] = ()
    carried: tuple[int, ...] = ()


class Reading(Frozen):
    """What the first step found. `indexed` is what the archive finds it by; no decision asks for that."""

    anatomy: Anatomy
    questions: Questions
    indexed: Indexed = Indexed()


class Situation(Frozen):
    """A `Context` without its council, which changes seldom and travels by itself, and what to stamp with.

    `added` are those whom policy added to it before, beside the envelope's; None where it has yet to be seen.
    `originator` is the login of whoever wrote what `person` sends, `documents` what was read of what is attached.
    """

    person: str | None
    authenticated: bool
    profile: Profile
    envelope: Envelope
    received_at: datetime
    today: date
    message: str
    hostname: str
    answers: Answers = NO_ANSWERS
    added: tuple[Added, ...] | None = None
    originator: str | None = None
    documents: Documents | None = None

    def within(self, council: Council) -> Context:
        """The whole context. Its parts are valid already, and a council takes time to look over again."""
        return Context.model_construct(
            council=council,
            person=self.person,
            authenticated=self.authenticated,
            profile=self.profile,
            envelope=self.envelope,
            received_at=self.received_at,
            today=self.today,
            answers=self.answers,
            originator=self.originator,
            documents=self.documents,
        )


class Changes(Frozen):
    """Changes to a message, as they travel from a worker."""

    splices: tuple[tuple[int, int, bytes], ...]

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    @property
    def rewrite(self) -> tuple[Splice, ...]:
        """The changes, as splices."""
        return tuple(Splice(*each) for each in self.splices)


class Analysis(Changes):
    """What the second step came to: the decision, and the changes that the message needs to leave.

    `record` says what of them is the agreed signature and the waiver, or why they are not there. `added` are
    recipients besides those of the envelope; of a message that is refused there are none. `capacity` is the one in
    which it is written.
    """

    decision: Decision
    record: Record = Record()
    added: tuple[Added, ...] = ()
    capacity: Capacity | None = None


def read_step(raw: bytes, caps: Caps = CAPS) -> Reading:
    """The message taken apart, and the questions that it raises. Raises Unscannable."""
    message = apart(raw, caps)
    anatomy = message.anatomy
    addresses = {mailbox.address for mailbox in (*anatomy.authors, *anatomy.senders, *anatomy.recipients)}
    return Reading(
        anatomy=anatomy,
        questions=Questions(
            parents=_parents(anatomy),
            addresses=tuple(sorted(addresses - {""})),
            prints=anatomy.prints,
            more=prints_of(anatomy.own_texts, EVERY) if len(anatomy.prints) >= MOST else (),
            carried=prints_of(anatomy.trail_texts, EVERY),
        ),
        indexed=indexed(raw, message),
    )


def _parents(anatomy: Anatomy) -> tuple[str, ...]:
    """The ids of earlier messages that the header or an attachment names, each once."""
    attached = (each.message_id for each in anatomy.earlier if each.message_id)
    return tuple(dict.fromkeys((*anatomy.references, *anatomy.marks.forwards, *attached)))


def decide_step(
    raw: bytes, reading: Reading, situation: Situation, council: Council, caps: Caps = CAPS
) -> Analysis:
    """The decision on a message, and the changes it needs to leave. Raises Unscannable.

    A message that cannot be made fit to leave is refused, whatever else is found: see `filters.form`.
    """
    context = situation.within(council)
    decision = spared(decide(reading.anatomy, context), council, context.envelope)
    parts = scan_parts(raw, caps)
    if (loop := looping(raw, parts[0], situation.hostname)) is not None:
        return _refused(decision, loop)
    stamp = stamp_of(situation)
    signed = Signed()
    copy = _copy(reading.anatomy, context, decision, situation.added)
    try:
        if decision.verdict is not Verdict.REFUSE and not parts[0].malformed:
            message_id = reading.anatomy.message_id or stamp.message_id
            signed = sign(raw, parts, reading.anatomy, context, message_id, caps)
        headed = headings(raw, parts[0], reading.anatomy, context, copy)
        splices, unsealed = _changes(raw, parts, stamp, signed.written, headed)
    except TooLong as error:
        return _refused(decision, unfit(f"The message has a line that is too long to be sent, {error}."))
    except _Unfit as error:
        return _refused(decision, unfit(str(error)))
    decision = Decision(findings=(*decision.findings, *signed.findings))
    decision = spared(decision, council, context.envelope)
    if decision.verdict is Verdict.REFUSE:
        decision, copy = Decision(findings=without_copy(decision.findings)), None
    return Analysis(
        decision=decision,
        splices=tuple((each.offset, each.length, each.replacement) for each in splices),
        record=signed.written.record.model_copy(update={"dkim_removed": unsealed}),
        added=(copy,) if copy else (),
        capacity=capacity_in(reading.anatomy, context),
    )


def _copy(
    anatomy: Anatomy, context: Context, decision: Decision, before: tuple[Added, ...] | None
) -> Added | None:
    """Who gets a copy by policy: who got it before, when the message is looked at again."""
    if before is not None:
        return next(iter(before), None)
    return copy_for(anatomy, context) if adds(decision.findings) else None


def _refused(decision: Decision, finding: Finding) -> Analysis:
    return Analysis(decision=Decision(findings=(*without_copy(decision.findings), finding)), splices=())


class _Unfit(Exception):
    """The message cannot leave as it is; the text is a sentence that says why."""


def _changes(
    raw: bytes, parts: tuple[Part, ...], stamp: Stamp, written: Written, headed: Headings
) -> tuple[list[Splice], int]:
    """Everything that must change for the message to leave, and how many DKIM signatures went with it.

    Raises _Unfit, TooLong.
    """
    top = parts[0]
    if top.malformed:
        # Where the header ends is then in the eye of the reader, and with it what is hidden and what is said.
        raise _Unfit("The header of the message has a line that is no header line.")
    gone = frozenset(leaving(raw, top, stamp))
    fixes = header_splices(raw, top, stamp)
    names = {field.name for field in gone} | headed.names
    names |= {"date", "message-id"} if _adds(fixes, top) else set()
    fitted = gone | headed.fitted
    long = long_lines(raw, parts, fitted, written.done)
    dead = broken(raw, top, content=bool(written.splices or long), fields=names)
    if dead:
        long = long_lines(raw, parts, fitted | set(dead), written.done)
    if any(
        each.offset + each.length == len(raw) and each.replacement.endswith(b"\r\n")
        for each in written.splices
    ):
        fixes = tuple(each for each in fixes if each.offset < len(raw))  # The last line is ended already.
    unsealing = (Splice(field.start, field.end - field.start, b"") for field in dead if field not in gone)
    return in_order((*headed.splices, *fixes, *unsealing, *written.splices, *long), len(raw)), len(dead)


def _adds(fixes: tuple[Splice, ...], top: Part) -> bool:
    return any(each.offset == top.start and not each.length for each in fixes)


def stripped(raw: bytes, caps: Caps = CAPS) -> tuple[Splice, ...]:
    """The splices that take the earlier messages out of a message, on its sender's word; none where it has none.

    Raises CannotStrip, Unscannable. What is left is another message: it is read and decided on anew.
    """
    return strip(raw, scan_parts(raw, caps), caps)


def readdressed(raw: bytes, caps: Caps, gone: Collection[str]) -> tuple[Splice, ...]:
    """The splices that take recipients, canonical addresses, out of where everybody sees them; none where none of
    them stands there.

    Raises CannotReaddress, Unscannable. What is left is another message: it is read and decided on anew.
    """
    return readdress(raw, scan_parts(raw, caps)[0], gone)


def reissued(raw: bytes, caps: Caps, author: str) -> tuple[Splice, ...]:
    """The splices that make a message one From `author`, the value of that field.

    Raises CannotReissue, Unscannable. What is left is another message: it is read and decided on anew.
    """
    return reissue(raw, scan_parts(raw, caps), author.encode())


def stamp_of(situation: Situation) -> Stamp:
    """What is put into a message that lacks it: when it came in, and its queue id here."""
    return Stamp(
        date=format_datetime(situation.received_at),
        message_id=f"<{situation.message}@{situation.hostname}>",
        authserv_id=situation.hostname,
    )
