"""The two steps that a worker does: read the message, then decide on it."""

from __future__ import annotations

from datetime import date, datetime
from email.utils import format_datetime

from pydantic import ConfigDict

from config.base import Frozen
from config.council import Council
from filters.context import Context, Envelope, Profile
from filters.decide import could_not_be_checked, decide
from filters.finding import Decision
from filters.form import unfit
from filters.loops import looping
from signatures.message.anatomy import Anatomy, read
from signatures.message.fixes import Stamp, header_splices, leaving
from signatures.message.long_lines import TooLong, long_lines
from signatures.message.scanner import CAPS, Caps, Part, scan_parts
from signatures.message.splices import Splice, in_order

__all__ = [
    "Analysis",
    "Questions",
    "Reading",
    "Situation",
    "could_not_be_checked",
    "decide_step",
    "read_step",
]


class Questions(Frozen):
    """What the message raises and only the archive can answer: the messages it answers, whom it names."""

    parents: tuple[str, ...]
    addresses: tuple[str, ...]


class Reading(Frozen):
    """What the first step found."""

    anatomy: Anatomy
    questions: Questions


class Situation(Frozen):
    """A `Context` without its council, which changes seldom and travels by itself, and what to stamp with."""

    person: str | None
    authenticated: bool
    profile: Profile
    envelope: Envelope
    received_at: datetime
    today: date
    message: str
    hostname: str

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
        )


class Analysis(Frozen):
    """What the second step came to: the decision, and the changes that the message needs to leave."""

    decision: Decision
    splices: tuple[tuple[int, int, bytes], ...]

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    @property
    def rewrite(self) -> tuple[Splice, ...]:
        """The changes, as splices."""
        return tuple(Splice(*each) for each in self.splices)


def read_step(raw: bytes, caps: Caps = CAPS) -> Reading:
    """The message taken apart, and the questions that it raises. Raises Unscannable."""
    anatomy = read(raw, caps)
    addresses = {mailbox.address for mailbox in (*anatomy.authors, *anatomy.senders, *anatomy.recipients)}
    return Reading(
        anatomy=anatomy,
        questions=Questions(parents=anatomy.references, addresses=tuple(sorted(addresses - {""}))),
    )


def decide_step(
    raw: bytes, reading: Reading, situation: Situation, council: Council, caps: Caps = CAPS
) -> Analysis:
    """The decision on a message, and the changes it needs to leave. Raises Unscannable.

    A message that cannot be made fit to leave is refused, whatever else is found: see `filters.form`.
    """
    decision = decide(reading.anatomy, situation.within(council))
    parts = scan_parts(raw, caps)
    if (loop := looping(raw, parts[0], situation.hostname)) is not None:
        return Analysis(decision=Decision(findings=(*decision.findings, loop)), splices=())
    try:
        splices = _changes(raw, parts, stamp_of(situation))
    except _Unfit as error:
        return Analysis(decision=Decision(findings=(*decision.findings, unfit(str(error)))), splices=())
    return Analysis(
        decision=decision,
        splices=tuple((each.offset, each.length, each.replacement) for each in splices),
    )


class _Unfit(Exception):
    """The message cannot leave as it is; the text is a sentence that says why."""


def _changes(raw: bytes, parts: tuple[Part, ...], stamp: Stamp) -> list[Splice]:
    """Everything that must change for the message to leave. Raises _Unfit."""
    if parts[0].malformed:
        # Where the header ends is then in the eye of the reader, and with it what is hidden and what is said.
        raise _Unfit("The header of the message has a line that is no header line.")
    try:
        long = long_lines(raw, parts, frozenset(leaving(raw, parts[0], stamp)))
    except TooLong as error:
        raise _Unfit(f"The message has a line that is too long to be sent, {error}.") from None
    return in_order((*header_splices(raw, parts[0], stamp), *long), len(raw))


def stamp_of(situation: Situation) -> Stamp:
    """What is put into a message that lacks it: when it came in, and its queue id here."""
    return Stamp(
        date=format_datetime(situation.received_at),
        message_id=f"<{situation.message}@{situation.hostname}>",
        authserv_id=situation.hostname,
    )
