"""The tables' version: bringing them up to date, and refusing to work with any other."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from gateway.store.engine import WRITE, assert_durable, open_engine
from gateway.store.errors import SchemaMismatch, Unavailable

_MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(url: str) -> str:
    """Bring the database at `url` to this version's tables, creating them where there are none.

    Returns the revision. Raises NotDurable, Unavailable.
    """
    engine = open_engine(url)
    try:
        assert_durable(engine)
        with engine.connect().execution_options(**{WRITE: True}) as connection, connection.begin():
            command.upgrade(_config(connection), "head")
        return _head()
    except SQLAlchemyError as error:
        raise Unavailable("the tables cannot be brought up to date") from error
    finally:
        engine.dispose()


def assert_current(engine: Engine) -> None:
    """Check that the tables are this version's. Raises SchemaMismatch."""
    with engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    wanted = _head()
    if found != wanted:
        raise SchemaMismatch(
            f"the database is at {found or 'no version'}, this Vestry needs {wanted}: run `vestry db upgrade`"
        )


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
