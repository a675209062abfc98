"""No space left: nothing is kept, whoever asked is told so, and it passes as soon as there is space."""

from __future__ import annotations

import errno
import random
import shutil

import pytest
from sqlalchemy import event

from gateway.store import messages
from gateway.store.database import Database
from gateway.store.errors import Full, Unavailable
from gateway.store.faults import is_full
from tests.unit.store.conftest import council, database  # noqa: F401  # fixtures
from tests.unit.store.test_store import COUNCIL, entry


@pytest.fixture
def url(tmp_path, sqlite_with_tables) -> str:
    """SQLite alone: it can be made small."""
    shutil.copyfile(sqlite_with_tables, tmp_path / "vestry.sqlite")
    return f"sqlite:///{tmp_path}/vestry.sqlite"


def make_small(database: Database, spare_pages: int) -> None:
    """Let every connection from now on have so many pages more, and no further."""
    with database.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    database.engine.dispose()

    def limit(connection, record):
        connection.execute(f"PRAGMA max_page_count = {pages + spare_pages}").close()

    event.listen(database.engine, "connect", limit)


async def test_a_full_disk_keeps_nothing_and_passes(database):
    make_small(database, 50)
    large = entry(
        raw=b"Message-ID: <large@x>\r\n\r\n" + random.Random(8).randbytes(1_000_000).hex().encode() + b"\r\n"
    )
    with pytest.raises(Full):
        await database.write(lambda c: messages.record(c, large))
    small = entry(raw=b"Message-ID: <small@x>\r\n\r\nx\r\n")
    recorded = await database.write(lambda c: messages.record(c, small))
    found = await database.read(lambda c: messages.recorded(c, recorded.id))
    assert found is not None
    assert await database.read(lambda c: messages.recorded(c, large.id)) is None
    assert small.council == large.council == COUNCIL


def test_what_means_that_there_is_no_space():
    assert is_full(OSError(errno.ENOSPC, "no space"))
    assert is_full(OSError(errno.EDQUOT, "no quota"))
    assert not is_full(OSError(errno.EIO, "broken"))
    assert not is_full(Unavailable("away"))
