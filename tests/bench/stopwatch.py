"""Processor time of a piece of work in this process."""

from __future__ import annotations

import time
from collections.abc import Callable


def milliseconds(work: Callable[[], object], times: int) -> float:
    """Processor time of one run of `work`, the best of three rounds of `times`."""
    best = float("inf")
    for _ in range(3):
        begun = time.process_time()
        for _ in range(times):
            work()
        best = min(best, (time.process_time() - begun) / times)
    return best * 1000
