from __future__ import annotations

import pytest

from gateway.store.database import Database
from tests.policies import only
from tests.unit.holds.office import Office
from tests.unit.store.conftest import url

__all__ = ["url"]


@pytest.fixture
def demo(little_wickham):
    """The demo council with the checks that ask and hold, and nobody who has to acknowledge anything."""
    found = only(
        little_wickham,
        "sender_identity",
        "reply_all",
        "forwarding",
        "clerk_copy",
        "signature",
        "waiver",
        "moderation",
    )
    return found.model_copy(update={"monitoring_notice": None})


@pytest.fixture
def office(url, demo, tmp_path):
    database = Database(url)
    database.start()
    yield Office(database, demo, tmp_path)
    database.stop()
