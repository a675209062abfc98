"""The rows of a message, worked out before the transaction that writes them, and written table by table.

Whoever holds the database's lock keeps everybody else waiting, and what costs most in writing a row is not the
row. So hashes and texts are made beforehand, the statements once and for all, and the rows of all messages in
a transaction go to each table together.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Row, insert

from gateway.store import bodies, correspondents, ledger, prints, queue, reading
from gateway.store import splices as splice_text
from gateway.store.direct import Direct
from gateway.store.entry import Entry
from gateway.store.index import writing as index
from gateway.store.index.entries import item_of
from gateway.store.kinds import MessageKind, MessageState
from gateway.store.models import DecisionRow, MessageRow, RecipientRow
from gateway.store.vault import OPEN, Vault

BY_POLICY = "policy"

_ADD_MESSAGES, _ADD_RECIPIENTS = Direct(insert(MessageRow)), Direct(insert(RecipientRow))
_ADD_DECISIONS = Direct(insert(DecisionRow))

_NOT_COVERED = frozenset({"state", "written", "without_waiver", "prints"})
_COVERED_WHERE_SAID = frozenset({"capacity", "sealed"})
"""Columns that came later: links made before verify as they always have."""

_TAKEN = frozenset({MessageKind.ANSWER, MessageKind.REPORT})
"""What is for the post room itself, and leaves no further."""

_Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that is written of `entry`. `key` makes two submissions the same, where it is one."""

    entry: Entry
    key: str | None
    message: _Values
    body: bodies.Body | None
    recipients: tuple[_Values, ...]
    decision: _Values
    happenings: tuple[ledger.Happening, ledger.Happening]
    departure: queue.Leaving | None
    item: index.Prepared
    correspondents: tuple[correspondents.Values, ...] = ()
    prints: tuple[prints.Values, ...] = ()


def of_submission(entry: Entry, vault: Vault = OPEN, dialect: str = "sqlite") -> Sheet:
    """The rows of a submission, its body closed with the vault of the database that they are for, and its words as a
    database of that kind has them.
    """
    digest = hashlib.sha256(entry.raw)
    return _sheet(
        entry,
        vault,
        MessageKind.SUBMITTED,
        digest.hexdigest(),
        _key(entry, digest.digest()),
        entry.joins or entry.about,
        dialect,
    )


def of_own(entry: Entry, kind: MessageKind, about: str | None, vault: Vault = OPEN) -> Sheet:
    """The rows of a message that the post room itself writes."""
    return _sheet(entry, vault, kind, hashlib.sha256(entry.raw).hexdigest(), None, about)


def of_answer(entry: Entry, about: str | None, vault: Vault = OPEN) -> Sheet:
    """The rows of what somebody answered to a notice `about` a message. It is for the post room and never leaves."""
    digest = hashlib.sha256(entry.raw)
    return _sheet(entry, vault, MessageKind.ANSWER, digest.hexdigest(), _key(entry, digest.digest()), about)


def of_report(entry: Entry, vault: Vault = OPEN) -> Sheet:
    """The rows of what somebody reported. It is for the post room and never leaves."""
    digest = hashlib.sha256(entry.raw)
    return _sheet(entry, vault, MessageKind.REPORT, digest.hexdigest(), _key(entry, digest.digest()), None)


def write(connection: Connection, sheets: Sequence[Sheet]) -> None:
    """Write everything on the sheets, chained in their order. Their ledgers must be locked."""
    if not sheets:
        return
    _ADD_MESSAGES.run(connection, [sheet.message for sheet in sheets])
    bodies.keep(connection, [sheet.body for sheet in sheets if sheet.body is not None])
    _ADD_RECIPIENTS.run(connection, list(chain.from_iterable(sheet.recipients for sheet in sheets)))
    _ADD_DECISIONS.run(connection, [sheet.decision for sheet in sheets])
    ledgers: dict[str, list[ledger.Happening]] = {}
    for sheet in sheets:
        ledgers.setdefault(sheet.entry.council, []).extend(sheet.happenings)
    for council in sorted(ledgers):
        ledger.append(connection, council, ledgers[council])
    prints.keep(connection, list(chain.from_iterable(sheet.prints for sheet in sheets)))
    correspondents.keep(connection, list(chain.from_iterable(sheet.correspondents for sheet in sheets)))
    queue.depart_all(connection, [sheet.departure for sheet in sheets if sheet.departure is not None])
    index.add(connection, [sheet.item for sheet in sheets])
    pending = [sheet.entry for sheet in sheets if sheet.item.item.content.pending]
    if pending:
        reading.hasten(
            connection, (each.council for each in pending), max(each.received_at for each in pending)
        )


def insert_decision(connection: Connection, values: dict[str, Any]) -> None:
    """Write a decision row and chain it."""
    _ADD_DECISIONS.run(connection, [values])
    ledger.append(connection, values["council_id"], [_decided(values)])


def received_parts(message: Row[Any], recipients: list[Row[Any]]) -> list[bytes]:
    """What the ledger's `received` event covers, from the rows as they stand.

    Not `state`, nor what follows from the splices, which the ledger covers when they are carried out.
    """
    return _received(message._mapping, [recipient._mapping for recipient in recipients])


def decided_parts(decision: Row[Any]) -> list[bytes]:
    """What the ledger's `decided` event covers, from the row as it stands."""
    return _decision_parts(decision._mapping)


def _sheet(
    entry: Entry,
    vault: Vault,
    kind: MessageKind,
    sha256: str,
    key: str | None,
    about: str | None,
    dialect: str = "sqlite",
) -> Sheet:
    refused = entry.state is MessageState.REFUSED
    taken = kind in _TAKEN
    message = _message(entry, kind, sha256, None if refused else key, about)
    recipients = [*_recipients(entry), *_added(entry)]
    decision = _decision(entry)
    received = ledger.Happening(
        ledger.Event.RECEIVED, entry.id, _received(message, recipients), entry.received_at
    )
    return Sheet(
        entry=entry,
        key=key,
        message=message,
        body=None if refused else bodies.prepare(entry.council, entry.id, entry.raw, vault, entry.stretches),
        recipients=tuple(recipients),
        decision=decision,
        happenings=(received, _decided(decision)),
        departure=_leaving(entry) if entry.state is MessageState.PASSED and not taken else None,
        item=index.prepared(item_of(entry, kind, recipients), vault, dialect),
        correspondents=_correspondents(entry, kind),
        prints=() if refused or entry.sealed else prints.values_of(entry.council, entry.id, entry.prints),
    )


def _key(entry: Entry, digest: bytes) -> str | None:
    """What makes two submissions the same: person, Message-ID, bytes, envelope. None without a Message-ID."""
    if not entry.heading.message_id:
        return None
    parts = [
        (entry.person or "").encode(),
        entry.heading.message_id.encode(),
        digest,
        entry.envelope.mail_from.encode(),
        *sorted(recipient.canonical.encode() for recipient in entry.envelope.recipients),
    ]
    return ledger.content_hash(b"", parts)


def _message(entry: Entry, kind: MessageKind, sha256: str, key: str | None, about: str | None) -> _Values:
    return {
        "council_id": entry.council,
        "id": entry.id,
        "kind": kind.value,
        "state": (MessageState.TAKEN if kind in _TAKEN else entry.state).value,
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
        "sha256": sha256,
        "splices": None if entry.splices is None else splice_text.dump(entry.splices),
        "about": about,
        "submission_key": key,
        "prints": None if entry.state is MessageState.REFUSED else prints.packed(entry.prints),
        "capacity": None if entry.capacity is None else entry.capacity.value,
        "sealed": True if entry.sealed else None,
        **_written(entry),
    }


def _written(entry: Entry) -> _Values:
    """What is written into a message. Into one that is refused nothing is, and it goes nowhere without."""
    written = None if entry.state is MessageState.REFUSED else entry.written
    return {
        "written": None if written is None else written.model_dump_json(exclude_defaults=True),
        "without_waiver": None if written is None else written.without_waiver,
    }


def _recipients(entry: Entry) -> list[_Values]:
    return [
        {
            "council_id": entry.council,
            "message_id": entry.id,
            "number": number,
            "address": recipient.address,
            "canonical": recipient.canonical,
            "notify": recipient.notify,
            "orcpt": recipient.orcpt,
            "hidden": None if entry.shown is None else recipient.canonical not in entry.shown,
            "added_by": None,
        }
        for number, recipient in enumerate(entry.envelope.recipients)
    ]


def _added(entry: Entry) -> list[_Values]:
    """Those whom policy added, numbered on from those of the envelope."""
    return [
        {
            "council_id": entry.council,
            "message_id": entry.id,
            "number": number,
            "address": added.address,
            "canonical": added.address,
            "notify": None,
            "orcpt": None,
            "hidden": False,
            "added_by": added.by,
        }
        for number, added in enumerate(entry.added, len(entry.envelope.recipients))
    ]


def _correspondents(entry: Entry, kind: MessageKind) -> tuple[correspondents.Values, ...]:
    """Whom the message leaves for at once. Who is only ever told something by the post room is none, nor is whom
    somebody wrote to unseen: what is known of correspondents is told to others.
    """
    if kind is not MessageKind.SUBMITTED or entry.state is not MessageState.PASSED or entry.sealed:
        return ()
    return correspondents.rows_of(
        entry.council, (recipient.canonical for recipient in entry.envelope.recipients), entry.received_at
    )


def _decision(entry: Entry) -> _Values:
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


def _leaving(entry: Entry) -> queue.Leaving:
    if entry.splices is None:
        raise ValueError("a message that could not be made ready cannot leave")
    return queue.Leaving(
        council=entry.council,
        message=entry.id,
        from_domain=entry.heading.from_domain,
        upstream=entry.upstream,
        trace=entry.trace,
        splices=entry.splices,
        recipients=tuple(range(entry.count)),
        now=entry.received_at,
    )


def _received(message: Mapping[Any, Any], recipients: Sequence[Mapping[Any, Any]]) -> list[bytes]:
    covered = {
        name: value
        for name, value in message.items()
        if name not in _NOT_COVERED and (value is not None or name not in _COVERED_WHERE_SAID)
    }
    listed = [_listed(recipient) for recipient in recipients]
    return [_json(covered, "received_at"), json.dumps(listed).encode()]


def _listed(recipient: Mapping[Any, Any]) -> list[Any]:
    """A recipient as the ledger covers it. Who added one is part of it where somebody did: links made before
    that was known verify as they always have.
    """
    said = [recipient[name] for name in ("number", "address", "canonical", "notify", "orcpt")]
    return said if recipient["added_by"] is None else [*said, recipient["added_by"]]


def _decided(decision: _Values) -> ledger.Happening:
    return ledger.Happening(
        ledger.Event.DECIDED,
        decision["message_id"],
        _decision_parts(decision),
        decision["at"],
        str(decision["number"]),
    )


def _decision_parts(decision: Mapping[Any, Any]) -> list[bytes]:
    """What the ledger covers of a decision. Before there were details none was covered, so that none is where none is."""
    covered = {name: value for name, value in decision.items() if name != "detail" or value is not None}
    return [_json(covered, "at")]


def _json(row: Mapping[Any, Any], moment: str) -> bytes:
    return json.dumps({**row, moment: row[moment].isoformat()}, sort_keys=True).encode()
