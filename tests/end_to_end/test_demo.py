"""`vestry demo --once`: every sample becomes what it should, and the table says what people decided."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.installation import free_port

PORTS = ("submission", "submissions", "trusted", "upstream", "metrics")


@pytest.mark.timeout(300)
def test_everything_becomes_what_it_should(tmp_path: Path):
    ports = [part for name in PORTS for part in (f"--{name}-port", str(free_port()))]
    done = subprocess.run(
        [sys.executable, "-m", "gateway.cli", "demo", "--once", "--data-dir", str(tmp_path / "demo"), *ports],
        capture_output=True,
        timeout=280,
        check=False,
    )
    said = done.stdout.decode()
    assert done.returncode == 0, said + done.stderr.decode()
    assert "NOT AS EXPECTED" not in said
    for then in (
        "release by clerk: sent",
        "SEND by mail from cllr.a: sent",
        "LEAVE OUT 2 by mail from cllr.a: sent",
        "CANCEL by mail from clerk: not sent",
        "return by clerk: given back",
        "is the one given back, amended: sent",
    ):
        assert then in said
    assert "The archive, searched:  vestry archive search " in said
    assert "subject: **Pothole in Mill Lane**" in said
