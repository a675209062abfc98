"""The files that processes count in."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.conftest import ROOT

SCRIPT = """
from gateway import metrics

metrics.MESSAGES.labels("council", "pass").inc()
metrics.CONNECTIONS.labels("starttls").inc()
metrics.LOOP_LAG.labels("submission").set(1)
metrics.HELD.labels("council").set(1)
metrics.STAGE_SECONDS.labels("commit").observe(1)
"""


def test_they_have_their_space_before_they_are_written(tmp_path):
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", SCRIPT], env=environment, timeout=60, cwd=ROOT, check=True)
    files = list(tmp_path.glob("*.db"))
    assert {file.name.rpartition("_")[0] for file in files} >= {"counter", "histogram", "gauge_livesum"}
    for file in files:
        found = file.stat()
        assert found.st_blocks * 512 >= found.st_size >= 131_072, f"{file.name} is full of holes"
