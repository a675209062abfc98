"""The shipped filter finds the lines that are really logged, and finds the client's address in them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.neighbour("fail2ban")
FILTER = ROOT / "deploy/fail2ban/vestry.conf"

SCRIPT = """
import sys
from ipaddress import ip_address
from config.settings import LogSettings
from gateway import logs
from gateway.submission.auth import authenticator
from gateway.submission.auth.accounts import Account

logs.configure(LogSettings(format=sys.argv[1]), "submission")
account = Account('evil" "peer": "203.0.113.9@x.example', None, False, ())
authenticator._failed(ip_address("192.0.2.7"), "credentials", None)
authenticator._failed(ip_address("2001:db8::7"), "unknown", None)
authenticator._failed(ip_address("192.0.2.8"), "ended", account)
authenticator._failed(ip_address("192.0.2.9"), "unavailable", None)
logs.get("submission").info("submission ready", listeners=["starttls"])
"""


@pytest.mark.parametrize("form", ["json", "text"])
def test_failed_logins_are_found_with_their_address(tmp_path: Path, form: str):
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, form], capture_output=True, text=True, check=True, cwd=ROOT
    )
    lines = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in run.stderr.splitlines()]
    assert len(lines) == 5
    log = tmp_path / "log"
    log.write_text("\n".join(lines) + "\n")
    found = subprocess.run(
        ["fail2ban-regex", "--out", "ip", str(log), str(FILTER)], capture_output=True, text=True, check=True
    )
    assert found.stdout.split() == ["192.0.2.7", "2001:db8::7", "192.0.2.8"]


def test_the_line_is_stable():
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, "json"], capture_output=True, text=True, check=True, cwd=ROOT
    )
    line = json.loads(run.stderr.splitlines()[0])
    del line["timestamp"]
    assert line == {
        "room": "submission",
        "peer": "192.0.2.7",
        "reason": "credentials",
        "event": "auth failed",
        "process": "submission",
        "level": "warning",
    }
