from __future__ import annotations

import pytest

from tests.unit.archive.search.shelf import Shelf
from tests.unit.store.conftest import council, database, url  # noqa: F401  # fixtures


@pytest.fixture
def shelf(database) -> Shelf:
    """An empty archive."""
    return Shelf(database)
