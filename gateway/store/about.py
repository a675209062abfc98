"""What the database itself is."""

from __future__ import annotations

from sqlalchemy import Connection, text


def engine(connection: Connection) -> str:
    """Kind and version of the database, such as "SQLite 3.45.1"."""
    if connection.dialect.name == "postgresql":
        return f"PostgreSQL {connection.execute(text('SHOW server_version')).scalar_one()}"
    return f"SQLite {connection.execute(text('SELECT sqlite_version()')).scalar_one()}"
