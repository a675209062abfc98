"""Loaded by every Python process that has this folder in PYTHONPATH: its clock can be set from outside.

The file named in VESTRY_TEST_CLOCK holds by how many seconds the post room's clock is off.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

from gateway import clock

_OFFSET = Path(os.environ["VESTRY_TEST_CLOCK"])


class _Stepped(datetime):
    """`datetime`, off by what the file says."""

    @classmethod
    def now(cls, zone: tzinfo | None = None) -> datetime:
        """The time, as it seems."""
        return datetime.now(zone) + timedelta(seconds=float(_OFFSET.read_text()))


clock.datetime = _Stepped  # It is set back by the end of the process.
