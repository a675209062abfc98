"""Changing a database as somebody does who has it to himself: nothing that it refuses others stands in the way."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from sqlalchemy import Connection

from gateway.store.database import Database

_TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"


@contextlib.contextmanager
def alone(database: Database) -> Iterator[Connection]:
    """A connection that heeds neither triggers nor foreign keys; what was done is committed, and no trace is left."""
    sqlite = database.engine.dialect.name == "sqlite"
    with database.engine.connect() as connection:
        if not sqlite:
            connection.exec_driver_sql("SET session_replication_role = replica")
            yield connection
            connection.commit()
            connection.exec_driver_sql("SET session_replication_role = DEFAULT")
            connection.commit()
            return
        connection.exec_driver_sql("COMMIT")  # Foreign keys are switched off between transactions alone.
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        triggers = connection.exec_driver_sql(_TRIGGERS).all()
        for name, _ in triggers:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        yield connection
        for _, made in triggers:
            connection.exec_driver_sql(made)
        connection.commit()
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
