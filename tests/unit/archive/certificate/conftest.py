from __future__ import annotations

from tests.unit.archive.search.conftest import council, database, shelf, url

__all__ = ["council", "database", "shelf", "url"]
