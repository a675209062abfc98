from __future__ import annotations

from datetime import UTC, datetime

import pytest

from config.council import Council
from gateway.store import councils
from gateway.store.database import Database
from gateway.store.schema import upgrade

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


@pytest.fixture
def database(tmp_path, council):
    url = f"sqlite:///{tmp_path}/vestry.sqlite"
    upgrade(url)
    database = Database(url)
    database.start()
    database.write_blocking(lambda connection: councils.save(connection, council, NOW, "test"))
    yield database
    database.stop()
