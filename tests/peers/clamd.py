"""A real ClamAV daemon in a folder of its own, with a small database of signatures that knows only test files."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.neighbours import program

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"
"""The test file that every virus scanner knows (eicar.org); in two pieces, so that none finds it here."""

TEST_SIGNATURE = b"VESTRY-" + b"HARMLESS-TEST-SIGNATURE-5f0c"
"""What only this database knows."""

EICAR_NAME, TEST_NAME = "Eicar-Test-Signature", "Vestry.Test.Signature"

_CONFIGURATION = """\
Foreground yes
LocalSocket {folder}/clamd.ctl
DatabaseDirectory {folder}/database
TemporaryDirectory {folder}/temporary
LogFile {folder}/log
PidFile {folder}/pid
StreamMaxLength {megabytes}M
AlertExceedsMax yes
MaxFileSize {megabytes}M
MaxScanSize {megabytes}M
MaxRecursion 8
ExtendedDetectionInfo yes
CommandReadTimeout 60
FixStaleSocket yes
"""


@dataclass
class Clamd:
    """A clamd that takes up to `megabytes`, and listens at `socket`."""

    folder: Path
    megabytes: int = 2
    _process: subprocess.Popen[bytes] | None = None

    @classmethod
    @contextlib.contextmanager
    def prepared(cls, **settings: int) -> Iterator[Clamd]:
        """A clamd of one's own, not started yet, until the block ends."""
        # Not in pytest's own folder, whose path is too long for a socket.
        folder = Path(tempfile.mkdtemp(prefix="clamd", dir="/tmp"))
        clamd = cls(folder, **settings)
        try:
            clamd.prepare()
            yield clamd
        finally:
            clamd.kill()
            shutil.rmtree(folder, ignore_errors=True)

    @property
    def socket(self) -> str:
        return str(self.folder / "clamd.ctl")

    def prepare(self) -> None:
        for name in ("database", "temporary"):
            (self.folder / name).mkdir()
        signatures = ((EICAR_NAME, EICAR), (TEST_NAME, TEST_SIGNATURE))
        (self.folder / "database/test.ndb").write_text(
            "".join(f"{name}:0:*:{found.hex()}\n" for name, found in signatures)
        )
        (self.folder / "clamd.conf").write_text(
            _CONFIGURATION.format(folder=self.folder, megabytes=self.megabytes)
        )

    def start(self) -> None:
        """Run it; returns when it answers."""
        path = program("clamd")
        assert path is not None
        with (self.folder / "out").open("wb") as out:
            self._process = subprocess.Popen(
                [path, "-c", str(self.folder / "clamd.conf")],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        deadline = time.monotonic() + 60
        while not self._answers():
            assert self._process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.05)

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as sock, contextlib.suppress(OSError):
            sock.settimeout(5)
            sock.connect(self.socket)
            sock.sendall(b"zPING\0")
            return sock.recv(16) == b"PONG\0"
        return False

    def said(self) -> str:
        return (self.folder / "out").read_text(errors="replace")

    def freeze(self) -> None:
        """Have it stand still: it takes connections, and says nothing."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        """Kill it at once, if it runs."""
        if self._process is not None:
            self._signal(signal.SIGKILL)
            self._process.wait(20)
            self._process = None

    def _signal(self, number: int) -> None:
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)
