"""Who holds this process's leases, and whether the one that ran here before can still use its own."""

from __future__ import annotations

import fcntl
import os
import secrets
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")


class Owner:
    """The name under which a process takes leases: another one each time that a process starts.

    While it lives it holds a file in the data folder. `predecessor` is the owner that held the file before,
    where that is certainly dead. Its leases may be ended at once; those of all others run out. `alone`: no
    other node uses the database. Where others do, the file must be from since this machine was started: in a
    copy of another node's folder it says nothing about that node.
    """

    def __init__(self, folder: Path, hostname: str, *, alone: bool) -> None:
        self.name = f"{hostname}/{os.getpid()}/{secrets.token_hex(4)}"
        self.predecessor: str | None = None
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = (folder / "delivery.owner").open("a+")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return  # The one before is still finishing what it was at.
        self._file.seek(0)
        boot, _, name = self._file.read().strip().partition(" ")
        if name and (alone or boot == _boot()):
            self.predecessor = name
        self._file.seek(0)
        self._file.truncate()
        self._file.write(f"{_boot()} {self.name}\n")
        self._file.flush()

    def close(self) -> None:
        """Let the next one have the file."""
        self._file.close()


def _boot() -> str:
    """A name for the time since this machine was started; empty where there is none to be had."""
    try:
        return _BOOT.read_text().strip()
    except OSError:
        return ""
