"""The tamper-evident chain over a council's archive: what was received, decided, departed, and which confidential
papers were watched.

Each link's hash covers the link before it and a salted hash of the content, never the content itself, so
that the chain still verifies after a lawful disposal has taken content and salt away.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, bindparam, func, insert, select, update

from gateway.store.direct import Direct
from gateway.store.models import LedgerHead, LedgerRow

GENESIS = "0" * 64

# Statements of the intake road are made once: making one anew costs more than carrying it out.
_LOCK = select(LedgerHead.sequence).where(LedgerHead.council_id == bindparam("council")).with_for_update()
_HEAD_ALONE = Direct(
    select(LedgerHead.sequence, LedgerHead.hash)
    .where(LedgerHead.council_id == bindparam("council"))
    .with_for_update()  # See `lock`.
)
_ADD_LINKS = Direct(insert(LedgerRow))
_MOVE_HEAD = Direct(
    update(LedgerHead)
    .where(LedgerHead.council_id == bindparam("council"))
    .values(sequence=bindparam("to"), hash=bindparam("last"))
)


class Event(StrEnum):
    """What a link records."""

    RECEIVED = "received"
    DECIDED = "decided"
    DEPARTED = "departed"
    WATCHED = "watched"
    UNWATCHED = "unwatched"
    AUDITED = "audited"
    """Somebody did something with the archive; `part` is the number of the audit row."""


@dataclass(frozen=True, slots=True)
class Link:
    """What a link says; `part` names the decision's number or the departure, where there are several.

    Where a confidential paper is watched, or no longer, `message` is the paper's id.
    """

    council: str
    sequence: int
    at: datetime
    event: str
    message: str
    part: str
    content: str
    previous: str

    def hash(self) -> str:
        """SHA-256, in hex, over everything that the link says."""
        said = [
            self.council,
            self.sequence,
            self.at.isoformat(),
            self.event,
            self.message,
            self.part,
            self.content,
            self.previous,
        ]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def content_hash(salt: bytes, parts: Sequence[bytes]) -> str:
    """Salted SHA-256, in hex, over `parts`, each with its length so that no two lists are alike."""
    digest = hashlib.sha256(salt)
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()


def lock(connection: Connection, council: str) -> None:
    """Be the only one who writes to the council's archive, until the transaction ends.

    What is read afterwards holds until then: the council's version, what has been submitted before.
    """
    if connection.dialect.name == "postgresql":  # SQLite has one writer in all.
        connection.execute(_LOCK, {"council": council})


@dataclass(frozen=True, slots=True)
class Happening:
    """What is to be chained: an event of a message, the content that it covers, when (`part` as in `Link`)."""

    event: Event
    message: str
    parts: Sequence[bytes]
    at: datetime
    part: str = ""


def append(connection: Connection, council: str, happenings: Sequence[Happening]) -> None:
    """Chain events, in their order, to the council's ledger, in the caller's transaction."""
    [(sequence, last)] = _HEAD_ALONE.all(connection, {"council": council})
    rows = []
    for one in happenings:
        sequence += 1
        salt = secrets.token_bytes(16)
        content = content_hash(salt, one.parts)
        link = Link(council, sequence, one.at, one.event.value, one.message, one.part, content, last)
        last = link.hash()
        rows.append(
            {
                "council_id": council,
                "sequence": sequence,
                "at": one.at,
                "event": link.event,
                "message_id": one.message,
                "part": one.part,
                "salt": salt,
                "content": content,
                "previous": link.previous,
                "hash": last,
            }
        )
    _ADD_LINKS.run(connection, rows)
    _MOVE_HEAD.run(connection, [{"council": council, "to": sequence, "last": last}])


def begin(connection: Connection, council: str) -> None:
    """Start the chain of a new council."""
    connection.execute(insert(LedgerHead).values(council_id=council, sequence=0, hash=GENESIS))


def links(
    connection: Connection, council: str, after: int = 0, most: int | None = None
) -> Sequence[tuple[Link, bytes | None, str]]:
    """The council's chain in order, from behind link `after`, at most `most` links.

    Each link comes with its salt and the hash it carries.
    """
    rows = connection.execute(
        select(LedgerRow.__table__)
        .where(LedgerRow.council_id == council, LedgerRow.sequence > after)
        .order_by(LedgerRow.sequence)
        .limit(most)
    )
    return [
        (
            Link(
                row.council_id,
                row.sequence,
                row.at,
                row.event,
                row.message_id,
                row.part,
                row.content,
                row.previous,
            ),
            row.salt,
            row.hash,
        )
        for row in rows
    ]


def repeated(connection: Connection, council: str) -> list[tuple[str, str, str, int]]:
    """What the chain says more than once: message, event, part, and the last link that says it."""
    rows = connection.execute(
        select(LedgerRow.message_id, LedgerRow.event, LedgerRow.part, func.max(LedgerRow.sequence))
        .where(LedgerRow.council_id == council)
        .group_by(LedgerRow.message_id, LedgerRow.event, LedgerRow.part)
        .having(func.count() > 1)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def head(connection: Connection, council: str) -> tuple[int, str]:
    """Length of the council's chain and the hash of its last link."""
    row = connection.execute(
        select(LedgerHead.sequence, LedgerHead.hash).where(LedgerHead.council_id == council)
    ).one()
    return row.sequence, row.hash
