"""A held message leaves once it has the word of everyone whose word it needs, and of nobody in their stead."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.council import Council
from config.policy import CheckPolicy, Clause, Policy, Stage, Verdict
from filters.context import Envelope, Profile, Recipient
from filters.finding import Decision, Finding
from gateway.archive.verify import verify
from gateway.holds.change import Change
from gateway.holds.decisions import Act, Ready, reject, release
from gateway.holds.words import only_officers
from gateway.intake.submission import Origin
from gateway.store import archive, councils, holds, messages
from gateway.store.database import Database
from gateway.store.errors import Conflict
from gateway.store.kinds import MessageKind, MessageState
from signatures.message.splices import Splice

NOW = datetime(2026, 11, 9, 10, 0, tzinfo=UTC)
TODAY = date(2026, 11, 9)
DOMAIN = "little.example"
CLERK, DEPUTY, CHAIR, JO, SAM = (f"{name}@{DOMAIN}" for name in ("clerk", "deputy", "chair", "jo", "sam"))
RAW = b"From: jo@little.example\r\nMessage-ID: <1@x>\r\n\r\nHello\r\n"
CLAUSE = Clause(document="Test policy", item="1")
SECOND_PERSON = {"second_person": True}


def council(**forwarding) -> Council:
    def person(login, role):
        return {
            "login": login,
            "name": login.partition("@")[0].title(),
            "roles": [{"role": role}],
            "identities": [{"address": login}],
        }

    checks = {
        "moderation": CheckPolicy(verdict=Verdict.HOLD, clause=CLAUSE, deciders=("chair", "vice_chair")),
        "forwarding": CheckPolicy(verdict=Verdict.HOLD, clause=CLAUSE, **forwarding),
    }
    return Council.model_validate(
        {
            "id": "little",
            "name": "Little Wickham Parish Council",
            "domains": [DOMAIN],
            "people": [
                person(CLERK, "clerk"),
                person(DEPUTY, "deputy"),
                person(CHAIR, "chair"),
                person(JO, "councillor"),
                person(SAM, "councillor"),
            ],
            "policy": Policy(title="Test policy", version="1", checks=checks),
        }
    )


def finding(check: str, verdict: Verdict, stage: Stage = Stage.ENFORCE) -> Finding:
    return Finding(check=check, verdict=verdict, stage=stage, reason=f"Because of {check}.", clause=CLAUSE)


ASK = finding("reply_all", Verdict.ASK)
HOLD = finding("sender_identity", Verdict.HOLD)
FORWARD = finding("forwarding", Verdict.HOLD)
MODERATE = finding("moderation", Verdict.HOLD)
AUTHORITY = finding("authority", Verdict.HOLD)
UNCHECKED = MODERATE.model_copy(update={"incomplete": True})
TRIAL = finding("forwarding", Verdict.HOLD, Stage.TRIAL)


@pytest.fixture
def database(url):
    database = Database(url)
    database.start()
    database.write_blocking(lambda c: councils.save(c, council(), NOW, "test"))
    yield database
    database.stop()


_numbers = itertools.count()


def held(database: Database, *findings: Finding, person: str = JO) -> str:
    at = NOW + timedelta(seconds=next(_numbers))
    entry = messages.Entry(
        id=messages.new_id(at),
        council="little",
        council_version=database.read_blocking(lambda c: councils.version(c, "little")),
        policy_version="1",
        received_at=at,
        raw=RAW,
        envelope=Envelope(
            mail_from=person, recipients=(Recipient(address="a@b.example", canonical="a@b.example"),)
        ),
        origin=Origin(Profile.SUBMISSION, person, ("little",), "192.0.2.1", "pc", "ESMTPSA"),
        person=person,
        heading=messages.Heading(f"<{at.timestamp()}@x>", "Hi", person, DOMAIN),
        decision=Decision(findings=findings),
        splices=(Splice(5, 0, b"x"),),
        trace=b"",
        upstream="default",
    )
    return database.write_blocking(lambda c: messages.record(c, entry)).id


def by(login: str, why: str = "") -> Act:
    return Act(by=login, why=why, now=NOW + timedelta(hours=1), today=TODAY, hostname="post.example")


def say(database: Database, message: str, login: str, why: str = "", ready: Ready | None = None):
    return database.write_blocking(lambda c: release(c, "little", message, by(login, why), ready))


def state(database: Database, message: str) -> str:
    return database.read_blocking(lambda c: archive.message(c, "little", message)).state


def departures(database: Database, message: str) -> list:
    return database.read_blocking(lambda c: archive.departures(c, "little", message))


@pytest.mark.parametrize(
    ("findings", "words"),
    [
        ([ASK], [JO]),
        ([HOLD], [CLERK]),
        ([HOLD], [DEPUTY]),
        ([MODERATE], [CHAIR]),
        ([MODERATE], [CLERK]),
        ([ASK, HOLD], [JO, CLERK]),
        ([ASK, HOLD], [CLERK, JO]),
        ([ASK, MODERATE], [CHAIR, JO]),
        ([HOLD, MODERATE], [CLERK]),
        ([HOLD, MODERATE], [CHAIR, DEPUTY]),
        ([ASK, HOLD, MODERATE], [CHAIR, JO, CLERK]),
        ([ASK, TRIAL], [JO]),
        ([UNCHECKED], [CLERK]),
    ],
)
def test_it_leaves_with_the_last_word_and_not_before(database, findings, words):
    message = held(database, *findings)
    for number, login in enumerate(words, start=1):
        assert departures(database, message) == []
        assert state(database, message) == "held"
        given = say(database, message, login)
        assert (given.departure is None) is (number < len(words))
        assert bool(given.waits_for) is (number < len(words))
    assert state(database, message) == "released"
    assert [row.id for row in departures(database, message)] == [given.departure]
    with pytest.raises(Conflict):
        say(database, message, words[-1])
    assert len(departures(database, message)) == 1
    assert database.read_blocking(lambda c: list(verify(c, "little"))) == []


@pytest.mark.parametrize(
    ("findings", "login"),
    [
        ([ASK], CLERK),
        ([ASK], CHAIR),
        ([ASK], SAM),
        ([HOLD], JO),
        ([HOLD], CHAIR),
        ([HOLD], "nobody@elsewhere.example"),
        ([MODERATE], JO),
        ([MODERATE], SAM),
        ([UNCHECKED], CHAIR),
        ([AUTHORITY], CHAIR),
        ([AUTHORITY], JO),
    ],
)
def test_nobody_gives_a_word_that_is_not_theirs(database, findings, login):
    message = held(database, *findings)
    with pytest.raises(Conflict, match="waits for"):
        say(database, message, login)
    assert state(database, message) == "held"
    assert database.read_blocking(lambda c: holds.acts(c, "little", message)) == ()


def test_who_may_commit_the_council_is_for_an_officer_alone():
    decision = Decision(findings=(ASK, AUTHORITY, MODERATE, TRIAL, UNCHECKED))
    assert only_officers(decision) == (AUTHORITY, UNCHECKED)


def test_the_same_word_twice_is_one_word(database):
    message = held(database, ASK, HOLD)
    say(database, message, JO)
    with pytest.raises(Conflict, match="waits for the Clerk"):
        say(database, message, JO)
    assert database.read_blocking(lambda c: holds.acts(c, "little", message)) == ("confirmed",)


def test_what_the_clerk_lets_pass_of_their_own_needs_a_reason(database):
    message = held(database, FORWARD, person=CLERK)
    with pytest.raises(Conflict, match="must say why"):
        say(database, message, CLERK, "  ")
    assert say(database, message, CLERK, "To read the plans at home").departure
    rows = database.read_blocking(lambda c: archive.decisions(c, "little", message))
    assert (rows[1].by, rows[1].why) == (CLERK, "To read the plans at home")


def test_a_council_may_ask_for_a_second_person(database):
    database.write_blocking(lambda c: councils.save(c, council(switches=SECOND_PERSON), NOW, "test"))
    message = held(database, FORWARD, person=CLERK)
    with pytest.raises(Conflict, match="another officer"):
        say(database, message, CLERK, "To read the plans at home")
    assert say(database, message, DEPUTY).departure
    both = held(database, ASK, FORWARD, person=CLERK)
    assert say(database, both, CLERK).departure is None
    assert say(database, both, DEPUTY).departure
    other = held(database, HOLD, person=CLERK)
    assert say(database, other, CLERK, "It is my title").departure


def test_its_sender_may_think_better_of_it(database):
    message = held(database, ASK, HOLD)
    say(database, message, JO)
    database.write_blocking(lambda c: reject(c, "little", message, by(JO)))
    assert state(database, message) == "rejected"
    assert database.read_blocking(lambda c: holds.acts(c, "little", message))[-1] == "cancelled"
    with pytest.raises(Conflict):
        say(database, message, CLERK)
    assert departures(database, message) == []


@pytest.mark.parametrize(
    ("findings", "login", "may"),
    [
        ([HOLD], CLERK, True),
        ([ASK], CLERK, True),
        ([MODERATE], CHAIR, True),
        ([MODERATE, HOLD], CHAIR, False),
        ([HOLD], CHAIR, False),
        ([HOLD], SAM, False),
        ([ASK], SAM, False),
    ],
)
def test_who_may_reject(database, findings, login, may):
    message = held(database, *findings)
    if may:
        database.write_blocking(lambda c: reject(c, "little", message, by(login, "Not like this")))
    else:
        with pytest.raises(Conflict):
            database.write_blocking(lambda c: reject(c, "little", message, by(login, "Not like this")))
    assert state(database, message) == ("rejected" if may else "held")


def test_only_the_sender_has_the_earlier_messages_taken_out(database):
    message = held(database, ASK, HOLD)
    stripped = Ready(DOMAIN, (Splice(0, 4, b"from"),), change=Change(without_trail=True))
    with pytest.raises(Conflict, match="only its sender"):
        say(database, message, CLERK, ready=stripped)
    say(database, message, JO, ready=stripped)
    assert database.read_blocking(lambda c: holds.acts(c, "little", message)) == ("confirmed",)
    with pytest.raises(Conflict, match="not made ready"):
        say(database, message, CLERK)
    with pytest.raises(Conflict, match="meanwhile"):
        say(database, message, CLERK, ready=Ready(DOMAIN, (Splice(5, 0, b"x"),)))
    say(database, message, CLERK, ready=stripped)
    [departure] = departures(database, message)
    assert "ZnJvbQ==" in departure.splices or "66726f6d" in departure.splices


@pytest.mark.parametrize("login", [JO, CLERK, SAM])
def test_what_has_left_waits_for_nobody_and_whoever_decides_again_is_told_so(database, login):
    message = held(database, ASK, HOLD)
    say(database, message, JO)
    say(database, message, CLERK)
    with pytest.raises(Conflict, match="is not held: it is released"):
        say(database, message, login, "Again")
    with pytest.raises(Conflict, match="is not held: it is released"):
        database.write_blocking(lambda c: reject(c, "little", message, by(login, "No")))
    assert len(departures(database, message)) == 1


def test_what_waits_for_nobody_is_sent_by_nobody(database):
    message = held(database, ASK, HOLD)
    version = database.read_blocking(lambda c: councils.version(c, "little"))
    for act, login in (("confirmed", JO), ("approved", CLERK)):
        how = {"state": MessageState.HELD, "act": act, "by": login, "why": "", "now": NOW}
        database.write_blocking(lambda c, how=how: holds.decide(c, council(), version, message, **how))
    with pytest.raises(Conflict, match="nobody's word"):
        say(database, message, SAM)
    assert departures(database, message) == []


def test_the_list_says_whose_word_is_needed(database):
    message = held(database, ASK, HOLD)
    say(database, message, CLERK)
    [row] = database.read_blocking(lambda c: holds.listing(c, "little"))
    assert row.id == message
    assert database.read_blocking(lambda c: holds.acts_on_held(c, "little")) == {message: ("approved",)}


def test_the_sender_is_told_of_each_end(database):
    for act, said in (("release", "has now been sent"), ("reject", "as you decided")):
        message = held(database, ASK)
        if act == "release":
            say(database, message, JO)
        else:
            database.write_blocking(lambda c, m=message: reject(c, "little", m, by(JO)))
        ids = database.read_blocking(lambda c: archive.message_ids(c, "little"))
        rows = [database.read_blocking(lambda c, i=i: archive.message(c, "little", i)) for i in ids]
        [notice] = [r.id for r in rows if r.kind == MessageKind.NOTICE.value and r.about == message]
        body = database.read_blocking(lambda c, n=notice: archive.body(c, "little", n))
        assert said in b" ".join(body.split()).decode()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    needed=st.sets(st.sampled_from([ASK.check, HOLD.check, MODERATE.check]), min_size=1),
    said=st.lists(st.tuples(st.sampled_from([CLERK, DEPUTY, CHAIR, JO, SAM]), st.booleans()), max_size=8),
)
def test_nothing_leaves_without_every_word(database, needed, said):
    """Whatever people say, in whatever order: it leaves exactly when all needed words are given, and once."""
    findings = [each for each in (ASK, HOLD, MODERATE) if each.check in needed]
    message = held(database, *findings)
    wanted, ended = {ASK.check: {JO}, HOLD.check: {CLERK, DEPUTY}, MODERATE.check: {CLERK, DEPUTY, CHAIR}}, ""
    open_words = {check: wanted[check] for check in needed}
    for login, rejects in said:
        try:
            if rejects:
                database.write_blocking(lambda c, who=login: reject(c, "little", message, by(who, "No")))
            else:
                say(database, message, login, "Yes")
        except Conflict:
            continue
        assert not ended
        if rejects:
            ended = "rejected"
        else:
            open_words = {check: who for check, who in open_words.items() if login not in who}
            ended = "released" if not open_words else ""
    assert state(database, message) == (ended or "held")
    assert len(departures(database, message)) == (ended == "released")
