"""A search of the demonstration's archive, as the FOI officer makes it, and whether it found what there is."""

from __future__ import annotations

import shlex
import subprocess
import sys
from dataclasses import dataclass

from config.settings import load
from gateway.archive.key import key_of
from gateway.demo.installation import Installation
from gateway.demo.run import Result
from gateway.store import archive
from gateway.store.database import Database

_SUBJECT = "Pothole in Mill Lane"
_QUERY = f'"{_SUBJECT.lower()}" from:cllr.a'


@dataclass(frozen=True, slots=True)
class Searched:
    """The command, what it printed, and whether that has the count that the list of messages gives, and the sample."""

    command: str
    said: str
    expected: bool


def searched(installation: Installation, results: list[Result]) -> Searched:
    """Search for a sample that was sent, in this run and in those before it."""
    asked = (
        "archive",
        "search",
        _QUERY,
        "--by",
        f"foi@{installation.council.domains[0]}",
        "--why",
        "A look round",
    )
    settings = ("-c", str(installation.settings))
    done = subprocess.run(
        [sys.executable, "-m", "gateway.cli", *asked, *settings],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    sent = next((each.queue_id for each in results if each.sample.title == _SUBJECT and each.queue_id), "")
    count = _there_are(installation)
    found = f"{count} message{'' if count == 1 else 's'} found"
    expected = done.returncode == 0 and found in done.stdout and bool(sent) and sent in done.stdout
    return Searched(shlex.join(["vestry", *asked, *settings]), done.stdout or done.stderr, expected)


def _there_are(installation: Installation) -> int:
    """How many messages with the subject the archive lists."""
    settings = load(installation.settings)
    database = Database(settings.database_url, key=key_of(settings))
    database.start()
    try:
        rows = database.read_blocking(lambda c: archive.listing(c, installation.council.id))
    finally:
        database.stop()
    return sum(row.subject == _SUBJECT for row in rows)
