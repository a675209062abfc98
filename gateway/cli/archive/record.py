"""What the archive has on one message: its record, and the text that it is found by."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from gateway.cli.archive.wording import clean

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from gateway.store.index.content import Piece, Said

_FIELDS = (
    ("Subject", "subject"),
    ("From", "author"),
    ("To", "recipients"),
    ("Cc", "copied"),
    ("Not named in its header", "hidden"),
)


def record_of(connection: Connection, council: str, message: str) -> dict[str, Any]:
    """People, times, decisions, deliveries. What residents' casework says is not in it. Raises NotFound."""
    from gateway.archive.told import what_changed
    from gateway.holds.casework import concerned
    from gateway.notices import mask
    from gateway.store import archive, departures

    found = archive.open_message(connection, council, message)
    closed = concerned(connection, council, found) is not None
    row = dict(found._mapping)
    del row["submission_key"], row["splices"], row["prints"], row["sealed"]
    if closed:
        row["subject"] = mask.hidden(row["subject"])
    addresses = [r.address for r in archive.recipients(connection, council, message)]
    return {
        **row,
        "written": json.loads(row["written"]) if row["written"] else None,
        "changes": [] if closed else [asdict(each) for each in what_changed(connection, council, message)],
        "recipients": [mask.address(each) if closed else each for each in addresses],
        "decisions": [
            {
                "number": d.number,
                "at": d.at,
                "by": d.by,
                "act": d.act,
                "why": d.why,
                "detail": None if d.detail is None else json.loads(d.detail),
                "policy_version": d.policy_version,
                **_findings(d.findings, closed),
            }
            for d in archive.decisions(connection, council, message)
        ],
        "departures": [] if closed else departures.of_message(connection, council, message),
    }


def text_of(connection: Connection, council: str, message: str) -> str:
    """The text that a message is found by, what is attached each apart, and why something could not be read.

    Raises NotFound.
    """
    from gateway.store.index.writing import content
    from gateway.store.items import number_of

    found = content(connection, council, number_of(connection, council, message))
    lines = [*_said(found.said)]
    if found.unread:
        lines.append(f"[Not all of it could be read: {clean(found.unread)}]")
    for piece in found.pieces:
        lines += _piece(piece)
    if found.pending:
        lines.append("[It is still being read: something attached to it may be missing here.]")
    return "\n".join(lines)


def _said(said: Said) -> Iterator[str]:
    for title, name in _FIELDS:
        if text := getattr(said, name):
            yield f"{title}: {clean(text)}"
    yield ""
    yield from _lines(said.own)
    if said.trail:
        yield "\n--- signature, waiver, and what it quotes or sends on ---"
        yield from _lines(said.trail)


def _piece(piece: Piece) -> Iterator[str]:
    yield f"\n--- attached: {clean(piece.name) or 'without a name'} ({piece.kind}, {piece.size:,} octets) ---"
    if piece.unread:
        yield f"[Not all of it could be read: {clean(piece.unread)}]"
    yield from _lines(piece.text)


def _lines(text: str) -> Iterator[str]:
    if text:
        yield from (clean(line) for line in text.replace("\r\n", "\n").split("\n"))


def _findings(text: str, closed: bool) -> dict[str, Any]:
    """The findings of a decision; those on casework without what was seen."""
    from filters.finding import Decision
    from gateway.holds.casework import veiled

    decision = Decision.model_validate_json(text)
    found: dict[str, Any] = json.loads((veiled(decision) if closed else decision).model_dump_json())
    return found
