"""From submission to departure: the Clerk's copy is seen, sent and kept; the tag is not."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from config.capacity import Capacity
from config.policy import CheckPolicy, Clause, Stage, Verdict
from filters import registry
from filters.finding import Finding
from gateway.archive.told import what_changed
from gateway.archive.verify import verify
from gateway.holds import decisions
from gateway.holds.ready import make_ready
from gateway.store import archive, councils, departures
from gateway.store import splices as splice_text
from gateway.store.models import DepartureRow, MessageRow
from signatures.message.splices import apply
from tests.unit.intake.conftest import CLERK, ID, JO, held, submission
from tests.unit.store.conftest import NOW

RAW = (
    f"From: {JO}\r\nTo: a@b.example\r\nSubject: {{subject}}Hall\r\nMessage-ID: <1@x>\r\n"
    "Date: Mon, 11 May 2026 09:00:00 +0000\r\n\r\nHello.\r\n"
)
SENDER = "a@b.example"


def adopt(database, council, **checks):
    """The council adopts these checks, each a stage and a verdict."""
    made = {
        name: CheckPolicy(stage=stage, verdict=verdict, clause=Clause(document="Test policy"))
        for name, (stage, verdict) in checks.items()
    }
    policy = council.policy.model_copy(
        update={
            "checks": {**council.policy.checks, **made},
            "capacity_tags": {"[personal]": Capacity.PERSONAL},
        }
    )
    council = council.model_copy(update={"policy": policy})
    database.write_blocking(lambda c: councils.save(c, council, NOW, "test"))
    return council


@pytest.fixture
def copying(database, council):
    return adopt(database, council, clerk_copy=(Stage.ENFORCE, Verdict.NOTE))


def official(subject: str = "", to: tuple[str, ...] = (SENDER,)):
    return submission(raw=RAW.format(subject=subject).encode(), to=to)


def the_message(database):
    with database.engine.connect() as connection:
        [row] = connection.execute(MessageRow.__table__.select()).all()
    return row


def departed(database):
    """The message as it is sent, and to whom."""
    with database.engine.connect() as connection:
        [row] = connection.execute(DepartureRow.__table__.select()).all()
    [departure] = database.read_blocking(departures.listing)
    raw = database.read_blocking(lambda c: archive.body(c, ID, row.message_id))
    sent = apply(raw, splice_text.load(row.splices))
    return sent, [recipient["address"] for recipient in departure["recipients"]]


async def test_the_copy_is_seen_sent_and_kept(intake, database, copying):
    assert (await intake.accept(official())).code == 250
    sent, to = departed(database)
    assert to == [SENDER, CLERK]
    assert f"To: {SENDER}\r\nCc: Ann Clerk <{CLERK}>\r\nSubject: Hall\r\n".encode() in sent
    row = the_message(database)
    assert [
        each.added_by for each in database.read_blocking(lambda c: archive.recipients(c, ID, row.id))
    ] == [
        None,
        "clerk_copy",
    ]
    told = [change.sentence for change in database.read_blocking(lambda c: what_changed(c, ID, row.id))]
    assert "The Clerk was added as a copy, which everybody sees." in told
    assert database.read_blocking(lambda c: list(verify(c, ID))) == []


async def test_the_same_submission_again_is_one_message_with_one_copy(intake, database, copying):
    first, again = await intake.accept(official()), await intake.accept(official())
    assert first.text == again.text
    assert departed(database)[1] == [SENDER, CLERK]


async def test_the_clerk_twice_is_delivered_to_as_the_envelope_says(intake, database, copying):
    await intake.accept(official(to=(SENDER, CLERK)))
    sent, to = departed(database)
    assert to == [SENDER, CLERK]
    assert b"Cc:" not in sent


async def test_what_is_personal_goes_without_and_without_its_tag(intake, database, copying):
    await intake.accept(official("[personal] "))
    sent, to = departed(database)
    assert to == [SENDER]
    assert b"Subject: Hall\r\n" in sent
    assert b"Cc:" not in sent
    assert the_message(database).subject == "[personal] Hall"


@pytest.mark.parametrize("stage", [Stage.TRIAL, Stage.WARN, Stage.OFF])
async def test_where_it_is_not_enforced_nobody_is_added(intake, database, council, stage):
    adopt(database, council, clerk_copy=(stage, Verdict.NOTE))
    await intake.accept(official())
    sent, to = departed(database)
    assert to == [SENDER]
    assert b"Cc:" not in sent


async def test_a_paused_council_adds_nobody(intake, database, copying):
    paused = copying.model_copy(update={"record_only_until": NOW + timedelta(hours=1)})
    database.write_blocking(lambda c: councils.save(c, paused, NOW, "test"))
    await intake.accept(official())
    assert departed(database)[1] == [SENDER]


async def test_a_message_that_could_not_be_checked_adds_nobody(intake, analyst, database, copying):
    analyst.decide_fails = "crash"
    await intake.accept(official())
    [message] = held(database)
    assert len(database.read_blocking(lambda c: archive.recipients(c, ID, message))) == 1


async def test_a_refused_message_adds_nobody(intake, database, copying):
    raw = RAW.format(subject="").replace(JO, "somebody.else@nether.example").encode()
    reply = await intake.accept(submission(raw=raw, to=(SENDER,)))
    assert reply.code == 550
    row = the_message(database)
    assert len(database.read_blocking(lambda c: archive.recipients(c, ID, row.id))) == 1


async def test_a_held_message_goes_to_the_copy_when_it_is_released(intake, database, copying, monkeypatch):
    def check(anatomy, context, policy):
        yield Finding(
            check="recipients", verdict=Verdict.HOLD, stage=policy.stage, reason="Wait.", clause=policy.clause
        )

    monkeypatch.setattr(registry, "CHECKS", {**registry.CHECKS, "recipients": check})
    monkeypatch.setattr("filters.decide.CHECKS", registry.CHECKS)
    adopt(database, copying, recipients=(Stage.ENFORCE, Verdict.HOLD))
    await intake.accept(official("", to=(SENDER,)))
    [message] = held(database)
    act = decisions.Act(by=CLERK, why="", now=NOW, today=NOW.date(), hostname="post.test.example")
    database.write_blocking(lambda c: decisions.release(c, ID, message, act))
    with database.engine.connect() as connection:
        [row] = connection.execute(
            DepartureRow.__table__.select().where(DepartureRow.message_id == message)
        ).all()
    [leaving] = [each for each in database.read_blocking(departures.listing) if each["message"] == message]
    assert [each["address"] for each in leaving["recipients"]] == [SENDER, CLERK]
    raw = database.read_blocking(lambda c: archive.body(c, ID, message))
    assert f"Cc: Ann Clerk <{CLERK}>".encode() in apply(raw, splice_text.load(row.splices))
    assert database.read_blocking(lambda c: list(verify(c, ID))) == []


async def test_many_at_once_have_each_their_copy(intake, database, copying):
    raws = [RAW.format(subject="").replace("<1@x>", f"<{n}@x>").encode() for n in range(8)]
    replies = await asyncio.gather(*(intake.accept(submission(raw=raw, to=(SENDER,))) for raw in raws))
    assert {reply.code for reply in replies} == {250}
    listed = database.read_blocking(departures.listing)
    assert [len(each["recipients"]) for each in listed] == [2] * 8
    assert database.read_blocking(lambda c: list(verify(c, ID))) == []


async def test_looked_at_again_it_shows_the_same_copy(intake, database, copying, settings):
    await intake.accept(official())
    row = the_message(database)
    changed = copying.model_copy(update={"policy": copying.policy.model_copy(update={"checks": {}})})
    database.write_blocking(lambda c: councils.save(c, changed, NOW, "test"))
    act = decisions.Act(by=CLERK, why="", now=NOW, today=NOW.date(), hostname="post.test.example")
    with database.engine.connect() as connection:
        ready = await asyncio.to_thread(make_ready, connection, ID, row.id, act, settings)
        raw = archive.body(connection, ID, row.id)
    assert f"Cc: Ann Clerk <{CLERK}>".encode() in apply(raw, ready.splices)


async def test_who_lets_an_unread_message_go_gets_no_copy_shown_that_nobody_was_sent(
    intake, analyst, database, copying, settings
):
    analyst.decide_fails = "crash"
    await intake.accept(official())
    [message] = held(database)
    act = decisions.Act(by=CLERK, why="", now=NOW, today=NOW.date(), hostname="post.test.example")
    with database.engine.connect() as connection:
        ready = await asyncio.to_thread(make_ready, connection, ID, message, act, settings)
        raw = archive.body(connection, ID, message)
    assert b"Cc:" not in apply(raw, ready.splices)
