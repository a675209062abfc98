"""Reports as those who look at them see them, and closing them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row

from config.base import london_day
from config.council import Council
from filters.analysis import read_step
from gateway import clock
from gateway.archive.versions import as_received
from gateway.holds.decisions import Act
from gateway.reports.lookers import Alternate, author_of, lookers, require_looker
from gateway.reports.original import attached
from gateway.store import archive, councils, ledger, reports
from gateway.store.errors import Conflict
from gateway.store.remarks import remark
from signatures.message.scanner import Unscannable

CLOSED = "closed the report"
"""What it is called in the record that somebody closed one."""


def listing(connection: Connection, council_id: str, *, closed: bool = False) -> list[dict[str, Any]]:
    """The council's reports, oldest first, with nothing of what they are about."""
    _, council = councils.load(connection, council_id)
    today = london_day(clock.now())
    return [
        {
            "id": row.message_id,
            "by": row.by,
            "at": row.at,
            "original": row.original,
            "alternate": row.alternate,
            "lookers": [
                each.login
                for each in lookers(
                    council, _author(connection, council, row), Alternate(row.alternate), today
                )
            ],
            "closed_at": row.closed_at,
            "closed_by": row.closed_by,
            "outcome": row.outcome,
        }
        for row in reports.listing(connection, council_id, closed=closed)
    ]


def shown(connection: Connection, council_id: str, message: str, act: Act) -> dict[str, Any]:
    """A report with what it is about. Raises NotFound, and Conflict where `by` is not to look at it."""
    row = _for(connection, council_id, message, act)
    raw = as_received(connection, council_id, message)
    note = text = ""
    try:
        anatomy = read_step(raw).anatomy
        note = "\n".join(anatomy.own_texts[:1])
        inside = attached(raw, anatomy)
        text = inside.decode("utf-8", "replace") if inside is not None else "\n".join(anatomy.trail_texts[:1])
    except Unscannable:
        text = raw.decode("utf-8", "replace")
    return {
        "id": row.message_id,
        "by": row.by,
        "at": row.at,
        "original": row.original,
        "author": row.author,
        "subject": row.subject,
        "known_as": row.known_as,
        "alternate": row.alternate,
        "note": _printable(note),
        "text": _printable(text),
        "closed_at": row.closed_at,
        "closed_by": row.closed_by,
        "outcome": row.outcome,
    }


def original_of(connection: Connection, council_id: str, message: str, act: Act) -> bytes:
    """The message that was reported, byte for byte where it is attached; else the report that has it in its text.

    Raises as `shown`.
    """
    _for(connection, council_id, message, act)
    raw = as_received(connection, council_id, message)
    try:
        inside = attached(raw, read_step(raw).anatomy)
    except Unscannable:
        inside = None
    return raw if inside is None else inside


def close(connection: Connection, council_id: str, message: str, act: Act) -> None:
    """Close a report; `why` says what was done. It stands in the record of the report and the ledger. Raises NotFound,
    and Conflict where it is closed, no word is said on what was done, or `by` is not to look at it.
    """
    ledger.lock(connection, council_id)
    version, council = councils.load(connection, council_id)
    if not act.why.strip():
        raise Conflict("say in a few words what was done (--outcome)")
    _for(connection, council_id, message, act)
    reports.close(connection, council_id, message, act.by, act.why.strip(), act.now)
    remark(connection, council, version, message, act=CLOSED, by=act.by, why=act.why.strip(), now=act.now)


def _for(connection: Connection, council_id: str, message: str, act: Act) -> Row[Any]:
    """A report that `by` may look at. Raises NotFound, Conflict."""
    _, council = councils.load(connection, council_id)
    row = reports.find(connection, council_id, message)
    author = _author(connection, council, row)
    require_looker(council, act.by, author, Alternate(row.alternate), act.today)
    return row


def _author(connection: Connection, council: Council, row: Row[Any]) -> str | None:
    """Whose mail of ours was reported, if anybody's."""
    if row.known_as is not None:
        person: str | None = archive.message(connection, council.id, row.known_as).person
        return person
    return author_of(council, row.author, london_day(row.at))


def _printable(text: str) -> str:
    """Text for a terminal, which nothing in it can steer."""
    return "".join(
        char if char.isprintable() or char in "\n\t" else " " for char in text.replace("\r\n", "\n")
    )
