"""Case 27: with a wrong key, or without the one that was used, nothing starts: not the post room and no command."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gateway.archive import key
from gateway.store.database import Database
from gateway.store.upgrade import upgrade

SETTINGS = """\
hostname = "post.test.example"
data_dir = "data"

[upstreams.default]
host = "127.0.0.1"
port = 2525
tls = "opportunistic"

[[listeners]]
kind = "trusted"
address = "127.0.0.1"
port = 0
networks = [{ network = "127.0.0.1/32", councils = ["little-wickham"] }]

[metrics]
port = 0
"""


def command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "gateway.cli", *arguments, "--config", str(folder / "vestry.toml")],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def settle(folder: Path, name: str | None) -> None:
    """Write settings that name a key."""
    named = "" if name is None else f'\n[archive]\nkey = "{name}"\n'
    (folder / "vestry.toml").write_text(SETTINGS + named)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An installation whose archive is encrypted."""
    (tmp_path / "data").mkdir()
    for name in ("first.key", "second.key"):
        key.make(tmp_path / name)
    url = f"sqlite:///{tmp_path}/data/vestry.sqlite"
    upgrade(url)
    database = Database(url, key=key.read(tmp_path / "first.key"))
    database.start()
    database.stop()
    return tmp_path


COMMANDS = [("serve",), ("archive", "list"), ("db", "upgrade")]


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(
    ("name", "said"),
    [
        (None, "`archive.key` in the settings names no key"),
        ("second.key", "encrypted with another key"),
        ("missing.key", "archive.key: found no readable file"),
    ],
    ids=["no key", "another key", "no file"],
)
def test_nothing_starts(folder, arguments, name, said):
    settle(folder, name)
    done = command(folder, *arguments)
    assert done.returncode in {1, 2, 78}, done
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_with_its_key_a_command_works(folder):
    settle(folder, "first.key")
    assert command(folder, "queue", "list").returncode == 0
    assert command(folder, "db", "upgrade").returncode == 0
