from __future__ import annotations

import email
import itertools
import re
from dataclasses import dataclass, field
from datetime import timedelta
from email import policy as mail_policy

import pytest

from config.council import Council
from config.settings import Settings
from filters.again import same
from filters.analysis import decide_step, read_step, readdressed, stripped
from filters.context import Envelope, Profile, Recipient
from gateway.intake.accept import Intake
from gateway.intake.submission import Origin, Submission
from gateway.store import archive, councils, departures, holds
from gateway.store.kinds import MessageKind
from gateway.store.models import MessageRow
from gateway.workers.pool import WorkerFailed
from signatures.message.scanner import CAPS
from tests.unit.store.conftest import NOW, database, url  # noqa: F401  # fixtures

ID = "nether-poppleton"
JO = "jo@nether.example"
SAM = "sam@nether.example"
CLERK = "clerk@nether.example"
PRIVATE = "jo.bloggs@gmail.com"
MANY = ("ann@a.example", "ben@b.example", "cat@c.example")
CLAUSE = {"document": "P", "heading": "H", "item": "1", "wording": "W"}


def check(verdict: str, **more) -> dict:
    return {"stage": "enforce", "verdict": verdict, "clause": CLAUSE, **more}


def person(login: str, name: str, role: str, **more) -> dict:
    return {
        "login": login,
        "name": name,
        "roles": [{"role": role}],
        "identities": [{"address": login}],
        **more,
    }


@pytest.fixture
def council() -> Council:
    return Council.model_validate(
        {
            "id": ID,
            "name": "Nether Poppleton Parish Council",
            "domains": ["nether.example"],
            "people": [
                person(CLERK, "Ann Clerk", "clerk"),
                person(JO, "Jo Bloggs", "councillor", personal_addresses=[{"address": PRIVATE}]),
                person(SAM, "Sam Smith", "councillor"),
            ],
            "policy": {
                "version": "1",
                "title": "P",
                "checks": {
                    "large_list": check("ask", thresholds={"recipients": 3}),
                    "missing_attachment": check("ask"),
                    "forwarding": check("hold"),
                },
            },
        }
    )


class InProcess:
    """See `Analyst`."""

    def __init__(self) -> None:
        self.fails = False

    async def read(self, raw, deadline):
        if self.fails:
            raise WorkerFailed("crash")
        return read_step(raw)

    async def decide(self, raw, reading, council, situation, deadline):
        return decide_step(raw, reading, situation, councils._parsed(council.decode()))

    async def strip(self, raw, deadline):
        return stripped(raw)

    async def same(self, first, again, deadline):
        return same(first, again, CAPS).same

    async def readdress(self, raw, gone, deadline):
        return readdressed(raw, CAPS, frozenset(gone))


@dataclass
class Post:
    """Intake with a clock, and what people do with mail."""

    database: object
    intake: Intake
    analyst: InProcess
    settings: Settings
    now: list = field(default_factory=lambda: [NOW])
    numbers: itertools.count = field(default_factory=lambda: itertools.count(1))
    rung: list = field(default_factory=list)

    def later(self, **by: float) -> None:
        self.now[0] += timedelta(**by)

    async def submit(self, raw: bytes, to: tuple[str, ...], **options):
        self.later(seconds=1)  # So that letters have an order.
        return await self.intake.accept(submitted(raw, to, **options))

    async def ask(self, to=MANY, *, words="Hello, all.", by=JO, more="", subject="Grass") -> str:
        """Send what is asked about; its queue id."""
        raw = (
            f"From: {by}\r\nTo: {', '.join(to)}\r\nSubject: {subject}\r\n"
            f"Message-ID: <q{next(self.numbers)}@x.example>\r\n{more}\r\n{words}\r\n"
        )
        reply = await self.submit(raw.encode(), to, login=by)
        assert reply.code == 250, reply
        return re.search(r"queued as (\w+)", reply.text)[1]

    async def answer(self, address: str, words: str, *, by=JO, more="", also=(), **options):
        """Reply to a notice."""
        raw = options.pop("raw", None) or reply_to(address, words, by, next(self.numbers), more)
        return await self.submit(raw, (address, *also), login=by, **options)

    def letters(self, to: str = JO, about: str | None = None) -> list[email.message.EmailMessage]:
        """The letters of the post room to somebody, about all messages or one, oldest first."""
        rows = self.database.read_blocking(
            lambda c: c.execute(
                MessageRow.__table__.select()
                .where(MessageRow.kind == MessageKind.NOTICE.value)
                .order_by(MessageRow.received_at, MessageRow.id)
            ).all()
        )
        found = []
        for row in rows:
            if about not in (None, row.about):
                continue
            raw = self.database.read_blocking(lambda c, i=row.id: archive.body(c, ID, i))
            letter = email.message_from_bytes(raw, policy=mail_policy.default)
            if letter["To"] in (f"<{to}>", to):
                found.append(letter)
        return found

    def address(self, to: str = JO, which: int = -1) -> str:
        """Where the newest letter that can be answered is answered to."""
        return [str(each["Reply-To"]).strip("<>") for each in self.letters(to) if each["Reply-To"]][which]

    def state(self, message: str) -> str:
        return self.database.read_blocking(lambda c: archive.message(c, ID, message)).state

    def acts(self, message: str) -> tuple[str, ...]:
        return self.database.read_blocking(lambda c: holds.acts(c, ID, message))

    def kept(self, kind: MessageKind) -> list:
        return self.database.read_blocking(
            lambda c: c.execute(
                MessageRow.__table__.select()
                .where(MessageRow.kind == kind.value)
                .order_by(MessageRow.received_at, MessageRow.id)
            ).all()
        )

    def left(self, message: str) -> list[list[str]]:
        """Whom each departure of a message goes to."""
        gone = self.database.read_blocking(lambda c: departures.listing(c))
        return [[each["address"] for each in one["recipients"]] for one in gone if one["message"] == message]


def text_of(letter) -> str:
    return letter.get_body(("plain",)).get_content()


def reply_to(address: str, words: str, by: str, number: int = 1, more: str = "") -> bytes:
    quoted = "> Not sent.\r\n> SEND\r\n> CANCEL\r\n"
    return (
        f"From: {by}\r\nTo: {address}\r\nSubject: Re: NOT SENT YET: Grass\r\nMessage-ID: <a{number}@x.example>\r\n"
        f"{more}\r\n{words}\r\n\r\nOn Monday, 11 May 2026 the post room wrote:\r\n{quoted}"
    ).encode()


def submitted(
    raw: bytes,
    to: tuple[str, ...],
    *,
    login: str | None = JO,
    profile: Profile = Profile.SUBMISSION,
    mail_from: str | None = None,
    councils_of: tuple[str, ...] | None = None,
) -> Submission:
    outside = profile is Profile.REPLIES
    return Submission(
        raw=raw,
        envelope=Envelope(
            mail_from=(login or JO) if mail_from is None else mail_from,
            recipients=tuple(Recipient(address=each, canonical=each.lower()) for each in to),
        ),
        origin=Origin(
            profile,
            None if profile is not Profile.SUBMISSION else login,
            (() if outside else (ID,)) if councils_of is None else councils_of,
            "192.0.2.1",
            "pc",
            "ESMTPS",
        ),
    )


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings.model_validate(
        {
            "hostname": "post.test.example",
            "data_dir": tmp_path,
            "upstreams": {"default": {"host": "mail.example"}},
        }
    )


@pytest.fixture
def post(settings, database) -> Post:
    now, rung, analyst = [NOW], [], InProcess()
    intake = Intake(settings, database, analyst, lambda: rung.append(1), lambda: now[0])
    return Post(database, intake, analyst, settings, now, rung=rung)
