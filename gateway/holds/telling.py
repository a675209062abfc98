"""Who is told of what was decided or asked about a held message, in the transaction that records it."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from config.capacity import Capacity
from config.council import Council
from config.person import Person
from gateway.holds.change import UNCHANGED, Change
from gateway.holds.standing import findings
from gateway.notices import office
from gateway.notices.kinds import NoticeKind
from gateway.notices.original import enclosed
from gateway.notices.outcomes import Told, after_decision
from gateway.notices.parts import Waiting
from gateway.notices.render import Part
from gateway.store import archive, messages
from gateway.store.messages import Heading
from signatures.message.scanner import scan_fields


def tell_sender(
    connection: Connection,
    council: Council,
    row: Row[Any],
    told: Told,
    by: str,
    why: str,
    now: datetime,
    *,
    change: Change = UNCHANGED,
    enclosure: bytes | None = None,
) -> None:
    """Tell who sent a message what became of it, with the message itself enclosed on request, where it can be."""
    listed = archive.recipients(connection, council.id, row.id)
    named = [each.address for each in listed if each.added_by is None]
    new = after_decision(council, row, told, why, now, by=by, recipients=named, change=change)
    if new is None:
        return
    part = None if enclosure is None else enclosed(enclosure)
    if part is not None:
        new = replace(new, raw=_with(new.raw, part))
    messages.write_own(connection, new, now)


def tell_officers(
    connection: Connection,
    council: Council,
    row: Row[Any],
    kind: NoticeKind,
    officers: Collection[Person],
    now: datetime,
) -> None:
    """Tell those who decide what the sender of a message asks for."""
    listed = archive.recipients(connection, council.id, row.id)
    waiting = Waiting(
        row.id,
        Heading(row.message_id, row.subject, row.header_from, row.from_domain),
        row.person,
        decision=findings(connection, council.id, row.id),
        recipients=tuple(each.address for each in listed if each.added_by is None),
        received_at=row.received_at,
        casework=row.capacity == Capacity.CASEWORK.value,
    )
    for officer in officers:
        messages.write_own(connection, office.to_decide(council, officer, kind, waiting, now), now)


def _with(letter: bytes, part: Part) -> bytes:
    """A letter with something enclosed."""
    top = scan_fields(letter)
    content = b"".join(letter[each.start : each.end] for each in top.fields if _of_content(each.name))
    header = b"".join(letter[each.start : each.end] for each in top.fields if not _of_content(each.name))
    mark = b"=_" + secrets.token_hex(16).encode("ascii")
    pieces = (content + b"\r\n" + letter[top.body :], part.encode())
    body = b"".join(b"--" + mark + b"\r\n" + each + b"\r\n" for each in pieces)
    kind = b'Content-Type: multipart/mixed; boundary="' + mark + b'"\r\n'
    if part.encoding == "8bit":
        kind += b"Content-Transfer-Encoding: 8bit\r\n"
    return header + kind + b"\r\n" + body + b"--" + mark + b"--\r\n"


def _of_content(name: str) -> bool:
    return name.startswith("content-")
