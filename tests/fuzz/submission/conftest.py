from __future__ import annotations

from tests.dialogs.house import open_doors

__all__ = ["open_doors"]
