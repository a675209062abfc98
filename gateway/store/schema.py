"""The tables' version: bringing them up to date, and refusing to work with any other."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import SQLAlchemyError

from gateway.store.engine import assert_durable, open_engine, writing
from gateway.store.errors import SchemaMismatch, Unavailable

_MIGRATIONS = Path(__file__).parent / "migrations"
_ADVISORY = 0x56455354  # Any number will do that every version of this program agrees on.
_ALONE = text("SELECT pg_advisory_xact_lock(:number)")
_PATIENTLY = "SET LOCAL lock_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"


def upgrade(url: str) -> str:
    """Bring the database at `url` to this version's tables, creating them where there are none.

    Returns the revision. Raises NotDurable, Unsuitable, Unavailable. Nodes that do this at the same time
    wait for each other.
    """
    engine = open_engine(url)
    try:
        assert_durable(engine)
        with writing(engine) as connection, connection.begin():
            if engine.dialect.name == "postgresql":
                connection.exec_driver_sql(_PATIENTLY)
                connection.execute(_ALONE, {"number": _ADVISORY})
            command.upgrade(_config(connection), "head")
        return _head()
    except SQLAlchemyError as error:
        raise Unavailable("the tables cannot be brought up to date") from error
    finally:
        engine.dispose()


def assert_current(engine: Engine) -> None:
    """Check that the tables are this version's. Raises SchemaMismatch."""
    with engine.connect() as connection:
        found = revision_of(connection)
    wanted = _head()
    if found != wanted:
        raise SchemaMismatch(
            f"the database is at {found or 'no version'}, this Vestry needs {wanted}: run `vestry db upgrade`"
        )


def revision_of(connection: Connection) -> str:
    """The version of the tables that are there; empty where there are none."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def revisions() -> list[str]:
    """Every version of the tables that this program can bring up to date."""
    return [revision.revision for revision in ScriptDirectory(str(_MIGRATIONS)).walk_revisions()]


def _head() -> str:
    head = ScriptDirectory(str(_MIGRATIONS)).get_current_head()
    if head is None:
        raise SchemaMismatch("no migrations are installed")
    return head


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
