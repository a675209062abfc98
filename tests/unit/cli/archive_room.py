"""A host with the demo council's post room, some mail in its archive, and the `vestry` command."""

from __future__ import annotations

import asyncio
import contextlib
import json
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from config.settings import load
from gateway.archive.reading import KIND, reading_archive
from gateway.jobs.task import Task
from gateway.store import audit, jobs, ledger
from gateway.store.database import Database
from tests.conftest import LITTLE_WICKHAM
from tests.policies import only
from tests.unit.cli.test_signature import Vestry, folder, vestry  # noqa: F401  # fixtures
from tests.unit.holds.office import ANN, DOMAIN, RESIDENT, Office

FOI = f"foi@{DOMAIN}"
WHY = "FOI 2026/014"
ID = "littlewickham"


def asked(by: str = FOI, why: str = WHY) -> tuple[str, ...]:
    return ("--by", by, "--why", why)


def letter(
    text: str,
    subject: str = "The pond",
    *files: tuple[str, bytes],
    to: str = RESIDENT,
    more: dict | None = None,
) -> bytes:
    said = EmailMessage()
    said["From"], said["To"], said["Subject"] = ANN, to, subject
    said["Date"] = "Mon, 09 Nov 2026 09:00:00 +0000"
    for name, value in (more or {}).items():
        said[name] = value
    said.set_content(text)
    for name, content in files:
        said.add_attachment(content, "application", "octet-stream", filename=name)
    return said.as_bytes(policy=said.policy.clone(linesep="\r\n"))


class Room:
    """The post room and the command. What is sent is in the archive at once."""

    def __init__(self, office: Office, vestry: Vestry) -> None:
        self.office, self.vestry = office, vestry

    def send(
        self, text: str, subject: str = "The pond", *files: tuple[str, bytes], to: str = RESIDENT, **more
    ) -> str:
        raw = letter(text, subject, *files, to=to, more={k.replace("_", "-"): v for k, v in more.items()})
        return asyncio.run(self.office.send(raw, to))

    def read(self) -> None:
        """Have the job read what is pending."""
        now = self.office.now()
        database = self.office.database
        handler = reading_archive(lambda: self.office.settings, self._analysts)

        def due(connection):
            jobs.add_for_everyone(connection, KIND, now)
            jobs.hasten(connection, ID, KIND, now)
            return jobs.claim(connection, "node", now, 1, 60, (KIND,))

        for job in database.write_blocking(due):
            asyncio.run(handler(Task(job, database, lambda: now)))

    @contextlib.asynccontextmanager
    async def _analysts(self, settings):
        yield self.office.analyst

    def search(self, query: str, *arguments: str) -> Any:
        return json.loads(self.vestry("archive", "search", query, *asked(), "--json", *arguments))

    def audited(self) -> list[audit.Audited]:
        rows = self.office.database.read_blocking(lambda c: audit.rows(c, ID))
        return [row.done for row in rows]

    def head(self) -> tuple[int, str]:
        return self.office.database.read_blocking(lambda c: ledger.head(c, ID))


@pytest.fixture
def room(folder: Path, vestry: Vestry, little_wickham):
    vestry("init", ".", "--hostname", "post.test.example", "--upstream", "mail.test.example:2587")
    vestry("council", "import", str(LITTLE_WICKHAM))
    database = Database(load(folder / "vestry.toml").database_url)
    database.start()
    council = only(little_wickham, "sender_identity", "signature", "waiver")
    yield Room(Office(database, council.model_copy(update={"monitoring_notice": None}), folder), vestry)
    database.stop()
