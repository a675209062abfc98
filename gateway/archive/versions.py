"""A message as received and as sent, byte for byte."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row

from gateway.store import archive
from gateway.store import splices as splice_text
from gateway.store.errors import Altered, NotFound
from gateway.store.queue import hash_of
from signatures.message.splices import apply

__all__ = ["Altered", "as_received", "as_sent", "rebuild"]


def as_received(connection: Connection, council: str, message: str) -> bytes:
    """The message as the client handed it in. Raises NotFound where it was refused or never was."""
    row = archive.message(connection, council, message)
    raw = archive.body(connection, council, message)
    if raw is None and row.sealed:
        raise NotFound(f"{council} has no message {message}")
    if raw is None:
        raise NotFound(f"{message} was refused, so its text was not kept")
    return raw


def as_sent(connection: Connection, council: str, message: str, departure: str | None = None) -> bytes:
    """The message as it left, by its latest departure or the one named.

    Raises NotFound where it has not left, and Altered where the bytes are not those that went out.
    """
    raw = as_received(connection, council, message)
    gone = [
        row
        for row in archive.departures(connection, council, message)
        if row.prepended is not None and departure in {None, row.id}
    ]
    if not gone:
        raise NotFound(f"{message} has not left")
    return rebuild(raw, gone[-1])


def rebuild(raw: bytes, departure: Row[Any]) -> bytes:
    """The bytes that a departure sent. Raises Altered where they do not have the recorded hash."""
    body = apply(raw, splice_text.load(departure.splices))
    if hash_of(departure.prepended, body) != departure.sent_sha256:
        raise Altered(f"departure {departure.id} of {departure.message_id} is not as it was sent")
    return bytes(departure.prepended) + body
