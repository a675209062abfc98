"""Whoever writes without a pause leaves the others their turn."""

from __future__ import annotations

import fcntl
import subprocess
import sys
import threading
import time

import pytest
from sqlalchemy.exc import TimeoutError as WaitedInVain

from gateway.store import turns
from tests.conftest import ROOT


@pytest.fixture
def database(tmp_path) -> str:
    return str(tmp_path / "vestry.sqlite")


def taken(path: str) -> bool:
    """Whether somebody holds the lock at `path`."""
    with open(path, "a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def test_who_comes_back_at_once_comes_after_who_waited(database):
    order = []

    def wait_for_a_turn():
        with turns.turn(database):
            order.append("the other")

    other = threading.Thread(target=wait_for_a_turn)
    with turns.turn(database):
        order.append("one")
        other.start()
        deadline = time.monotonic() + 10
        while not taken(f"{database}-next"):
            assert time.monotonic() < deadline
            time.sleep(0.001)
    with turns.turn(database):
        order.append("one")
    other.join(10)
    assert order == ["one", "the other", "one"]


def test_a_turn_ends_with_the_process(database):
    script = f"""
import os, signal
from gateway.store import turns
with turns.turn({database!r}):
    os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", script], timeout=60, cwd=ROOT, check=False)
    with turns.turn(database):
        assert taken(f"{database}-turn")
        assert not taken(f"{database}-next")


def test_one_that_does_not_end_is_not_waited_for_forever(database, monkeypatch):
    monkeypatch.setattr(turns, "WAIT_SECONDS", 0.05)
    with turns.turn(database):
        with pytest.raises(WaitedInVain), turns.turn(database):
            pass
        with pytest.raises(WaitedInVain), turns.turn(database):  # And has left the place of the next one.
            pass
    with turns.turn(database):
        pass
