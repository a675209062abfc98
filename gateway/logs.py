"""Structured logs: one line an event, no message content, no secret.

Keys are plain words; values are ids, counts, codes and logins. Subjects, addresses of recipients, bodies,
evidence and passwords never go in (DESIGN invariant 8).
"""

from __future__ import annotations

import contextlib
import logging
import sys

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
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[settings.level.upper()]
        ),
        logger_factory=_Lines,
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(process=process)


class _Lines(structlog.PrintLogger):
    """Lines on standard error. Where they cannot be written (a full disk), they are lost, and nothing else is."""

    def __init__(self, *_: object) -> None:
        super().__init__(sys.stderr)

    def msg(self, message: str) -> None:
        """Write a line, or do without."""
        with contextlib.suppress(OSError, ValueError):
            super().msg(message)

    log = debug = info = warn = warning = msg
    fatal = failure = err = error = critical = exception = msg


def get(name: str) -> structlog.typing.FilteringBoundLogger:
    """The logger for a room of the house, for example `get("delivery")`."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger(room=name)
    return logger
