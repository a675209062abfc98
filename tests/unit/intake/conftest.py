"""Intake with a real database; analysis runs in this process instead of in workers."""

from __future__ import annotations

import pytest

from config.settings import Settings
from filters.again import same
from filters.analysis import decide_step, read_step
from filters.context import Envelope, Profile, Recipient
from gateway.intake.accept import Intake
from gateway.intake.submission import Origin, Submission
from gateway.store import councils, holds
from gateway.workers.pool import WorkerFailed
from tests.unit.store.conftest import NOW, council, database, url

__all__ = ["council", "database", "url"]

ID = "nether-poppleton"
JO = "jo@nether.example"
CLERK = "clerk@nether.example"


class InProcess:
    """See `Analyst`. Fails where told to."""

    def __init__(self) -> None:
        self.read_fails: str | None = None
        self.decide_fails: str | None = None
        self.before_decide = lambda: None

    async def read(self, raw, deadline):
        if self.read_fails:
            raise WorkerFailed(self.read_fails)
        return read_step(raw)

    async def decide(self, raw, reading, council, situation, deadline):
        if self.decide_fails:
            raise WorkerFailed(self.decide_fails)
        self.before_decide()
        return decide_step(raw, reading, situation, councils._parsed(council.decode()))

    async def same(self, first, again, deadline):
        return same(first, again).same


@pytest.fixture
def analyst():
    return InProcess()


@pytest.fixture
def settings(tmp_path):
    return Settings.model_validate(
        {
            "hostname": "post.test.example",
            "data_dir": tmp_path,
            "upstreams": {"default": {"host": "mail.example"}},
        }
    )


@pytest.fixture
def rung():
    return []


@pytest.fixture
def intake(settings, database, analyst, rung):
    return Intake(settings, database, analyst, lambda: rung.append(1), lambda: NOW)


def submission(
    text: str = "Hello.",
    *,
    sender: str = JO,
    login: str | None = JO,
    to: tuple[str, ...] = ("a@b.example",),
    raw: bytes | None = None,
    councils_of: tuple[str, ...] = (ID,),
    profile: Profile = Profile.SUBMISSION,
    mail_from: str | None = None,
) -> Submission:
    made = (
        f"From: {sender}\r\nTo: a@b.example\r\nSubject: S\r\nMessage-ID: <{hash(text)}@x>\r\n\r\n{text}\r\n"
    )
    return Submission(
        raw=made.encode() if raw is None else raw,
        envelope=Envelope(
            mail_from=sender if mail_from is None else mail_from,
            recipients=tuple(Recipient(address=a, canonical=a) for a in to),
        ),
        origin=Origin(profile, login, councils_of, "192.0.2.1", "pc", "ESMTPSA"),
    )


def held(database):
    return database.read_blocking(lambda c: [row.id for row in holds.listing(c, ID)])
