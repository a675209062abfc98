"""The disk is full: mail is turned away with 452 while it lasts, nothing is lost, nobody has to do anything after."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from tests.conftest import TlsFiles
from tests.crash.conftest import impatient
from tests.crash.letters import Fate, Letter, write
from tests.crash.settle import settle, waiting
from tests.crash.siege import ROLES, process_of
from tests.crash.upstream import RecordingUpstream
from tests.installation import Installation, queue_id, until

SIZE_MB = 48
FULL = (452, "4.3.1 ")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    except OSError as error:
        pytest.skip(f"a small disk is needed, and there is no mount: {error}")
    if done.returncode:
        pytest.skip(f"a small disk is needed, and may not be mounted: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], timeout=30, check=True)


@pytest.fixture
def installation(disk: Path, tls_files: TlsFiles, upstream: RecordingUpstream) -> Iterator[Installation]:
    """An installation that has everything on the small disk, its log too."""
    installation = Installation(disk / "v", tls_files.certificate, tls_files.key, tls_files.ca)
    impatient(installation, upstream.port)
    yield installation
    if installation.process is not None:
        installation.kill()


def fill(disk: Path, leave: int = 0) -> Path:
    """Fill the disk up, but for `leave` octets. Returns the file that does it."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 20, 4096, 1):
            with pytest.raises(OSError, match="No space left"):
                _write_forever(file, size)
    if leave:
        with ballast.open("r+b") as file:
            file.truncate(ballast.stat().st_size - leave)
    return ballast


def _write_forever(file: IO[bytes], size: int) -> None:
    while True:
        file.write(b"\0" * size)


class Sender:
    """Hands in letters one by one, and keeps them."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.letters: list[Letter] = []
        self._draw = random.Random(1)

    def send(self, size: int = 2000) -> tuple[int, str]:
        """One letter of about this size, over the trusted listener."""
        letter = write(len(self.letters), self.installation.council.domains[0], Fate.PASSED, self._draw)
        letter.recipients = letter.recipients[:1]
        letter.raw = letter.raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" + b"x" * 70 * (size // 72) + b"\r\n"
        self.letters.append(letter)
        code, text = self.installation.send(letter.raw, letter.recipients, None, letter.mail_from)
        if code == 250:
            letter.queue_ids.append(queue_id(text))
        return code, text


def settled(installation: Installation, sender: Sender, upstream: RecordingUpstream) -> None:
    """Everything that was taken in has gone its way, and nothing else."""
    with installation.database() as database:
        until(lambda: waiting(database) == 0, 60)
        account = settle(database, installation.council.id, sender.letters, upstream)
    assert account.faults == ()
    assert account.delivered == account.acknowledged == account.archived
    assert account.duplicates == 0


def test_a_full_disk_turns_mail_away_and_passes_by_itself(
    installation: Installation, disk: Path, upstream: RecordingUpstream
):
    installation.settings["limits"]["free_disk_mb"] = 0
    installation.prepare()
    installation.start()
    processes = {role: process_of(installation, role) for role in ROLES}
    sender = Sender(installation)
    assert sender.send()[0] == 250
    until(lambda: len(upstream.taken) == 1)
    ballast = fill(disk)
    # The database has some space of its own left, which is used up first.
    replies = [sender.send(50_000) for _ in range(60)]
    assert {code for code, _ in replies} <= {250, 452}
    assert all(text.startswith(FULL[1]) for code, text in replies if code == 452)
    assert replies[-1][0] == 452
    assert [sender.send()[0] for _ in range(3)] == [452] * 3
    ballast.unlink()
    until(lambda: sender.send()[0] == 250, 30)
    settled(installation, sender, upstream)
    assert {role: process_of(installation, role) for role in ROLES} == processes, installation.log()[-3000:]
    ballast = fill(disk)
    until(lambda: sender.send(50_000)[0] == 452)
    installation.kill()
    installation.start()
    assert sender.send(50_000)[0] == 452
    ballast.unlink()
    until(lambda: sender.send()[0] == 250, 30)
    settled(installation, sender, upstream)
    assert installation.stop() == 0


def test_mail_is_turned_away_before_the_disk_is_full(
    installation: Installation, disk: Path, upstream: RecordingUpstream
):
    installation.settings["limits"]["free_disk_mb"] = 16
    installation.prepare()
    installation.start()
    sender = Sender(installation)
    assert sender.send()[0] == 250
    ballast = fill(disk, leave=8 << 20)
    until(lambda: sender.send()[0] == 452, 10)
    with installation.client(None) as client:
        client.ehlo()
        code, text = client.mail(installation.address("cllr.a"))
        assert (code, text.decode()[:6]) == FULL
    assert "no room for mail" in installation.log()
    ballast.unlink()
    until(lambda: sender.send()[0] == 250, 10)
    settled(installation, sender, upstream)
    assert installation.stop() == 0
