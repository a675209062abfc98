"""What a councillor wrote, sent by the Clerk in the Clerk's own name.

It is a new message, from the Clerk's address, with the Clerk's signature and the waiver, decided on as whatever the Clerk
writes; the Clerk's word is given with it. The held one stays as it came in, and leaves no more. The new one's record
names it, and with it who wrote what the Clerk sent.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass

from sqlalchemy import Connection

from config.council import Council
from config.policy import Verdict
from filters.analysis import Analysis, Reading, Situation
from filters.context import Envelope, Profile, Recipient
from gateway.holds.change import UNCHANGED, Change
from gateway.holds.changing import Held, held_message, taken_out, unread, whole_change
from gateway.holds.decisions import Act, release, require_held
from gateway.holds.ready import Read
from gateway.holds.telling import tell_sender
from gateway.holds.words import Act as Done
from gateway.holds.words import require_in_office, require_officer
from gateway.intake.answers import kept_prints, questions, shown, stretches
from gateway.intake.completing import completed
from gateway.intake.found_by import found_by
from gateway.intake.heading import heading_of
from gateway.intake.looking import look_inside, time_to_look
from gateway.intake.submission import Origin
from gateway.intake.trace import received_field
from gateway.notices.mask import masked_reason
from gateway.notices.outcomes import Told
from gateway.notices.people import address_of
from gateway.scanning.scanner import Scanner
from gateway.store import answers, archive, councils, holds, ledger, messages
from gateway.store.errors import Conflict
from gateway.store.kinds import MessageState
from gateway.store.messages import CouncilChanged, Entry
from gateway.workers.analysis import Analyst, Unreadable
from gateway.workers.pool import WorkerFailed
from signatures.message.splices import apply, composed
from signatures.message.words import display_name

_SECONDS = 60.0
_PROTOCOL = "ESMTPA"


@dataclass(frozen=True, slots=True)
class AsClerk:
    """The Clerk's message, ready to be written into the archive and to leave."""

    entry: Entry
    change: Change


@dataclass(frozen=True, slots=True)
class _Trace:
    """See `gateway.intake.trace.Traced`."""

    id: str
    protocol: str = _PROTOCOL
    tls: str = ""


async def made_as_clerk(
    analyst: Analyst,
    read: Read,
    council_id: str,
    message: str,
    act: Act,
    change: Change = UNCHANGED,
    *,
    seconds: float = _SECONDS,
    scanner: Scanner | None = None,
) -> AsClerk:
    """What a held message says, as `by`'s own message to the same people, but for those who are left out.

    Raises NotFound, and Conflict where `by` is no officer or its sender, it cannot be made another's, or it would be
    refused.
    """
    held = await read(lambda c: held_message(c, council_id, message))
    require_held(held.row, act.by)
    require_officer(held.council, act.by, act.today)
    if held.row.person == act.by:
        raise Conflict(f"{message} is {act.by}'s own already; release it instead")
    whole = whole_change(held, change)
    deadline = asyncio.get_running_loop().time() + seconds
    raw = await _reissued(analyst, held, whole, act, deadline)
    try:
        reading = await analyst.read(raw, deadline)
        situation = _situation(held, whole, act)
        asked = questions(
            reading, situation.envelope, held.council, situation.message, act.by, situation.today
        )
        found = await read(lambda c: answers.answer(c, asked))
        inside = await look_inside(
            analyst, scanner, raw, reading, held.council, act.now, time_to_look(deadline)
        )
        found = await completed(read, analyst, held.council.id, reading, found, inside.documents, deadline)
        situation = inside.settled.added_to(situation, found)
        document = held.council.model_dump_json(by_alias=True).encode()
        analysis = await analyst.decide(raw, reading, document, situation, deadline)
    except WorkerFailed as error:
        raise Conflict(unread(message, error.reason)) from None
    if analysis.decision.verdict is Verdict.REFUSE:
        reasons = " ".join(masked_reason(finding) for finding in analysis.decision.findings)
        raise Conflict(f"{message} cannot be sent as Clerk: {reasons}")
    return AsClerk(_entry(held, act, raw, situation, reading, analysis), whole)


def send_as_clerk(connection: Connection, council_id: str, message: str, act: Act, made: AsClerk) -> str:
    """Send it, and give the held one back as sent as Clerk. Its sender is told. Returns the new message's id.

    Raises NotFound, and Conflict where something was decided meanwhile, or by the council's policy somebody else
    must have a word in what the Clerk sends.
    """
    ledger.lock(connection, council_id)
    version, council = councils.load(connection, council_id)
    row = archive.message(connection, council_id, message)
    require_held(row, act.by)
    require_officer(council, act.by, act.today)
    require_in_office(council, row.person, act.today)
    kept = held_message(connection, council_id, message).kept
    if version != made.entry.council_version or made.change.also(kept) != made.change:
        raise Conflict(f"something was decided about {message} meanwhile; look again, and decide again")
    holds.decide(
        connection,
        council,
        version,
        message,
        state=MessageState.RETURNED,
        act=Done.SENT_AS_CLERK,
        by=act.by,
        why=act.why,
        now=act.now,
        detail=json.dumps({"sent_as": made.entry.id}),
    )
    try:
        recorded = messages.record(connection, made.entry)
    except CouncilChanged:
        raise Conflict(f"{council_id} was changed meanwhile; look again, and decide again") from None
    if recorded.state is MessageState.HELD:
        given = release(connection, council_id, recorded.id, act, of_another=True)
        if given.departure is None:
            raise Conflict(f"what the Clerk sends here needs the word of {given.waits_for} as well")
    tell_sender(connection, council, row, Told.SENT_AS_CLERK, act.by, act.why, act.now, change=made.change)
    return recorded.id


async def _reissued(analyst: Analyst, held: Held, change: Change, act: Act, deadline: float) -> bytes:
    """The new message's bytes, as if the Clerk had handed them in. Raises Conflict."""
    removed = await taken_out(analyst, held, change, deadline)
    left = apply(held.raw, removed)
    try:
        made = await analyst.reissue(left, _author(held.council, act), deadline)
    except Unreadable as error:
        raise Conflict(f"{held.row.id} cannot be sent as Clerk: {error.reason}") from None
    except WorkerFailed as error:
        raise Conflict(unread(held.row.id, error.reason)) from None
    return apply(held.raw, composed(len(held.raw), removed, made))


def _author(council: Council, act: Act) -> str:
    """The value of the From field of what an officer sends."""
    person = council.person(act.by)
    assert person is not None  # An officer is somebody.
    address = address_of(person, council, act.today)
    return f"{display_name(person.name).decode()} <{address}>" if person.name else address


def _situation(held: Held, change: Change, act: Act) -> Situation:
    person = held.council.person(act.by)
    assert person is not None  # An officer is somebody.
    recipients = tuple(
        Recipient(address=each.address, canonical=each.canonical)
        for each in held.recipients
        if each.added_by is None and each.number not in change.left_out
    )
    return Situation(
        person=act.by,
        authenticated=True,
        profile=Profile.SUBMISSION,
        envelope=Envelope(
            mail_from=address_of(person, held.council, act.today),
            recipients=recipients,
            smtputf8=held.row.smtputf8,
            body=held.row.body,
        ),
        received_at=act.now,
        today=act.today,
        message=messages.new_id(act.now),
        hostname=act.hostname,
        originator=held.row.person,
    )


def _entry(
    held: Held, act: Act, raw: bytes, situation: Situation, reading: Reading, analysis: Analysis
) -> Entry:
    council = held.council
    return Entry(
        id=situation.message,
        council=council.id,
        council_version=held.version,
        policy_version=council.policy.version,
        received_at=act.now,
        raw=raw,
        envelope=situation.envelope,
        origin=Origin(Profile.SUBMISSION, act.by, (council.id,), "", "", _PROTOCOL),
        person=act.by,
        heading=heading_of(reading),
        decision=analysis.decision,
        splices=analysis.rewrite,
        trace=received_field(_Trace(situation.message), act.hostname, act.now),
        upstream=council.upstream,
        written=analysis.record,
        prints=kept_prints(reading),
        shown=shown(reading),
        added=analysis.added,
        capacity=analysis.capacity,
        about=held.row.id,
        stretches=stretches(reading),
        content=found_by(reading, None),
    )
