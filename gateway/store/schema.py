"""The tables' version: refusing to work with any other. `upgrade` brings them up to date."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from gateway.store.errors import SchemaMismatch

MIGRATIONS = Path(__file__).parent / "migrations"
"""Where they are; each is in a file of `versions` whose name begins with its revision."""

_REVISION = text("SELECT version_num FROM alembic_version")


def assert_current(engine: Engine) -> None:
    """Check that the tables are this version's. Raises SchemaMismatch."""
    with engine.connect() as connection:
        found = revision_of(connection)
    known = revisions()
    if not known:
        raise SchemaMismatch("no migrations are installed")
    if found != known[-1]:
        raise SchemaMismatch(
            f"the database is at {found or 'no version'}, this Vestry needs {known[-1]}: run `vestry db upgrade`"
        )


def revision_of(connection: Connection) -> str:
    """The version of the tables that are there; empty where there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.execute(_REVISION).scalar() or ""


def revisions() -> list[str]:
    """Every version of the tables that this program can bring up to date, the newest last."""
    return sorted(each.name.partition("_")[0] for each in (MIGRATIONS / "versions").glob("[0-9]*_*.py"))
