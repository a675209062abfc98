"""People are told that mail waits, each once and by the office's hours; time alone sends nothing and deletes nothing."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from filters.finding import Wants
from gateway.archive.verify import verify
from gateway.holds import reminding
from gateway.holds.handing_over import hand_over
from gateway.jobs.task import LeaseLost, Task
from gateway.store import jobs, reminders
from gateway.store.database import Database
from gateway.store.errors import Conflict
from tests.unit.holds.waiting_room import (
    ASK,
    CHAIR,
    CLERK,
    DEPUTY,
    DOMAIN,
    HOLD,
    ID,
    JO,
    MODERATE,
    MONDAY,
    PEOPLE,
    SAM,
    Room,
    council,
    person,
)

LEAVE = [{"login": CLERK, "from": "2026-05-11", "until": "2026-05-15"}]


@pytest.fixture
def database(url):
    database = Database(url)
    database.start()
    yield database
    database.stop()


@pytest.fixture
def room(database, tmp_path) -> Room:
    return Room(database, council(), tmp_path)


async def test_the_clerk_then_the_deputy_then_the_chair(room):
    message = room.hold(HOLD)
    await room.work()
    assert room.to() == [CLERK]
    await room.until("2026-05-11 13:54")
    assert room.to() == [CLERK]
    await room.until("2026-05-11 14:05")
    assert room.to() == [CLERK, CLERK]
    await room.until("2026-05-12 09:54")
    assert room.to() == [CLERK, CLERK]
    await room.until("2026-05-12 10:05")
    assert room.to() == [CLERK, CLERK, DEPUTY]
    await room.until("2026-05-13 10:05")
    assert room.to() == [CLERK, CLERK, DEPUTY, CHAIR]
    await room.until("2026-07-01 10:05", timedelta(days=1))
    assert len(room.letters()) == 4
    assert (room.state(message), room.departures(message)) == ("held", [])
    assert room.database.read_blocking(lambda c: list(verify(c, ID))) == []


BINDS = ASK.model_copy(update={"check": "authority", "wants": Wants.NOT_BINDING})


async def test_what_is_handed_to_the_clerk_is_told_at_once_and_waits_from_then_on(room):
    message = room.hold(BINDS)
    await room.until("2026-05-14 09:00")
    assert CLERK not in room.to()[1:]  # Of a question without an answer, once.
    before = len(room.letters())
    room.database.write_blocking(lambda c: hand_over(c, ID, message, room.act(JO)))
    await room.work()
    [(to, said)] = room.letters()[before:]
    assert (to, said.startswith("HANDED TO YOU TO SEND: ")) == (CLERK, True)
    await room.until("2026-05-15 08:54")
    assert room.to()[before:] == [CLERK, CLERK]
    await room.until("2026-05-15 09:05")
    assert room.to()[before:] == [CLERK, CLERK, DEPUTY]
    assert (room.state(message), room.departures(message)) == ("held", [])


async def test_who_has_decided_looks_again_at_what_is_handed_over(room):
    message = room.hold(BINDS, HOLD)
    await room.work()
    room.release(message, CLERK)
    assert room.state(message) == "held"
    room.now += timedelta(minutes=1)
    room.database.write_blocking(lambda c: hand_over(c, ID, message, room.act(JO)))
    await room.work()
    assert [said[:12] for to, said in room.letters() if to == CLERK] == ["TO DECIDE: T", "HANDED TO YO"]
    room.release(message, DEPUTY)
    assert room.state(message) == "released"


async def test_the_chair_learns_that_mail_waits_and_nothing_else(room):
    room.hold(HOLD)
    room.hold(HOLD, by=SAM)
    await room.until("2026-05-13 10:05")
    [said] = [said for to, said in room.letters() if to == CHAIR]
    assert "2" in said
    for word in ("pond", "Ada", "post.example", "exposure", "Jo", "Sam"):
        assert word not in said.replace("Little", "")


async def test_the_chair_is_told_once_a_day_of_whatever_is_new(room):
    room.hold(HOLD)
    await room.until("2026-05-11 11:05")
    room.hold(HOLD)
    await room.until("2026-05-13 23:05")
    assert room.to().count(CHAIR) == 1
    await room.until("2026-05-20 10:05", timedelta(hours=4))
    assert room.to().count(CHAIR) == 2


async def test_a_weekend_and_a_bank_holiday_do_not_count(room):
    await room.until("2026-05-22 15:05", timedelta(days=1))
    room.hold(HOLD)
    await room.until("2026-05-26 14:54")
    assert DEPUTY not in room.to()
    await room.until("2026-05-26 15:05")
    assert room.to() == [CLERK, CLERK, DEPUTY]


async def test_hours_are_the_offices_own(room):
    hours = [{"days": ["tuesday", "thursday"], "from": "09:30", "until": "13:00"}]
    room.adopt(council(working_hours=hours))
    room.hold(HOLD)
    await room.until("2026-05-14 09:05")
    assert room.to() == [CLERK]
    await room.until("2026-05-14 10:05")
    assert room.to() == [CLERK, DEPUTY, CLERK] or room.to() == [CLERK, CLERK, DEPUTY]


async def test_who_is_on_leave_hands_on_at_once(room):
    room.adopt(council(leave=LEAVE))
    room.hold(HOLD)
    await room.until("2026-05-15 17:05", timedelta(hours=6))
    assert room.to() == [DEPUTY, CHAIR]
    await room.until("2026-05-18 17:05", timedelta(hours=6))
    assert room.to() == [DEPUTY, CHAIR, CLERK]  # Back from leave: reminded of what still waits.


async def test_leave_that_begins_while_it_waits_hands_on_then(room):
    room.hold(HOLD)
    await room.work()
    assert room.to() == [CLERK]
    room.adopt(council(leave=LEAVE))
    room.now += timedelta(minutes=10)
    await room.work()
    assert room.to() == [CLERK, DEPUTY]


async def test_where_both_are_away_it_waits_and_the_chair_learns_of_it_sooner(room):
    room.adopt(council(leave=[*LEAVE, {"login": DEPUTY, "from": "2026-05-11", "until": "2026-05-13"}]))
    message = room.hold(HOLD)
    await room.until("2026-05-12 10:05")
    assert room.to() == [CLERK, CHAIR]  # The Clerk finds it on coming back.
    await room.until("2026-05-14 09:05")
    assert room.to() == [CLERK, CHAIR, DEPUTY]
    assert room.state(message) == "held"


async def test_where_nobody_holds_the_office_the_host_sees_it_and_the_next_one_is_told(room):
    room.adopt(council(people=PEOPLE[2:]))
    message = room.hold(HOLD)
    await room.until("2026-05-18 10:05", timedelta(hours=8))
    assert room.to() == [CHAIR]
    assert REGISTRY.get_sample_value("vestry_held_for_nobody", {"council": ID}) == 1
    locum = person(f"locum@{DOMAIN}", "locum")
    room.adopt(council(people=[*PEOPLE[2:], locum]))
    await room.until("2026-05-18 11:05")
    assert room.to() == [CHAIR, f"locum@{DOMAIN}"]
    assert REGISTRY.get_sample_value("vestry_held_for_nobody", {"council": ID}) == 0
    assert room.state(message) == "held"


async def test_the_clerks_own_mail_goes_to_the_alternate(room):
    room.hold(HOLD, by=CLERK)
    await room.until("2026-05-12 10:05")
    assert set(room.to()) == {DEPUTY}


async def test_what_waits_for_a_moderator_is_the_moderators_too(room):
    room.hold(MODERATE)
    await room.work()
    assert set(room.to()) == {CLERK, CHAIR}


async def test_a_question_is_put_again_then_goes_onto_the_clerks_list_and_stays(room):
    message = room.hold(ASK)
    await room.until("2026-05-12 09:05")
    assert room.to() == []
    await room.until("2026-05-12 10:05")
    assert room.to() == [JO]
    await room.until("2026-05-14 10:05")
    assert room.to()[0] == JO
    assert sorted(room.to()[1:]) == [CLERK, JO]
    assert "01632 960123" in dict(room.letters())[CLERK]
    await room.until("2026-08-01 10:05", timedelta(days=1))
    assert len(room.letters()) == 3
    assert (room.state(message), room.departures(message)) == ("held", [])


async def test_with_both_kinds_of_finding_both_are_told(room):
    room.hold(ASK, HOLD)
    await room.until("2026-05-12 10:05")
    assert sorted(room.to()) == [CLERK, CLERK, DEPUTY, JO]


@pytest.mark.parametrize("decide", ["release", "reject"])
async def test_a_decision_ends_it(room, decide):
    message = room.hold(HOLD)
    await room.work()
    getattr(room, decide)(message, CLERK)
    await room.until("2026-06-11 10:05", timedelta(days=1))
    assert set(room.to()) == {CLERK, JO}  # The Clerk at first, the sender of the decision.
    assert len(room.letters()) == 2


async def test_each_is_told_once_by_however_many_nodes(room, url):
    other = Database(url)
    other.start()
    try:
        room.hold(HOLD)
        room.hold(ASK)
        for _ in range(60):
            await asyncio.gather(room.work(node="a"), room.work(other, node="b"))
            room.now += timedelta(hours=2)
    finally:
        other.stop()
    assert sorted(room.to()) == sorted([CLERK, CLERK, DEPUTY, CHAIR, JO, JO, CLERK])


async def test_after_a_fall_nothing_is_told_twice_and_nothing_is_forgotten(room):
    message = room.hold(HOLD)
    await room.database.write(lambda c: jobs.add_for_everyone(c, reminding.KIND, room.now))
    [job] = await room.database.write(lambda c: jobs.claim(c, "fallen", room.now, 1, 60, (reminding.KIND,)))
    await room.handlers[reminding.KIND](Task(job, room.database, lambda: room.now))
    with pytest.raises(LeaseLost):
        await room.handlers[reminding.KIND](Task(job, room.database, lambda: room.now))
    await room.until("2026-05-11 12:05")
    assert room.to() == [CLERK]
    told = room.database.read_blocking(lambda c: reminders.of_message(c, ID, message))
    assert list(told) == ["new"]


async def test_what_comes_in_hastens_the_job(room):
    await room.work()
    room.now += timedelta(seconds=1)
    room.hold(HOLD)
    await room.work()
    assert room.to() == [CLERK]


async def test_of_a_flood_there_is_one_list_and_not_a_letter_each(room):
    for _ in range(30):
        room.hold(HOLD)
    await room.work()
    [(to, said)] = room.letters()
    assert to == CLERK
    assert "30" in said
    await room.until("2026-05-12 11:05", timedelta(hours=4))
    assert room.to() == [CLERK, CLERK, DEPUTY]


async def test_a_digest_names_a_question_without_an_answer(room):
    room.adopt(council(digest={"days": ["monday"], "at": ["09:00"]}))
    question = room.hold(ASK)
    await room.until("2026-05-18 09:05", timedelta(hours=8))
    assert any(
        question in said for to, said in room.letters() if to == CLERK and "MAIL THAT WAITS" in said.upper()
    )


async def test_a_digest_on_the_days_and_hours_of_choice_instead_of_letters(room):
    room.adopt(council(digest={"days": ["tuesday", "thursday"], "at": ["09:00", "16:00"]}))
    first, second = room.hold(HOLD), room.hold(HOLD, by=CLERK)
    await room.until("2026-05-12 08:05")
    assert room.to() == []
    await room.until("2026-05-12 09:05")
    digests = dict(room.letters())
    assert first in digests[CLERK]
    assert second not in digests[CLERK]
    assert second in digests[DEPUTY]
    assert first not in digests[DEPUTY]
    room.release(first, CLERK)
    room.release(second, DEPUTY)
    count = len(room.letters())
    await room.until("2026-05-14 17:05")
    assert len(room.letters()) == count  # Nothing waits: no digest.


async def test_a_digest_counts_by_the_clock_on_the_wall(room):
    room.adopt(council(digest={"days": ["monday"], "at": ["09:00"]}))
    await room.until("2026-10-23 12:05", timedelta(days=7))
    room.hold(HOLD)
    await room.until("2026-10-26 08:54")
    assert CLERK not in room.to()
    await room.until("2026-10-26 09:05")
    assert CLERK in room.to()


async def test_what_somebody_had_waiting_passes_to_the_clerk_with_their_term(room):
    question, held = room.hold(ASK), room.hold(HOLD)
    gone = person(JO, {"role": "councillor", "until": "2026-05-11"}, phone="01632 960123")
    room.adopt(council(people=[gone if each["login"] == JO else each for each in PEOPLE]))
    await room.until("2026-05-12 00:30")
    said = [text for to, text in room.letters() if to == CLERK and "no longer one of the Council" in text]
    assert len(said) == 2
    for message, by in ((question, JO), (question, CLERK), (held, CLERK), (held, DEPUTY)):
        with pytest.raises(Conflict, match="no longer one of the Council's people"):
            room.release(message, by)
    await room.until("2026-06-12 10:05", timedelta(days=1))
    assert JO not in room.to()
    room.reject(question, CLERK)
    room.reject(held, DEPUTY)
    assert room.state(question) == room.state(held) == "rejected"


async def test_somebody_who_is_not_in_the_file_any_more_has_left(room):
    message = room.hold(ASK)
    room.adopt(council(people=[each for each in PEOPLE if each["login"] != JO]))
    with pytest.raises(Conflict, match="no longer"):
        room.release(message, JO)


async def test_a_sealed_question_is_between_its_sender_and_the_post_room(room):
    message = room.hold(ASK, sealed=True)
    await room.until("2026-06-11 10:05", timedelta(days=1))
    assert room.to() == [JO]
    assert all(room.row(id).sealed for id in notices_about(room, message))
    assert REGISTRY.get_sample_value("vestry_held_messages", {"council": ID}) == 0


def notices_about(room: Room, message: str) -> list[str]:
    from gateway.store import archive

    ids = room.database.read_blocking(lambda c: archive.message_ids(c, ID))
    return [id for id in ids if room.row(id).about == message]


ROUND = st.tuples(
    st.sampled_from(["wait", "hold", "ask", "both", "leave", "back", "clerk goes", "all back", "restart"]),
    st.integers(1, 400),
)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(ROUND, max_size=12))
def test_time_alone_never_sends_and_never_deletes(room, rounds):
    """Whatever comes in, whoever is away or gone, and however long it is: all that waits still waits."""
    made: list[str] = []

    async def live() -> None:
        room.now = max(room.now, MONDAY)
        for act, hours in rounds:
            match act:
                case "hold":
                    made.append(room.hold(HOLD))
                case "ask":
                    made.append(room.hold(ASK))
                case "both":
                    made.append(room.hold(ASK, MODERATE, by=CLERK))
                case "leave":
                    room.adopt(council(leave=LEAVE))
                case "clerk goes":
                    room.adopt(council(people=PEOPLE[3:]))
                case "back" | "all back":
                    room.adopt(council())
                case "restart":
                    room.handlers[reminding.KIND] = reminding.reminding(lambda up: up, lambda: 14.0)
            room.now += timedelta(hours=hours)
            await room.work()

    asyncio.run(live())
    room.adopt(council())
    assert all(room.state(each) == "held" for each in made)
    assert all(room.departures(each) == [] for each in made)


async def test_a_word_given_while_it_escalates_counts_once_and_ends_it(room):
    """Reminders and a release at the same moments: one departure, whatever comes first."""
    for _ in range(12):
        message = room.hold(HOLD)
        await room.work()
        room.now += timedelta(days=2)
        await asyncio.gather(room.work(), asyncio.to_thread(room.release, message, CLERK))
        told = len(room.letters())
        await room.work()
        assert (room.state(message), len(room.departures(message))) == ("released", 1)
        assert len(room.letters()) <= told + 1  # No more than the list that had begun.
