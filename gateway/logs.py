"""Structured logs: one line an event, no message content, no secret.

Keys are plain words; values are ids, counts, codes and logins. Subjects, addresses of recipients, bodies,
evidence and passwords never go in (DESIGN invariant 8).
"""

from __future__ import annotations

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
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(process=process)


def get(name: str) -> structlog.typing.FilteringBoundLogger:
    """The logger for a room of the house, for example `get("delivery")`."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger(room=name)
    return logger
