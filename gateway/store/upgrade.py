"""Bringing the tables up to date. Apart from `schema`, as the tools for it take long to load and few need them."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from gateway.store import marks
from gateway.store.engine import assert_durable, open_engine, writing
from gateway.store.errors import Unavailable
from gateway.store.schema import MIGRATIONS, revisions
from gateway.store.vault import Vault

_ADVISORY = 0x56455354  # Any number will do that every version of this program agrees on.
_ALONE = text("SELECT pg_advisory_xact_lock(:number)")
_PATIENTLY = "SET LOCAL lock_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"


def upgrade(url: str, key: bytes | None = None) -> str:
    """Bring the database at `url` to this version's tables, creating them where there are none.

    `key` is the archive's, where the host has one. Returns the revision. Raises NotDurable, Unsuitable, KeyRefused,
    Unavailable. Nodes that do this at the same time wait for each other.
    """
    engine = open_engine(url, Vault(key))
    try:
        assert_durable(engine)
        with writing(engine) as connection, connection.begin():
            if engine.dialect.name == "postgresql":
                connection.exec_driver_sql(_PATIENTLY)
                connection.execute(_ALONE, {"number": _ADVISORY})
            marks.check_before(connection)
            command.upgrade(_config(connection), "head")
        return revisions()[-1]
    except SQLAlchemyError as error:
        raise Unavailable("the tables cannot be brought up to date") from error
    finally:
        engine.dispose()


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
