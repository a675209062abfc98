"""Archive entries: one transaction writes message, recipients, decision, ledger and departure, or nothing."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, select

from config.policy import Verdict
from filters.context import Envelope, Profile, Recipient
from filters.finding import Decision
from gateway.intake.submission import Origin
from gateway.store import councils, ledger, queue
from gateway.store import splices as splice_text
from gateway.store.kinds import MessageKind, MessageState
from gateway.store.models import DecisionRow, MessageBody, MessageRow, RecipientRow
from signatures.message.splices import Splice

REPEAT_WINDOW = timedelta(hours=24)
RATE_WINDOW = timedelta(hours=1)
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BY_POLICY = "policy"
_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")

# Statements of the intake road are made once: making one anew costs more than carrying it out.
_ADD_MESSAGE, _ADD_BODY, _ADD_RECIPIENTS = insert(MessageRow), insert(MessageBody), insert(RecipientRow)
_ADD_DECISION = insert(DecisionRow)
# When they came in is looked at here: asked for it, SQLite would look through everything of the last day.
_EARLIER = select(MessageRow.id, MessageRow.state, MessageRow.received_at).where(
    MessageRow.council_id == bindparam("council"), MessageRow.submission_key == bindparam("key")
)
_WRITTEN_TO = (
    select(func.count())
    .select_from(MessageRow)
    .join(
        RecipientRow,
        (RecipientRow.council_id == MessageRow.council_id) & (RecipientRow.message_id == MessageRow.id),
    )
    .where(
        MessageRow.person == bindparam("person"),
        MessageRow.received_at > bindparam("since"),
        MessageRow.state.in_([MessageState.PASSED.value, MessageState.RELEASED.value]),
    )
)


class CouncilChanged(Exception):
    """The council was changed between the decision and its commit: decide again."""


class OverRate(Exception):
    """A login would write to more recipients in an hour than the host allows.

    `first`: nothing of its mail was held within that hour.
    """

    def __init__(self, first: bool) -> None:
        self.first = first
        super().__init__(first)


@dataclass(frozen=True, slots=True)
class Heading:
    """What is kept of a message's header for lists: as people read it, never parsed again for decisions.

    An encoded word may decode to what no database keeps as text, NUL and halves of surrogate pairs: in their
    place stands U+FFFD.
    """

    message_id: str
    subject: str
    from_address: str
    from_domain: str

    def __post_init__(self) -> None:
        for field in fields(self):
            object.__setattr__(self, field.name, _UNKEEPABLE.sub("\ufffd", getattr(self, field.name)))


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message that the post room itself writes: a bounce, or a notice. It departs at once."""

    council: str
    kind: MessageKind
    raw: bytes
    mail_from: str
    recipients: tuple[str, ...]
    heading: Heading
    upstream: str
    about: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A submission with everything decided about it, ready to be committed.

    `splices` make it ready to leave; None where that could not be worked out, and then it cannot leave.
    `recipients_per_hour` is the most that its person may write to, where there is such a limit.
    """

    id: str
    council: str
    council_version: int
    policy_version: str
    received_at: datetime
    raw: bytes
    envelope: Envelope
    origin: Origin
    person: str | None
    heading: Heading
    decision: Decision
    splices: tuple[Splice, ...] | None
    trace: bytes
    upstream: str
    notices: tuple[NewMessage, ...] = ()
    recipients_per_hour: int | None = None

    @property
    def state(self) -> MessageState:
        """What the decision makes of the message."""
        if self.decision.verdict is Verdict.REFUSE:
            return MessageState.REFUSED
        return MessageState.HELD if self.decision.needs else MessageState.PASSED


@dataclass(frozen=True, slots=True)
class Recorded:
    """What stands in the archive: the queue id and the state. `repeated` when it stood there before."""

    id: str
    state: MessageState
    repeated: bool = False


def new_id(now: datetime) -> str:
    """A queue id: 16 characters, later ones sort later, not to be guessed from an earlier one."""
    number = (int(now.timestamp() * 1000) << 35) | secrets.randbits(35)
    text = ""
    for _ in range(16):
        number, digit = divmod(number, 32)
        text = _CROCKFORD[digit] + text
    return text


def record(connection: Connection, entry: Entry) -> Recorded:
    """Write `entry`, whole. The same submission within 24 hours gives the first one's id and writes nothing.

    Raises CouncilChanged when the council is no longer the version that was decided on, and OverRate when the
    message may not simply pass because its person has written to so many already.
    """
    ledger.lock(connection, entry.council)
    if councils.version(connection, entry.council) != entry.council_version:
        raise CouncilChanged(entry.council)
    key = submission_key(entry)
    if key is not None and (first := _first_of(connection, entry, key)) is not None:
        return first
    if entry.state is MessageState.PASSED and _over_rate(connection, entry):
        raise OverRate(first=not _held_lately(connection, entry))
    refused = entry.state is MessageState.REFUSED
    _insert(connection, entry, MessageKind.SUBMITTED, None if refused else key, about=None)
    if entry.state is MessageState.PASSED:
        queue.depart(
            connection,
            council=entry.council,
            message=entry.id,
            from_domain=entry.heading.from_domain,
            upstream=entry.upstream,
            trace=entry.trace,
            splices=_ready(entry),
            recipients=range(len(entry.envelope.recipients)),
            now=entry.received_at,
        )
    for notice in entry.notices:
        write_own(connection, notice, entry.received_at)
    return Recorded(entry.id, entry.state)


def _over_rate(connection: Connection, entry: Entry) -> bool:
    """Whether `entry` would take its person over the limit, counting what left in the last hour."""
    if entry.recipients_per_hour is None or entry.person is None:
        return False
    since = entry.received_at - RATE_WINDOW
    earlier = connection.execute(_WRITTEN_TO, {"person": entry.person, "since": since}).scalar_one()
    return bool(earlier + len(entry.envelope.recipients) > entry.recipients_per_hour)


def _held_lately(connection: Connection, entry: Entry) -> bool:
    held = select(MessageRow.id).where(
        MessageRow.person == entry.person,
        MessageRow.received_at > entry.received_at - RATE_WINDOW,
        MessageRow.state == MessageState.HELD.value,
    )
    return connection.execute(held.limit(1)).first() is not None


def recorded(connection: Connection, message: str) -> Recorded | None:
    """What stands in the archive under a queue id, if anything: the answer to an unknown COMMIT."""
    row = connection.execute(select(MessageRow.id, MessageRow.state).where(MessageRow.id == message)).first()
    return None if row is None else Recorded(row.id, MessageState(row.state))


def write_own(connection: Connection, new: NewMessage, now: datetime) -> str:
    """Write and send off a message of the post room's own. Returns its queue id."""
    recipients = tuple(Recipient(address=a, canonical=a.lower()) for a in new.recipients)
    entry = Entry(
        id=new_id(now),
        council=new.council,
        council_version=councils.version(connection, new.council),
        policy_version="",
        received_at=now,
        raw=new.raw,
        envelope=Envelope(mail_from=new.mail_from, recipients=recipients, smtputf8=not new.raw.isascii()),
        origin=Origin(Profile.SUBMISSION, None, (new.council,), "", "", ""),
        person=None,
        heading=new.heading,
        decision=Decision(),
        splices=(),
        trace=b"",
        upstream=new.upstream,
    )
    _insert(connection, entry, new.kind, None, about=new.about)
    queue.depart(
        connection,
        council=entry.council,
        message=entry.id,
        from_domain=entry.heading.from_domain,
        upstream=entry.upstream,
        trace=b"",
        splices=(),
        recipients=range(len(recipients)),
        now=now,
    )
    return entry.id


def submission_key(entry: Entry) -> str | None:
    """What makes two submissions the same: person, Message-ID, bytes, envelope. None without a Message-ID."""
    if not entry.heading.message_id:
        return None
    parts = [
        (entry.person or "").encode(),
        entry.heading.message_id.encode(),
        hashlib.sha256(entry.raw).digest(),
        entry.envelope.mail_from.encode(),
        *sorted(recipient.canonical.encode() for recipient in entry.envelope.recipients),
    ]
    return ledger.content_hash(b"", parts)


def received_parts(message: Row[Any], recipients: list[Row[Any]]) -> list[bytes]:
    """What the ledger's `received` event covers, from the rows as they stand (all but `state`)."""
    record = dict(message._mapping)
    del record["state"]
    record["received_at"] = message.received_at.isoformat()
    listed = [[r.number, r.address, r.canonical, r.notify, r.orcpt] for r in recipients]
    return [json.dumps(record, sort_keys=True).encode(), json.dumps(listed).encode()]


def decided_parts(decision: Row[Any]) -> list[bytes]:
    """What the ledger's `decided` event covers, from the row as it stands."""
    record = dict(decision._mapping)
    record["at"] = decision.at.isoformat()
    return [json.dumps(record, sort_keys=True).encode()]


def insert_decision(connection: Connection, values: dict[str, Any]) -> None:
    """Write a decision row and chain it."""
    connection.execute(_ADD_DECISION, values)
    ledger.append(connection, values["council_id"], [_decided(values)], values["at"])


def _decided(values: dict[str, Any]) -> ledger.Happening:
    return ledger.Happening(
        ledger.Event.DECIDED, values["message_id"], [_row_json(values, "at")], str(values["number"])
    )


def _ready(entry: Entry) -> tuple[Splice, ...]:
    if entry.splices is None:
        raise ValueError("a message that could not be made ready cannot leave")
    return entry.splices


def _row_json(values: dict[str, Any], moment: str) -> bytes:
    return json.dumps(values | {moment: values[moment].isoformat()}, sort_keys=True).encode()


def _insert(
    connection: Connection, entry: Entry, kind: MessageKind, key: str | None, about: str | None
) -> None:
    """Message, recipients and the policy's decision, both events chained."""
    received = _insert_message(connection, entry, kind, key, about)
    decision = _decision_values(entry)
    connection.execute(_ADD_DECISION, decision)
    ledger.append(connection, entry.council, [received, _decided(decision)], entry.received_at)


def _insert_message(
    connection: Connection, entry: Entry, kind: MessageKind, key: str | None, about: str | None
) -> ledger.Happening:
    values: dict[str, Any] = {
        "council_id": entry.council,
        "id": entry.id,
        "kind": kind.value,
        "state": entry.state.value,
        "received_at": entry.received_at,
        "person": entry.person,
        "authenticated": entry.origin.login is not None,
        "profile": entry.origin.profile.value,
        "peer": entry.origin.peer,
        "helo": entry.origin.helo,
        "protocol": entry.origin.protocol,
        "tls": entry.origin.tls,
        "mail_from": entry.envelope.mail_from,
        "ret": entry.envelope.ret,
        "envid": entry.envelope.envid,
        "smtputf8": entry.envelope.smtputf8,
        "body": entry.envelope.body,
        "message_id": entry.heading.message_id,
        "subject": entry.heading.subject,
        "header_from": entry.heading.from_address,
        "from_domain": entry.heading.from_domain,
        "size": len(entry.raw),
        "sha256": hashlib.sha256(entry.raw).hexdigest(),
        "splices": None if entry.splices is None else splice_text.dump(entry.splices),
        "about": about,
        "submission_key": key,
    }
    connection.execute(_ADD_MESSAGE, values)
    if entry.state is not MessageState.REFUSED:
        body = {"council_id": entry.council, "message_id": entry.id, "raw": entry.raw}
        connection.execute(_ADD_BODY, body)
    recipients = [
        {
            "council_id": entry.council,
            "message_id": entry.id,
            "number": number,
            "address": recipient.address,
            "canonical": recipient.canonical,
            "notify": recipient.notify,
            "orcpt": recipient.orcpt,
        }
        for number, recipient in enumerate(entry.envelope.recipients)
    ]
    if recipients:
        connection.execute(_ADD_RECIPIENTS, recipients)
    chained = {name: value for name, value in values.items() if name != "state"}
    listed = [[r["number"], r["address"], r["canonical"], r["notify"], r["orcpt"]] for r in recipients]
    parts = [_row_json(chained, "received_at"), json.dumps(listed).encode()]
    return ledger.Happening(ledger.Event.RECEIVED, entry.id, parts)


def _decision_values(entry: Entry) -> dict[str, Any]:
    return {
        "council_id": entry.council,
        "message_id": entry.id,
        "number": 0,
        "at": entry.received_at,
        "by": BY_POLICY,
        "act": entry.decision.verdict.word,
        "verdict": entry.decision.verdict.word,
        "why": "",
        "findings": entry.decision.model_dump_json(),
        "policy_version": entry.policy_version,
        "council_version": entry.council_version,
    }


def _first_of(connection: Connection, entry: Entry, key: str) -> Recorded | None:
    rows = connection.execute(_EARLIER, {"council": entry.council, "key": key})
    earlier = [row for row in rows if row.received_at > entry.received_at - REPEAT_WINDOW]
    if not earlier:
        return None
    first = min(earlier, key=lambda row: (row.received_at, row.id))
    return Recorded(first.id, MessageState(first.state), repeated=True)
