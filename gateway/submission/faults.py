"""What becomes of an error that nobody foresaw: a line in the log, and a reference for whoever asks."""

from __future__ import annotations

from gateway import logs
from gateway.reply import opaque_id

_log = logs.get("submission")


def note(error: BaseException, doing: str) -> str:
    """Log where `error` came from, without its text, and return the reference that the log has it under."""
    ref = opaque_id()
    _log.error("fault", ref=ref, doing=doing, **logs.where(error))
    return ref
