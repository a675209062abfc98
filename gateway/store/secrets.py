"""Keys that every node needs: made by whichever needs one first, and never changed."""

from __future__ import annotations

import secrets

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from gateway.store.models import SecretRow

_OCTETS = 32


def find(connection: Connection, name: str) -> bytes | None:
    """The key, or None where nobody has needed it yet."""
    return connection.execute(select(SecretRow.value).where(SecretRow.name == name)).scalar()


def made(connection: Connection, name: str) -> bytes:
    """The key, 32 octets, made now where there was none. Two nodes that make it at the same moment have one."""
    found = find(connection, name)
    if found is not None:
        return found
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    new = secrets.token_bytes(_OCTETS)
    connection.execute(insert(SecretRow).values(name=name, value=new).on_conflict_do_nothing())
    return find(connection, name) or new
