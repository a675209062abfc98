from __future__ import annotations

import shutil
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from config.council import Council
from gateway.store import councils
from gateway.store.database import Database

NOW = datetime(2026, 5, 11, 9, 30, tzinfo=UTC)


@pytest.fixture
def council() -> Council:
    return Council.model_validate(
        {
            "id": "nether-poppleton",
            "name": "Nether Poppleton Parish Council",
            "domains": ["nether.example"],
            "people": [
                {
                    "login": "clerk@nether.example",
                    "name": "Ann Clerk",
                    "roles": [{"role": "clerk"}],
                    "identities": [{"address": "clerk@nether.example"}],
                },
                {
                    "login": "jo@nether.example",
                    "name": "Jo Bloggs",
                    "roles": [{"role": "councillor"}],
                    "identities": [{"address": "jo@nether.example"}],
                },
            ],
        }
    )


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.neighbour("postgresql"))])
def url(request, tmp_path) -> str:
    """The address of a database with tables: the same tests on both kinds."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgresql_url")
    shutil.copyfile(request.getfixturevalue("sqlite_with_tables"), tmp_path / "vestry.sqlite")
    return f"sqlite:///{tmp_path}/vestry.sqlite"


@pytest.fixture
def database(url, council):
    database = Database(url)
    database.start()
    database.write_blocking(lambda connection: councils.save(connection, council, NOW, "test"))
    yield database
    database.stop()


@pytest.fixture
def other_node(url, database):
    """Another node's access to the same database. (With SQLite it is what a command beside it has.)"""
    other = Database(url)
    other.start()
    yield other
    other.stop()


def run_out(database: Database, table: str = "departure") -> None:
    """Let every lease have ended a moment ago, whichever clock it is measured by."""
    with database.engine.begin() as connection:
        connection.execute(text(f"update {table} set lease_until = 1 where lease_until is not null"))
