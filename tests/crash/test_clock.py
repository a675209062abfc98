"""The clock is set while the post room works: nothing is lost, sent twice, or left waiting for the old time."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.crash.loop import Loop
from tests.crash.settle import Account, settle, waiting
from tests.crash.siege import process_of
from tests.crash.test_disk_full import Sender
from tests.crash.upstream import RecordingUpstream
from tests.installation import Installation, until

HOURS = 3600


class Clock:
    """The post room's clock."""

    def __init__(self, file: Path, installation: Installation) -> None:
        self._file = file
        self.set(0)
        installation.environment |= {
            "VESTRY_TEST_CLOCK": str(file),
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests/crash/stepped")]),
        }

    def set(self, seconds: float) -> None:
        """Off by so much, all at once."""
        fresh = self._file.with_suffix(".new")
        fresh.write_text(str(seconds))
        fresh.rename(self._file)


@pytest.fixture
def clock(installation: Installation, tmp_path: Path) -> Clock:
    return Clock(tmp_path / "clock", installation)


def settled(installation: Installation, sender: Sender, upstream: RecordingUpstream) -> Account:
    """The account, once everything is delivered."""
    with installation.database() as database:
        until(lambda: len({taken.message_id for taken in upstream.taken}) == len(sender.letters), 60)
        until(lambda: waiting(database) == 0, 60)
        account = settle(database, installation.council.id, sender.letters, upstream)
    assert account.faults == ()
    assert account.queued == 0
    return account


def processor_seconds(process: int) -> float:
    """How long a process has been at work."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def idle(installation: Installation) -> None:
    """No process works without having anything to do."""
    before = {role: processor_seconds(process_of(installation, role)) for role in ("delivery", "submission")}
    time.sleep(2)  # That is what is measured.
    for role, seconds in before.items():
        assert processor_seconds(process_of(installation, role)) - seconds < 1, f"{role} runs hot"


def test_set_back_nothing_waits_for_the_old_time(
    installation: Installation, clock: Clock, loop: Loop, upstream: RecordingUpstream
):
    loop.run(upstream.stop())
    installation.settings["delivery"] |= {"retry_seconds": [600]}
    installation.prepare()
    installation.start()
    sender = Sender(installation)
    assert sender.send()[0] == 250
    until(lambda: "upstream away" in installation.log())
    clock.set(-2 * HOURS)
    loop.run(upstream.start())
    assert sender.send()[0] == 250
    account = settled(installation, sender, upstream)
    assert account.duplicates == account.departures_unknown == 0
    idle(installation)
    assert installation.stop() == 0


def test_set_back_while_it_was_down(
    installation: Installation, clock: Clock, loop: Loop, upstream: RecordingUpstream
):
    clock.set(5 * HOURS)
    loop.run(upstream.stop())
    installation.settings["delivery"] |= {"retry_seconds": [600]}
    installation.prepare()
    installation.start()
    sender = Sender(installation)
    assert sender.send()[0] == 250
    until(lambda: "upstream away" in installation.log())
    assert installation.stop() == 0
    clock.set(0)
    loop.run(upstream.start())
    installation.start()
    assert settled(installation, sender, upstream).duplicates == 0
    assert installation.stop() == 0


def test_set_forward_in_the_middle_of_a_delivery(
    installation: Installation, clock: Clock, upstream: RecordingUpstream
):
    installation.upstream(upstream.port, data_seconds=30)
    installation.prepare()
    installation.start()
    sender = Sender(installation)
    upstream.moments.arm("taken")
    assert sender.send()[0] == 250
    assert upstream.moments.reached(30)
    clock.set(2 * HOURS)
    assert sender.send()[0] == 250
    until(lambda: len(upstream.taken) == 2)
    idle(installation)
    upstream.moments.let_go()
    account = settled(installation, sender, upstream)
    assert account.duplicates == account.departures_unknown == 0
    assert "lease lost" not in installation.log()
    assert installation.stop() == 0


def test_set_to_and_fro_while_mail_flows(
    installation: Installation, clock: Clock, upstream: RecordingUpstream
):
    installation.prepare()
    installation.start()
    sender = Sender(installation)
    for step in (HOURS, -HOURS, 30 * HOURS, 0, -30 * HOURS, 0):
        clock.set(step)
        assert [sender.send()[0] for _ in range(5)] == [250] * 5
    account = settled(installation, sender, upstream)
    assert account.duplicates <= account.departures_unknown == 0
    assert installation.stop() == 0
