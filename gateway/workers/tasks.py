"""What workers can be asked to do: pure functions from frames to a frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

from config.council import Council
from filters.analysis import Reading, Situation, decide_step, read_step
from signatures.message.scanner import Unscannable

UNSCANNABLE = b"?"
"""First octet of an answer that says why the message could not be read, instead of what was read."""

ANSWER = b"="


def read(raw: bytes) -> bytes:
    """Message → `Reading`, or why there is none."""
    try:
        return ANSWER + read_step(raw).model_dump_json().encode()
    except Unscannable as error:
        return UNSCANNABLE + str(error).encode()


def decide(raw: bytes, reading: bytes, council: bytes, situation: bytes) -> bytes:
    """Message, `Reading`, `Council` and `Situation` → `Analysis`."""
    analysis = decide_step(
        raw,
        Reading.model_validate_json(reading),
        Situation.model_validate_json(situation),
        _council(council),
    )
    return ANSWER + analysis.model_dump_json().encode()


TASKS: Mapping[bytes, Callable[..., bytes]] = {b"read": read, b"decide": decide}


@lru_cache(maxsize=256)
def _council(document: bytes) -> Council:
    """Councils change seldom, so each document is parsed once in a worker."""
    return Council.model_validate_json(document)
