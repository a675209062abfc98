"""Structured logs: one line an event, no message content, no secret.

Keys are plain words; values are ids, counts, codes and logins. Subjects, addresses of recipients, bodies,
evidence and passwords never go in (DESIGN invariant 8).
"""

from __future__ import annotations

import contextlib
import logging
import sys
import traceback
from pathlib import Path

import structlog

from config.settings import LogSettings


def configure(settings: LogSettings, process: str) -> None:
    """Write this process's log to standard error; every line carries `process`."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if settings.format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _error_without_its_text,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[settings.level.upper()]
        ),
        logger_factory=_Lines,
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(process=process)


def where(error: BaseException) -> dict[str, object]:
    """What a log may say of an error: its type, its cause's, and where it came from.

    Its text is left out: what a library says of a value is often the value, and that may be an address, a
    password or a piece of a message.
    """
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "error": type(error).__name__,
        "cause": type(error.__cause__).__name__ if error.__cause__ else None,
        "where": [f"{Path(frame.filename).stem}:{frame.lineno} {frame.name}" for frame in frames[-6:]],
    }


def _error_without_its_text(
    _logger: object, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """For `log.exception`: the error that is being handled, as `where` tells it."""
    if event.pop("exc_info", None):
        error = sys.exc_info()[1]
        if error is not None:
            event.update(where(error))
    return event


class _Lines(structlog.PrintLogger):
    """Lines on standard error. Where they cannot be written (a full disk), they are lost, and nothing else is.

    Each is one write with its line end: all processes share one log, and print would let others in between.
    """

    def __init__(self, *_: object) -> None:
        super().__init__(sys.stderr)

    def msg(self, message: str) -> None:
        """Write a line, or do without."""
        with contextlib.suppress(OSError, ValueError):
            self._file.write(f"{message}\n")
            self._file.flush()

    log = debug = info = warn = warning = msg
    fatal = failure = err = error = critical = exception = msg


def get(name: str) -> structlog.typing.FilteringBoundLogger:
    """The logger for a room of the house, for example `get("delivery")`."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger(room=name)
    return logger
