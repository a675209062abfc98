"""Tables whose rows are only ever added: the database itself refuses what would change or remove one.

This stops mistakes, ours and those of who looks at a database with a tool of their own. It does not stop somebody who
owns the database, who can take the triggers away: what such a person changes, the ledger shows and the signed heads
that were sent outside.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

_FUNCTION = "vestry_only_added"
_TABLES = {
    "audit": ("council_id", "number"),
    "ledger": ("council_id", "sequence"),
    "anchor": ("council_id", "sequence"),
}
_OF_A_LINK = ("council_id", "sequence", "at", "event", "message_id", "part", "content", "previous", "hash")
"""What never changes of a link. Its salt goes, once, with the content that it is of."""


def prepare(connection: Connection) -> None:
    """Make what the tables' triggers call, which is no part of any table. SQLite needs nothing."""
    if connection.dialect.name != "postgresql":
        return
    connection.execute(
        text(
            f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$ "
            "BEGIN RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME; END $$"
        )
    )


def protect(connection: Connection) -> None:
    """Have the database refuse to change or remove rows of the tables."""
    prepare(connection)
    make = _on_postgresql if connection.dialect.name == "postgresql" else _on_sqlite
    for table, key in _TABLES.items():
        for statement in make(table, key):
            connection.exec_driver_sql(statement)


def _on_sqlite(table: str, key: tuple[str, ...]) -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are only ever added'); END"
    changed = f" WHEN {_changed('IS NOT')}" if table == "ledger" else ""
    # INSERT OR REPLACE removes the row that stands in its way, and no trigger on removal is asked.
    there = " AND ".join(f"{column} = NEW.{column}" for column in key)
    standing = f"SELECT 1 FROM {table} WHERE {there}"  # noqa: S608  # Names from this file.
    return [
        f"CREATE TRIGGER {table}_not_changed BEFORE UPDATE ON {table}{changed} {refuse}",
        f"CREATE TRIGGER {table}_not_removed BEFORE DELETE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_not_replaced BEFORE INSERT ON {table} WHEN EXISTS ({standing}) {refuse}",
    ]


def _on_postgresql(table: str, key: tuple[str, ...]) -> list[str]:
    refuse = f"EXECUTE FUNCTION {_FUNCTION}()"
    changed = f" WHEN ({_changed('IS DISTINCT FROM')})" if table == "ledger" else ""
    return [
        f"CREATE TRIGGER {table}_not_changed BEFORE UPDATE ON {table} FOR EACH ROW{changed} {refuse}",
        f"CREATE TRIGGER {table}_not_removed BEFORE DELETE ON {table} FOR EACH ROW {refuse}",
        f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}",
    ]


def _changed(differs: str) -> str:
    columns = " OR ".join(f"OLD.{column} {differs} NEW.{column}" for column in _OF_A_LINK)
    return f"NEW.salt IS NOT NULL OR {columns}"
