"""What is said to leave without its earlier messages does so, or does not leave."""

from __future__ import annotations

import asyncio

import pytest

from config.policy import Stage, Verdict
from gateway.holds import decisions
from gateway.holds.change import Change
from gateway.holds.ready import make_ready
from gateway.store import archive
from gateway.store.errors import Conflict
from signatures.message.splices import apply
from tests.unit.intake.conftest import ID, JO, held, submission
from tests.unit.intake.test_added import adopt
from tests.unit.store.conftest import NOW

HEAD = (
    f"From: {JO}\r\nTo: new@highways.example\r\nSubject: Fw: Hedge\r\nMessage-ID: <1@x>\r\n"
    "Date: Mon, 11 May 2026 09:00:00 +0000\r\nMIME-Version: 1.0\r\n"
)
COPIED = (
    "From: Jane Patel <jane@resident.example>\r\nSent: 10 May 2026 09:12\r\nTo: Jo <jo@parish.example>\r\n"
    "Subject: Hedge\r\n\r\nMy number is 01632 960555.\r\n"
)
QUOTED = f"{HEAD}\r\nPlease see below.\r\n\r\n{COPIED}"
UNDATED = QUOTED.replace("Sent: 10 May 2026 09:12\r\n", "")
ATTACHED = (
    f'{HEAD}Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\nPlease see what is attached.\r\n'
    f"--b\r\nContent-Type: message/rfc822\r\n\r\n{COPIED}--b--\r\n"
)


async def waiting(intake, database, council, raw: str) -> str:
    adopt(database, council, trail=(Stage.ENFORCE, Verdict.ASK))
    await intake.accept(submission(raw=raw.encode(), to=("new@highways.example",)))
    [message] = held(database)
    return message


def ready(database, settings, message: str):
    act = decisions.Act(by=JO, why="", now=NOW, today=NOW.date(), hostname="post.test.example")
    with database.engine.connect() as connection:
        made = make_ready(connection, ID, message, act, settings, Change(without_trail=True))
        return made, apply(archive.body(connection, ID, message), made.splices)


async def test_what_is_quoted_goes(intake, database, council, settings):
    message = await waiting(intake, database, council, QUOTED)
    made, left = await asyncio.to_thread(ready, database, settings, message)
    assert made.change.without_trail
    assert b"Please see below." in left
    assert b"960555" not in left


@pytest.mark.parametrize("raw", [ATTACHED, UNDATED], ids=["attached", "undated"])
async def test_what_would_stay_all_the_same_is_told(intake, database, council, settings, raw):
    message = await waiting(intake, database, council, raw)
    with pytest.raises(Conflict, match="cannot be taken out"):
        await asyncio.to_thread(ready, database, settings, message)
