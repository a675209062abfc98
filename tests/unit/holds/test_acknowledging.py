"""Nobody's mail leaves before they have acknowledged the monitoring notice; the acknowledgement sends what waited."""

from __future__ import annotations

from datetime import timedelta

import pytest

from filters.context import Envelope, Profile, Recipient
from gateway.archive.verify import verify
from gateway.intake.accept import Intake
from gateway.intake.submission import Origin, Submission
from gateway.store import acknowledgements, holds, jobs
from gateway.store.database import Database
from gateway.store.errors import Conflict, NotFound
from tests.unit.holds.analyst import InProcess
from tests.unit.holds.waiting_room import (
    ASK,
    CLERK,
    DOMAIN,
    HOLD,
    ID,
    JO,
    PEOPLE,
    SAM,
    UNREAD,
    Room,
    council,
    person,
)

NOTICE = {"version": "1", "text": "Mail may be read before it goes."}
RESIDENT = "ada@post.example"
OFFICER = "mo@county.example"


@pytest.fixture
def database(url):
    database = Database(url)
    database.start()
    yield database
    database.stop()


@pytest.fixture
def room(database, tmp_path) -> Room:
    plain = council()
    checks = {**plain.policy.checks}
    del checks["moderation"], checks["forwarding"]
    policy = plain.policy.model_copy(update={"checks": checks})
    return Room(
        database,
        council(monitoring_notice=NOTICE, policy=policy, protected=[OFFICER], emergency=["police.example"]),
        tmp_path,
    )


@pytest.fixture
def intake(room) -> Intake:
    return Intake(room.settings, room.database, InProcess(), lambda: None, lambda: room.now)


async def hand_in(intake: Intake, room: Room, *to: str, login: str = JO, text: str = "Hello.") -> str:
    """Returns the queue id."""
    raw = f"From: {login}\r\nTo: {', '.join(to)}\r\nSubject: Pond\r\nMessage-ID: <{room.now.timestamp()}@x>\r\n\r\n{text}\r\n"
    envelope = Envelope(mail_from=login, recipients=tuple(Recipient(address=a, canonical=a) for a in to))
    origin = Origin(Profile.SUBMISSION, login, (ID,), "192.0.2.1", "pc", "ESMTPSA")
    reply = await intake.accept(Submission(raw=raw.encode(), envelope=envelope, origin=origin))
    assert reply.code == 250, reply.text
    room.now += timedelta(seconds=1)
    return reply.text.partition("queued as ")[2].partition(",")[0].split()[0]


def acknowledge(room: Room, login: str = JO, version: str | None = None) -> bool:
    return room.database.write_blocking(
        lambda c: acknowledgements.acknowledge(c, room.council, login, room.now, version=version)
    )


async def test_the_first_message_waits_and_the_acknowledgement_sends_it(room, intake):
    first = await hand_in(intake, room, RESIDENT)
    assert room.state(first) == "held"
    [(to, said)] = room.letters()
    assert to == JO
    assert "Mail may be read before it goes." in said
    assert acknowledge(room)
    await room.work()
    assert room.state(first) == "released"
    assert len(room.departures(first)) == 1
    again = await hand_in(intake, room, RESIDENT)
    assert room.state(again) == "passed"
    assert room.database.read_blocking(lambda c: list(verify(c, ID))) == []


async def test_the_notice_is_shown_once_and_everything_waits_with_the_first(room, intake):
    messages = [await hand_in(intake, room, RESIDENT, text=f"{n}") for n in range(3)]
    said = [text for _, text in room.letters()]
    assert len(said) == 3
    assert sum("Mail may be read before it goes." in each for each in said) == 1
    acknowledge(room)
    await room.work()
    assert [room.state(each) for each in messages] == ["released"] * 3
    assert all(len(room.departures(each)) == 1 for each in messages)


async def test_twice_is_once(room, intake):
    first = await hand_in(intake, room, RESIDENT)
    assert acknowledge(room)
    assert not acknowledge(room)
    await room.work()
    await room.work()
    assert len(room.departures(first)) == 1


async def test_one_persons_acknowledgement_is_no_others(room, intake):
    jos, sams = await hand_in(intake, room, RESIDENT), await hand_in(intake, room, RESIDENT, login=SAM)
    acknowledge(room, SAM)
    await room.work()
    assert (room.state(jos), room.state(sams)) == ("held", "released")


async def test_a_new_version_is_acknowledged_anew(room, intake):
    acknowledge(room)
    assert room.state(await hand_in(intake, room, RESIDENT)) == "passed"
    new = room.council.model_copy(
        update={"monitoring_notice": room.council.monitoring_notice.model_copy(update={"version": "2"})}
    )
    room.adopt(new)
    second = await hand_in(intake, room, RESIDENT)
    assert room.state(second) == "held"
    acknowledge(room, version="1")
    await room.work()
    assert room.state(second) == "held"
    acknowledge(room)
    await room.work()
    assert room.state(second) == "released"


@pytest.mark.parametrize("login", [JO, CLERK])
async def test_nobodys_word_stands_for_it(room, intake, login):
    first = await hand_in(intake, room, RESIDENT, login=login)
    for by in (JO, CLERK):
        with pytest.raises(Conflict):
            room.release(first, by)
    assert room.state(first) == "held"


async def test_what_else_the_sender_is_asked_is_asked_then(room):
    both = room.hold(UNREAD, ASK)
    with pytest.raises(Conflict, match="acknowledged the Council's monitoring notice"):
        room.release(both, JO)
    acknowledge(room)
    await room.work()
    assert room.state(both) == "held"
    [(to, said)] = room.letters()
    assert to == JO
    assert "Because of reply_all." in said
    assert room.release(both, JO).departure


async def test_it_does_not_stand_for_the_clerks_word(room):
    both = room.hold(UNREAD, HOLD)
    acknowledge(room)
    await room.work()
    assert room.state(both) == "held"
    assert room.database.read_blocking(lambda c: holds.acts(c, ID, both)) == ("confirmed",)
    assert room.release(both, CLERK).departure


async def test_the_clerk_first_and_the_acknowledgement_last(room):
    both = room.hold(UNREAD, HOLD)
    assert room.release(both, CLERK).departure is None
    acknowledge(room)
    await room.work()
    assert room.state(both) == "released"


async def test_in_confidence_and_in_an_emergency_nothing_waits_for_it(room, intake):
    for to in (OFFICER, "desk@police.example"):
        assert room.state(await hand_in(intake, room, to)) == "passed"


async def test_what_was_cancelled_meanwhile_is_not_sent(room, intake):
    first = await hand_in(intake, room, RESIDENT)
    room.reject(first, JO)
    acknowledge(room)
    await room.work()
    assert (room.state(first), room.departures(first)) == ("rejected", [])


async def test_who_has_left_meanwhile_sends_nothing_by_it(room, intake):
    first = await hand_in(intake, room, RESIDENT)
    gone = person(JO, {"role": "councillor", "until": "2026-05-10"})
    room.adopt(
        room.council.model_copy(
            update={"people": council(people=[gone if e["login"] == JO else e for e in PEOPLE]).people}
        )
    )
    acknowledge(room)
    await room.work()
    assert (room.state(first), room.departures(first)) == ("held", [])


async def test_without_a_notice_nothing_is_asked(room, intake):
    room.adopt(room.council.model_copy(update={"monitoring_notice": None}))
    assert room.state(await hand_in(intake, room, RESIDENT)) == "passed"
    with pytest.raises(Conflict, match="no monitoring notice"):
        acknowledge(room)


def test_only_the_councils_people_acknowledge(room):
    with pytest.raises(NotFound):
        acknowledge(room, f"nobody@{DOMAIN}")


async def test_what_comes_in_at_the_very_moment_of_the_acknowledgement_goes_too(room):
    acknowledge(room)
    await room.work()
    late = room.hold(UNREAD)  # Decided on before the acknowledgement, committed after it.
    await room.work()
    assert room.state(late) == "released"
    assert len(room.departures(late)) == 1


async def test_a_council_that_gives_up_its_notice_sends_nothing_by_that(room):
    waits = room.hold(UNREAD)
    room.adopt(room.council.model_copy(update={"monitoring_notice": None}))
    room.now += timedelta(minutes=20)
    await room.work()
    assert room.state(waits) == "held"
    assert room.release(waits, JO).departure


async def test_a_fall_in_the_middle_sends_each_once(room, intake):
    messages = [await hand_in(intake, room, RESIDENT, text=f"{n}") for n in range(2)]
    acknowledge(room)
    # The job began, sent the first, and its process fell.
    room.release(messages[0], JO)
    [job] = await room.database.write(
        lambda c: jobs.claim(c, "fallen", room.now, 1, 60, (acknowledgements.SEND_WAITING,))
    )
    await room.database.write(lambda c: jobs.end_leases(c, "fallen"))
    assert job.payload == {"login": JO}
    room.now += timedelta(minutes=5)
    await room.work()
    assert [len(room.departures(each)) for each in messages] == [1, 1]
