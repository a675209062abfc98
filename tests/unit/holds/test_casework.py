"""Residents' casework: reasons and a masked extract first; opened for a reason that is recorded and told."""

from __future__ import annotations

import json

import pytest

from config.policy import Verdict
from filters.finding import Decision, Evidence
from gateway.archive.verify import verify
from gateway.holds.casework import extract, masked_extract, open_body, veiled
from gateway.holds.shown import listing
from gateway.store import archive, openings
from gateway.store.database import Database
from gateway.store.errors import Conflict, NotFound
from tests.unit.holds.waiting_room import (
    ASK,
    CHAIR,
    CLERK,
    DEPUTY,
    HOLD,
    ID,
    JO,
    SAM,
    Room,
    council,
    finding,
)

FOUND = finding(
    "exposure", Verdict.HOLD, "Ada Lovelace <ada@post.example> can be seen by others."
).model_copy(update={"evidence": (Evidence(where="To", text="Ada Lovelace <ada@post.example>"),)})


@pytest.fixture
def database(url):
    database = Database(url)
    database.start()
    yield database
    database.stop()


@pytest.fixture
def room(database, tmp_path) -> Room:
    return Room(database, council(), tmp_path)


def opened(room: Room, message: str, by: str = CLERK, why: str = "A resident telephoned") -> bytes:
    return room.database.write_blocking(lambda c: open_body(c, ID, message, room.act(by, why)))


@pytest.mark.parametrize("by", [CLERK, DEPUTY, CHAIR])
def test_opening_is_recorded_with_its_reason_and_the_member_is_told(room, by):
    message = room.hold(HOLD, capacity="casework")
    assert b"Ada Lovelace" in opened(room, message, by)
    [row] = room.database.read_blocking(lambda c: openings.of_message(c, ID, message))
    assert (row.by, row.why, row.at) == (by, "A resident telephoned", room.now)
    decisions = room.database.read_blocking(lambda c: archive.decisions(c, ID, message))
    assert (decisions[-1].act, decisions[-1].by) == ("opened", by)
    [(to, said)] = room.letters()
    assert to == JO
    assert "A resident telephoned" in said
    assert room.database.read_blocking(lambda c: list(verify(c, ID))) == []
    assert room.state(message) == "held"


@pytest.mark.parametrize(
    ("by", "why"), [(CLERK, ""), (CLERK, "   "), (SAM, "Curious"), ("x@y.example", "Me")]
)
def test_not_without_a_reason_and_not_by_everybody(room, by, why):
    message = room.hold(HOLD, capacity="casework")
    with pytest.raises(Conflict):
        opened(room, message, by, why)
    assert room.letters() == []
    assert room.database.read_blocking(lambda c: openings.of_message(c, ID, message)) == []


def test_opening_gives_nobodys_word(room):
    message = room.hold(ASK, HOLD, capacity="casework")
    opened(room, message)
    opened(room, message)
    assert room.release(message, CLERK).departure is None
    assert room.release(message, JO).departure
    assert opened(room, message, DEPUTY)  # What has left is casework still.


def test_what_is_sealed_is_not_there(room):
    with pytest.raises(NotFound):
        opened(room, room.hold(ASK, capacity="casework", sealed=True))


def test_the_list_shows_reasons_and_no_resident(room):
    room.hold(FOUND, capacity="casework")
    [shown] = room.database.read_blocking(lambda c: listing(c, room.council, room.now))
    assert shown.casework
    assert (shown.subject, shown.reviewers) == ("T… p… o… A… L…", (CLERK,))
    said = shown.decision.model_dump_json()
    assert "Lovelace" not in json.dumps([each.evidence[0].text for each in shown.decision.findings])
    assert "ada@post.example" not in said
    assert "can be seen by others" in said


def test_other_mail_is_shown_as_it_is(room):
    room.hold(FOUND)
    [shown] = room.database.read_blocking(lambda c: listing(c, room.council, room.now))
    assert (shown.subject, shown.casework) == ("The pond of Ada Lovelace", False)
    assert shown.decision.findings[0].evidence[0].text == "Ada Lovelace <ada@post.example>"


def test_the_extract_keeps_what_it_is_about_and_not_whom(room):
    message = room.hold(HOLD, capacity="casework")
    said = room.database.read_blocking(lambda c: extract(c, ID, message))
    assert said == "Dear A… L… it is dry."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("My neighbour Mr Jones at 12 High Street is ill.", "M… neighbour M… J… at … H… S… is ill."),
        ("Ring me on 01632 960100.", "R… me on …."),
        ("I asked ada@post.example about AB123456C.", "I asked a…@post.example about …."),
        ("", ""),
        ("x" * 5000, ""),
    ],
)
def test_names_addresses_and_numbers_are_masked(text, said):
    shown = masked_extract(text)
    assert len(shown) <= 700
    if len(text) < 100:
        assert shown == said


def test_the_reasons_name_no_resident_whose_name_the_check_repeats():
    decision = veiled(Decision(findings=(FOUND,)))
    assert "ada@post.example" not in decision.model_dump_json()
    assert "Ada Lovelace" not in decision.findings[0].reason
