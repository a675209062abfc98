"""What goes into the log, and what must not."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.conftest import ROOT

SCRIPT = """
from config.settings import LogSettings
from gateway import logs

logs.configure(LogSettings(), "submission")

def parse(text):
    raise ValueError(f"cannot read {text}")

try:
    try:
        parse("SECRET")
    except ValueError as error:
        raise RuntimeError("SECRET again") from error
except RuntimeError:
    logs.get("intake").exception("submission failed", ref="abc")
"""


def test_an_error_is_logged_by_its_place_and_never_by_its_text():
    run = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, cwd=ROOT)
    line = json.loads(run.stderr)
    assert "SECRET" not in run.stderr
    assert (line["event"], line["ref"], line["process"]) == ("submission failed", "abc", "submission")
    assert (line["error"], line["cause"]) == ("RuntimeError", "ValueError")
    assert line["where"]


def test_a_line_that_cannot_be_written_is_lost_and_nothing_else():
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-c", f"{SCRIPT}\nprint('still here')"],
            stdout=subprocess.PIPE,
            stderr=full,
            timeout=60,
            cwd=ROOT,
            check=False,
        )
    assert done.stdout == b"still here\n"


def test_lines_of_many_processes_stay_whole(tmp_path):
    """They share one log, as under a supervisor."""
    say = "from gateway.logs import _Lines\nfor _ in range(3000): _Lines().msg('x' * 300)"
    with (tmp_path / "log").open("ab", buffering=0) as log:
        several = [subprocess.Popen([sys.executable, "-c", say], stderr=log, cwd=ROOT) for _ in range(3)]
        assert [each.wait(60) for each in several] == [0, 0, 0]
    lines = (tmp_path / "log").read_bytes().splitlines()
    assert len(lines) == 9000
    assert set(map(len, lines)) == {300}
