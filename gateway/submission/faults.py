"""What becomes of an error that nobody foresaw: a line in the log, and a reference for whoever asks."""

from __future__ import annotations

import traceback
from pathlib import Path

from gateway import logs
from gateway.reply import opaque_id

_log = logs.get("submission")


def note(error: BaseException, doing: str) -> str:
    """Log where `error` came from, and return the reference that the log has it under.

    Its text is left out: what a library says of a value is often the value, and that may be an address, a
    password or a piece of a message.
    """
    ref = opaque_id()
    frames = traceback.extract_tb(error.__traceback__)
    _log.error(
        "fault",
        ref=ref,
        doing=doing,
        error=type(error).__name__,
        cause=type(error.__cause__).__name__ if error.__cause__ else None,
        where=[f"{Path(frame.filename).stem}:{frame.lineno} {frame.name}" for frame in frames[-4:]],
    )
    return ref
