"""Intake with a real database; analysis runs in this process instead of in workers."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from config.policy import CheckPolicy, Clause, Stage, Verdict
from config.settings import Settings
from filters import registry
from filters.finding import Finding
from gateway.intake.accept import Intake
from gateway.store import archive, councils, departures, holds, messages
from gateway.store.errors import OutcomeUnknown, Unavailable
from gateway.store.models import DepartureRow, MessageRow
from tests.unit.intake.conftest import CLERK, ID, JO, held, submission
from tests.unit.store.conftest import NOW


async def test_what_passes_is_queued_and_the_bell_is_rung(intake, database, rung):
    reply = await intake.accept(submission())
    assert reply.code == 250
    assert rung == [1]
    [departure] = database.read_blocking(lambda c: departures.listing(c))
    assert departure["message"] in reply.text


@pytest.mark.parametrize("step", ["read_fails", "decide_fails"])
async def test_a_worker_that_fails_leads_to_a_hold_with_a_notice(intake, analyst, database, step):
    setattr(analyst, step, "crash")
    reply = await intake.accept(submission())
    assert reply.code == 250
    assert "held" in reply.text
    [message] = held(database)
    decision = database.read_blocking(lambda c: holds.findings(c, ID, message))
    assert "could not be checked" in decision.findings[0].reason
    [departure] = database.read_blocking(lambda c: departures.listing(c))
    assert [r["address"] for r in departure["recipients"]] == [JO]


async def test_what_the_null_sender_writes_goes_where_it_is_taken(tmp_path, database, analyst, rung):
    upstreams = {
        "default": {"host": "mail.example", "bounce_upstream": "bounces"},
        "bounces": {"host": "b.example"},
    }
    settings = Settings.model_validate(
        {"hostname": "p.example", "data_dir": tmp_path, "upstreams": upstreams}
    )
    intake = Intake(settings, database, analyst, lambda: rung.append(1), lambda: NOW)
    assert (await intake.accept(submission("one"))).code == 250
    reply = f"From: {JO}\r\nTo: a@b.example\r\nSubject: Away\r\nAuto-Submitted: auto-replied\r\n\r\nI am away.\r\n"
    assert (await intake.accept(submission(raw=reply.encode(), mail_from=""))).code == 250
    analyst.read_fails = "crash"
    assert "held" in (await intake.accept(submission("three"))).text
    with database.engine.connect() as connection:
        queued = connection.execute(
            select(MessageRow.mail_from, DepartureRow.upstream).join_from(
                DepartureRow, MessageRow, MessageRow.id == DepartureRow.message_id
            )
        ).all()
    assert sorted(queued) == [("", "bounces"), ("", "bounces"), (JO, "default")]


async def test_what_could_not_be_read_is_held_even_where_nothing_is_enforced(
    intake,
    analyst,
    database,
    council,
):
    check = council.policy.checks["sender_identity"].model_copy(update={"stage": Stage.OFF})
    policy = council.policy.model_copy(update={"checks": {"sender_identity": check}})
    lenient = council.model_copy(update={"policy": policy})
    database.write_blocking(lambda c: councils.save(c, lenient, NOW, "test"))
    analyst.read_fails = "time"
    assert "held" in (await intake.accept(submission())).text
    assert len(held(database)) == 1


@pytest.mark.parametrize("error", [Unavailable("away"), OutcomeUnknown("?"), RuntimeError("s3cret")])
async def test_before_the_commit_every_failure_is_temporary_and_tells_nothing(
    intake,
    database,
    monkeypatch,
    error,
    rung,
):
    async def fails(*_):
        raise error

    monkeypatch.setattr(database, "write_together", fails)
    reply = await intake.accept(submission())
    assert reply.code == 451
    assert reply.enhanced == "4.3.0"
    assert "s3cret" not in reply.text
    assert rung == []


async def test_an_upstream_that_is_not_configured_is_a_temporary_fault(intake, database, council):
    moved = council.model_copy(update={"upstream": "elsewhere"})
    database.write_blocking(lambda c: councils.save(c, moved, NOW, "test"))
    assert (await intake.accept(submission())).code == 451
    assert database.read_blocking(lambda c: archive.message_ids(c, ID)) == []


async def test_a_council_changed_between_decision_and_commit_is_decided_on_again(
    intake,
    analyst,
    database,
    council,
):
    without_jo = council.model_copy(update={"people": council.people[:1]})

    def changes():
        database.write_blocking(lambda c: councils.save(c, without_jo, NOW, "test"))

    analyst.before_decide = changes
    reply = await intake.accept(submission())
    assert reply.code == 550
    [message] = database.read_blocking(lambda c: archive.message_ids(c, ID))
    [decision] = database.read_blocking(lambda c: archive.decisions(c, ID, message))
    assert decision.council_version == 2


async def test_a_clerk_of_two_councils_writes_for_the_one_in_from(intake, database, council):
    person = council.people[0].model_copy(
        update={
            "identities": (
                council.people[0].identities[0].model_copy(update={"address": "clerk@upper.example"}),
            )
        }
    )
    other = council.model_copy(update={"id": "upper", "domains": ("upper.example",), "people": (person,)})
    database.write_blocking(lambda c: councils.save(c, other, NOW, "test"))
    both = ("nether-poppleton", "upper")
    upper = submission("1", sender="clerk@upper.example", login=CLERK, councils_of=both)
    nether = submission("2", sender=CLERK, login=CLERK, councils_of=both)
    assert (await intake.accept(upper)).code == (await intake.accept(nether)).code == 250
    assert len(database.read_blocking(lambda c: archive.message_ids(c, "upper"))) == 1
    assert len(database.read_blocking(lambda c: archive.message_ids(c, ID))) == 1


async def test_another_councils_address_is_refused_and_recorded_with_the_senders_own(intake, database):
    reply = await intake.accept(submission(sender="someone@upper.example"))
    assert reply.code == 550
    assert len(database.read_blocking(lambda c: archive.message_ids(c, ID))) == 1


async def test_one_submission_over_and_over_at_once_is_one_message(intake, database, rung):
    replies = await asyncio.gather(*(intake.accept(submission()) for _ in range(10)))
    assert len({reply.text for reply in replies}) == 1
    assert len(database.read_blocking(lambda c: archive.message_ids(c, ID))) == 1
    assert len(rung) == 1


class TestRate:
    @pytest.fixture
    def settings(self, settings):
        limits = settings.limits.model_copy(update={"recipients_per_hour": 5})
        return settings.model_copy(update={"limits": limits})

    async def test_the_excess_of_an_hour_is_held_and_one_notice_is_written(self, intake, database):
        three = ("a@b.example", "c@d.example", "e@f.example")
        replies = [await intake.accept(submission(str(n), to=three)) for n in range(4)]
        assert ["held" in reply.text for reply in replies] == [False, True, True, True]
        assert len(held(database)) == 3
        notices = [d for d in database.read_blocking(departures.listing) if len(d["recipients"]) == 1]
        assert len(notices) == 1

    async def test_others_are_not_touched_and_an_hour_later_it_is_over(
        self, settings, intake, database, analyst
    ):
        five = tuple(f"{n}@b.example" for n in range(5))
        await intake.accept(submission("1", to=five))
        assert "held" in (await intake.accept(submission("2"))).text
        assert "held" not in (await intake.accept(submission("3", sender=CLERK, login=CLERK))).text
        later = Intake(settings, database, analyst, lambda: None, lambda: NOW + timedelta(minutes=61))
        assert "held" not in (await later.accept(submission("4"))).text

    async def test_at_the_same_moment_no_more_than_the_limit_gets_through(self, intake, database):
        replies = await asyncio.gather(*(intake.accept(submission(str(n))) for n in range(12)))
        assert sum("held" not in reply.text for reply in replies) == 5


class TestPause:
    CLAUSE = Clause(document="Test policy")

    @pytest.fixture(autouse=True)
    def always_holds(self, monkeypatch):
        def check(anatomy, context, policy):
            yield Finding(
                check="forwarding",
                verdict=Verdict.HOLD,
                stage=policy.stage,
                reason="Because.",
                clause=policy.clause,
            )

        monkeypatch.setattr(registry, "CHECKS", {**registry.CHECKS, "forwarding": check})
        monkeypatch.setattr("filters.decide.CHECKS", {**registry.CHECKS, "forwarding": check})

    def with_check(self, council, until):
        check = CheckPolicy(stage=Stage.ENFORCE, verdict=Verdict.HOLD, clause=self.CLAUSE)
        policy = council.policy.model_copy(update={"checks": {**council.policy.checks, "forwarding": check}})
        return council.model_copy(update={"policy": policy, "record_only_until": until})

    @pytest.mark.parametrize(("minutes", "is_held"), [(None, True), (1, False), (-1, True)])
    async def test_a_paused_council_only_records_and_the_pause_ends_by_itself(
        self,
        intake,
        database,
        council,
        minutes,
        is_held,
    ):
        until = None if minutes is None else NOW + timedelta(minutes=minutes)
        database.write_blocking(lambda c: councils.save(c, self.with_check(council, until), NOW, "test"))
        reply = await intake.accept(submission())
        assert ("held" in reply.text) is is_held
        message = reply.text.partition("queued as ")[2][:16]
        decision = database.read_blocking(lambda c: holds.findings(c, ID, message))
        assert [(f.check, f.verdict) for f in decision.findings] == [("forwarding", Verdict.HOLD)]

    async def test_identity_stays_in_force(self, intake, database, council):
        paused = self.with_check(council, NOW + timedelta(hours=1))
        database.write_blocking(lambda c: councils.save(c, paused, NOW, "test"))
        assert (await intake.accept(submission(sender=CLERK))).code == 550


OURS = "Received: from client\r\n\tby post.test.example (Vestry) with ESMTPSA\r\n\tid X; date\r\n"
OTHERS = "Received: from a by mx{}.example with ESMTP; date\r\n"


@pytest.mark.parametrize(
    ("trace", "code"),
    [
        (OURS, 554),
        (OURS.lower().replace("received", "RECEIVED"), 554),
        ("".join(OTHERS.format(n) for n in range(51)), 554),
        ("".join(OTHERS.format(n) for n in range(50)), 250),
        (OURS.replace("post.test", "post.other"), 250),
        ("X-Was: by post.test.example (Vestry)\r\n", 250),
    ],
)
async def test_a_message_in_a_loop_is_refused(intake, database, trace, code):
    message = submission()
    reply = await intake.accept(replace(message, raw=trace.encode() + message.raw))
    assert reply.code == code
    if code == 554:
        assert reply.enhanced == "5.4.6"
        assert database.read_blocking(departures.listing) == []


async def test_an_answer_on_the_record_names_the_policy_version(intake, database):
    await intake.accept(submission())
    [message] = database.read_blocking(lambda c: archive.message_ids(c, ID))
    [decision] = database.read_blocking(lambda c: archive.decisions(c, ID, message))
    assert (decision.by, decision.act, decision.policy_version) == (messages.BY_POLICY, "pass", "built-in-1")
