"""What Vestry changed in an archived message, for people."""

from __future__ import annotations

from sqlalchemy import Connection

from gateway.store import archive
from gateway.store import splices as splice_text
from signatures.block.changes import Change, changes
from signatures.block.record import Record
from signatures.message.scanner import Unscannable
from signatures.message.splices import Splice


def what_changed(connection: Connection, council: str, message: str) -> tuple[Change, ...]:
    """The changes with which a message left by its latest departure, or is ready to leave.

    None where it was refused, or could not be made ready yet. Raises NotFound.
    """
    row = archive.message(connection, council, message)
    raw = archive.body(connection, council, message)
    splices = _splices(connection, council, message, row.splices)
    if raw is None or splices is None:
        return ()
    record = Record() if row.written is None else Record.model_validate_json(row.written)
    try:
        return changes(raw, splices, record)
    except Unscannable as error:
        return (Change(f"What was changed cannot be shown word by word: {error}."),)


def _splices(
    connection: Connection, council: str, message: str, ready: str | None
) -> tuple[Splice, ...] | None:
    gone = archive.departures(connection, council, message)
    text = gone[-1].splices if gone else ready
    return None if text is None else splice_text.load(text)
