"""By what the database knows the archive's key again: nobody goes on without it, or with another.

The first time that a key is there a mark of it is written; the key cannot be told from that. From then on all that is
new in the archive is encrypted, and what stood there before stays readable as it is.
"""

from __future__ import annotations

from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from gateway.store import secrets
from gateway.store.engine import reading, writing
from gateway.store.errors import KeyRefused, Unavailable
from gateway.store.models import SecretRow
from gateway.store.vault import vault_of

NAME = "archive.key"

MISSING = (
    "this archive is encrypted, and `archive.key` in the settings names no key: put back the setting and the file "
    "that it named (`docs/database.md`); without that key nobody can read the archive"
)
ANOTHER = (
    "this archive is encrypted with another key than the one that `archive.key` in the settings names: put back the "
    "file that was there before (`docs/database.md`); without that key nobody can read the archive"
)


def assert_key(engine: Engine) -> None:
    """Check that the key of the engine's vault is the one that the database knows, and have it known where it knows none.

    Raises KeyRefused and Unavailable.
    """
    try:
        with reading(engine) as connection:
            if known(connection):
                return
        with writing(engine) as connection, connection.begin():
            insert = postgresql.insert if engine.dialect.name == "postgresql" else sqlite.insert
            mark = vault_of(connection).mark()
            connection.execute(insert(SecretRow).values(name=NAME, value=mark).on_conflict_do_nothing())
            known(connection)  # Another node may have been first, with another key.
    except SQLAlchemyError as error:
        raise Unavailable("the archive's key cannot be checked") from error


def check_before(connection: Connection) -> None:
    """`known` for a database that may have no tables yet."""
    if inspect(connection).has_table(SecretRow.__tablename__):
        known(connection)


def known(connection: Connection) -> bool:
    """Whether nothing is left to be written: the database knows the key, or there is none. Raises KeyRefused."""
    vault = vault_of(connection)
    mark = secrets.find(connection, NAME)
    if mark is None:
        return not vault.encrypts
    if not vault.encrypts:
        raise KeyRefused(MISSING)
    if not vault.made(bytes(mark)):
        raise KeyRefused(ANOTHER)
    return True


def is_encrypted(connection: Connection) -> bool:
    """Whether the archive's key is needed to read all that is in the database."""
    return secrets.find(connection, NAME) is not None
