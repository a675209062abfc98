"""The scanner that the settings name, if any, with its results counted."""

from __future__ import annotations

import asyncio
from typing import Protocol

from config.malware import OFF, MalwareSettings
from filters.answers import Scan
from gateway import logs, metrics
from gateway.scanning import NO_SCANNER
from gateway.scanning.clamd import Clamd

_log = logs.get("scanning")


class Scanner(Protocol):
    """Whatever looks for malware in whole messages."""

    async def scan(self, raw: bytes, seconds: float) -> Scan:
        """What it found in a message, or why it could not look within `seconds`. Never raises."""


class Counted:
    """A scanner whose results are counted, and which is said aloud not to answer when it does not."""

    def __init__(self, scanner: Scanner) -> None:
        self._scanner = scanner

    async def scan(self, raw: bytes, seconds: float) -> Scan:
        """See `Scanner`."""
        with metrics.STAGE_SECONDS.labels("scan").time():
            found = await self._scanner.scan(raw, seconds)
        result = "trouble" if found.trouble else "found" if found.names else "clean"
        metrics.MALWARE_SCANS.labels(result).inc()
        metrics.MALWARE_SCANNER_ANSWERS.set(0 if found.trouble else 1)
        if found.trouble:
            _log.error("not scanned for malware", why=found.trouble)
        return found


def scanner_of(settings: MalwareSettings) -> Scanner | None:
    """The scanner that the settings name; None where they name none."""
    if settings.clamd == OFF:
        return None
    return Counted(Clamd(settings.clamd, settings.timeout_seconds))


async def scan(scanner: Scanner | None, raw: bytes, deadline: float) -> Scan:
    """What the scanner says of a message by `deadline`, in the loop's time; where there is no scanner, that."""
    if scanner is None:
        return Scan(trouble=NO_SCANNER)
    return await scanner.scan(raw, deadline - asyncio.get_running_loop().time())
