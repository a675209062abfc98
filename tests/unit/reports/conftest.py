from __future__ import annotations

from tests.unit.holds.answers.conftest import council, database, post, settings, url

__all__ = ["council", "database", "post", "settings", "url"]
