"""A process that takes a message in, or reads what is pending, and kills itself at a step."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import asynccontextmanager
from typing import Any

from filters.archived import archived
from gateway import clock
from gateway.archive import reading
from gateway.jobs.task import Task
from gateway.store import jobs, ledger, prints, queue, sheet
from gateway.store.database import Database
from gateway.store.index import kept, words, writing
from gateway.store.vault import vault_of
from signatures.message.scanner import CAPS
from tests.unit.index.conftest import COUNCIL, content
from tests.unit.store.test_store import entry

LETTER = (
    b"From: jo@nether.example\r\nMessage-ID: <dying@x>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    b"--b\r\n\r\nmine here\r\n--b\r\nContent-Type: text/plain\r\n"
    b"Content-Disposition: attachment; filename=paper.txt\r\n\r\nthe lease of the hall\r\n--b--\r\n"
)
INGEST: dict[str, tuple[Any, str]] = {
    "before the ledger": (ledger, "append"),
    "before the prints": (prints, "keep"),
    "before the departure": (queue, "depart_all"),
    "before the item": (writing, "_numbers"),
    "before the texts": (kept, "keep"),
    "before the words": (words, "put"),
}
EXTRACTION: dict[str, tuple[Any, str]] = {
    "before the words are taken out": (words, "take"),
    "before the texts are dropped": (kept, "drop"),
    "before the new texts": (kept, "keep"),
    "before the new words": (words, "put"),
    "before the old words are forgotten": (words, "forget"),
}
BEFORE_COMMIT, AFTER_COMMIT = "before the commit", "after the commit"
BEGUN, READ = "once it is begun", "once it is read"


def die(*_: object) -> None:
    """As the power goes."""
    os.kill(os.getpid(), signal.SIGKILL)


def take(database: Database, step: str) -> None:
    """Take the letter in."""

    def write(connection: Any) -> None:
        ledger.lock(connection, COUNCIL)
        one = entry(raw=LETTER, content=content("mine here", pending=True))
        sheet.write(connection, [sheet.of_submission(one, vault_of(connection), connection.dialect.name)])
        if step == BEFORE_COMMIT:
            die()

    _halt(INGEST, step)
    database.write_blocking(write)
    if step == AFTER_COMMIT:
        die()


async def read(database: Database, step: str) -> None:
    """Read what is pending."""

    class Reader:
        async def archive(self, raw: bytes, deadline: float) -> Any:
            if step == BEGUN:
                die()
            found = archived(raw, CAPS)
            if step == READ:
                die()
            return found

    @asynccontextmanager
    async def analysts(settings: object) -> Any:
        yield Reader()

    complete = writing.complete

    def completed(*arguments: Any) -> None:
        complete(*arguments)
        if step == BEFORE_COMMIT:
            die()

    writing.complete = completed
    _halt(EXTRACTION, step)
    [job] = database.write_blocking(lambda c: jobs.claim(c, "me", clock.now(), 1, 60, [reading.KIND]))
    await reading.reading_archive(lambda: None, analysts)(Task(job, database, clock.now))  # type: ignore[arg-type, return-value]  # None of them is looked at.
    if step == AFTER_COMMIT:
        die()


def _halt(steps: dict[str, tuple[Any, str]], step: str) -> None:
    if step in steps:
        where, name = steps[step]
        act: Callable[..., Any] = die
        setattr(where, name, act)


def run(url: str, what: str, step: str) -> None:
    """Be that process: "take" or "read", up to a step, or to the end."""
    database = Database(url)
    database.start()
    if what == "take":
        take(database, step)
    else:
        asyncio.run(read(database, step))
    database.stop()
