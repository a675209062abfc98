"""A limit on processor time: what is linear stays far below it, what is not goes far beyond."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator


@contextlib.contextmanager
def within(seconds: float) -> Iterator[None]:
    """Fails where the block takes more processor time. (What never ends is ended by pytest's own limit.)"""
    began = time.process_time()
    yield
    used = time.process_time() - began
    assert used < seconds, f"took {used:.1f} s of processor time"
