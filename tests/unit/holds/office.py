"""The demo council's post room in one process: mail handed in, held, decided on, and what then leaves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.parser import BytesParser
from email.policy import default
from typing import Any

from config.council import Council
from config.settings import Settings
from filters.context import Envelope, Profile, Recipient
from gateway.holds import as_clerk, decisions
from gateway.holds.change import Change
from gateway.holds.decisions import Act, Given
from gateway.holds.ready import ready_with
from gateway.intake.accept import Intake
from gateway.intake.submission import Origin, Submission
from gateway.store import archive, councils
from gateway.store import splices as splice_text
from gateway.store.database import Database
from gateway.store.kinds import MessageKind
from signatures.message.splices import apply
from tests.unit.holds.analyst import InProcess

START = datetime(2026, 11, 9, 10, 0, tzinfo=UTC)
TODAY = date(2026, 11, 9)
DOMAIN = "littlewickham-pc.example"
CLERK, DEPUTY, CHAIR, ANN, BOB = (f"{n}@{DOMAIN}" for n in ("clerk", "deputy", "chair", "cllr.a", "cllr.b"))
RESIDENT = "ada@parishioner.example"


def replied(
    to: str, cc: str = "", text: str = "Thank you for this.", more: str = "", sender: str = ANN
) -> bytes:
    """An answer, as a plain mail program writes it."""
    copies = f"Cc: {cc}\r\n" if cc else ""
    return (
        f"From: Ann Archer <{sender}>\r\nTo: {to}\r\n{copies}Subject: Re: The pond\r\n"
        f"In-Reply-To: <first@parishioner.example>\r\nDate: Mon, 09 Nov 2026 09:00:00 +0000\r\n{more}"
        f"\r\n{text}\r\n\r\nOn 8 November 2026 at 10:00, Ada <{RESIDENT}> wrote:\r\n> The pond is dry.\r\n"
    ).encode()


@dataclass
class Office:
    """A council's mail. Each act is a minute later than the one before."""

    database: Database
    council: Council
    folder: Any
    analyst: InProcess = field(default_factory=InProcess)
    minutes: int = 0

    def __post_init__(self) -> None:
        self.database.write_blocking(lambda c: councils.save(c, self.council, START, "test"))
        self.settings = Settings.model_validate(
            {
                "hostname": "post.test.example",
                "data_dir": self.folder,
                "upstreams": {"default": {"host": "mail.example"}},
            }
        )
        self.intake = Intake(self.settings, self.database, self.analyst, lambda: None, self.now)

    def adopt(self, council: Council) -> None:
        """Have the council be another from now on."""
        self.council = council
        self.database.write_blocking(lambda c: councils.save(c, council, START, "test"))

    def now(self) -> datetime:
        self.minutes += 1
        return START + timedelta(minutes=self.minutes)

    async def send(self, raw: bytes, *to: str, login: str = ANN) -> str:
        """Hand a message in. Returns its queue id."""
        reply = await self.submit(raw, *to, login=login)
        assert reply.code == 250, reply.text
        return reply.text.partition("queued as ")[2].partition(",")[0].split()[0]

    async def submit(self, raw: bytes, *to: str, login: str = ANN) -> Any:
        envelope = Envelope(
            mail_from=login, recipients=tuple(Recipient(address=each, canonical=each.lower()) for each in to)
        )
        origin = Origin(Profile.SUBMISSION, login, (self.council.id,), "192.0.2.1", "pc", "ESMTPSA")
        return await self.intake.accept(Submission(raw=raw, envelope=envelope, origin=origin))

    def act(self, by: str, why: str = "Because") -> Act:
        return Act(by=by, why=why, now=self.now(), today=TODAY, hostname="post.test.example")

    async def ready(self, message: str, by: str, change: Change = Change()) -> decisions.Ready:  # noqa: B008  # It is frozen.
        return await ready_with(
            self.analyst, self.database.read, self.council.id, message, self.act(by), change
        )

    async def release(self, message: str, by: str, change: Change = Change(), why: str = "Because") -> Given:  # noqa: B008  # It is frozen.
        """Give somebody's word. Raises Conflict."""
        made = await self.ready(message, by, change)
        return await self.write(
            lambda c: decisions.release(c, self.council.id, message, self.act(by, why), made)
        )

    async def send_as_clerk(self, message: str, by: str = CLERK, change: Change = Change()) -> str:  # noqa: B008  # It is frozen.
        act = self.act(by)
        made = await as_clerk.made_as_clerk(
            self.analyst, self.database.read, self.council.id, message, act, change
        )
        return await self.write(lambda c: as_clerk.send_as_clerk(c, self.council.id, message, act, made))

    async def write(self, act: Callable[..., Any]) -> Any:
        return await asyncio.to_thread(self.database.write_blocking, act)

    def row(self, message: str) -> Any:
        return self.database.read_blocking(lambda c: archive.message(c, self.council.id, message))

    def state(self, message: str) -> str:
        return str(self.row(message).state)

    def acts(self, message: str) -> list[str]:
        rows = self.database.read_blocking(lambda c: archive.decisions(c, self.council.id, message))
        return [row.act for row in rows[1:]]

    def left(self, message: str) -> list[tuple[bytes, list[str]]]:
        """What has left of a message: the bytes of each departure without its trace, and to whom."""
        from gateway.store import departures

        raw = self.database.read_blocking(lambda c: archive.body(c, self.council.id, message))
        rows = self.database.read_blocking(lambda c: archive.departures(c, self.council.id, message))
        to = {
            each["departure"]: each["recipients"] for each in self.database.read_blocking(departures.listing)
        }
        return [
            (apply(raw, splice_text.load(row.splices)), [each["address"] for each in to[row.id]])
            for row in rows
        ]

    def notices(self, message: str) -> list[tuple[str, str]]:
        """To whom notices about a message went, and what they say."""
        found = []
        for id in self.database.read_blocking(lambda c: archive.message_ids(c, self.council.id)):
            row = self.row(id)
            if row.kind == MessageKind.NOTICE.value and row.about == message:
                raw = self.database.read_blocking(lambda c, id=id: archive.body(c, self.council.id, id))
                said = BytesParser(policy=default).parsebytes(raw)
                to = self.database.read_blocking(lambda c, id=id: archive.recipients(c, self.council.id, id))
                body = said.get_body(("plain",))
                text = " ".join(body.get_content().split()) if body else ""
                found.append((to[0].address, f"{said['Subject']}: {text}"))
        return found
