"""`vestry archive show`, `list`, `thread` and `audit`: what they print, and what they leave on the record."""

from __future__ import annotations

import csv
import io
import json

import pytest

from gateway.cli.archive.options import host_user
from tests import files
from tests.unit.cli.archive_room import FOI, ID, WHY, asked, folder, room, vestry  # noqa: F401  # fixtures
from tests.unit.holds.office import ANN, CLERK, RESIDENT


@pytest.mark.parametrize("version", ["record", "received", "text"])
def test_who_looks_at_a_message_is_recorded(room, version):
    message = room.send("The pond.")
    room.vestry("archive", "show", message, "--as", version)
    room.vestry("archive", "show", message, "--as", version, *asked())
    first, second = room.audited()
    assert (first.act, first.by, first.why, first.message) == ("viewed", host_user(), "", message)
    assert (second.by, second.why, second.detail) == (FOI, WHY, {"as": version})
    assert host_user().startswith("host:")


def test_what_was_not_seen_is_not_recorded(room):
    message = room.send("The pond.")
    assert "has no message NOSUCH" in room.vestry("archive", "show", "NOSUCH", code=1)
    assert "has not left" in room.vestry(
        "archive", "show", message, "--as", "sent", "--departure", "x", code=1
    )
    assert f"not {ANN}" in room.vestry("archive", "show", message, "--by", ANN, code=1)
    assert f"not {ANN}" in room.vestry("archive", "list", "--by", ANN, code=1)
    assert room.audited() == []


def test_the_text_that_a_message_is_found_by(room):
    message = room.send(
        "Please see the attached.\n\nOn 8 November 2026 at 10:00, Ada wrote:\n> The pond is dry.",
        "Plans",
        ("plan.docx", files.word("The new bandstand")),
        ("locked.pdf", files.locked_pdf()),
    )
    room.read()
    said = room.vestry("archive", "show", message, "--as", "text")
    assert said.startswith(f"Subject: Plans\nFrom: <{ANN}>\nTo: <{RESIDENT}>\n")
    for line in (
        "Please see the attached.",
        "The pond is dry.",
        "The new bandstand",
    ):
        assert line in said
    assert "\n--- attached: plan.docx (application/vnd.openxmlformats" in said
    assert "\n--- attached: locked.pdf (application/pdf" in said
    assert "[Not all of it could be read: it is encrypted, and opens with a password only]" in said


def test_what_is_still_to_be_read_is_told(room):
    message = room.send("Please see the attached.", "Plans", ("plan.docx", files.word("The new bandstand")))
    said = room.vestry("archive", "show", message, "--as", "text")
    assert ("The new bandstand" in said) != ("It is still being read" in said)


def test_lists_are_recorded(room):
    room.send("The pond.")
    room.vestry("archive", "list", "--since", "2026-11-01", *asked())
    room.vestry("archive", "list", "--json")
    first, second = room.audited()
    assert (first.act, first.by, first.why, first.detail["messages"]) == ("listed", FOI, WHY, 1)
    assert first.detail["since"].startswith("2026-")
    assert (second.by, second.detail["since"]) == (host_user(), None)


def test_a_thread_with_its_gap(room):
    first = room.send("Is the pond dry?", Message_ID="<a@x>")
    last = room.send(
        "It is.", "Re: The pond", Message_ID="<c@x>", In_Reply_To="<b@x>", References="<a@x> <b@x>"
    )
    said = room.vestry("archive", "thread", first, *asked())
    assert said.index(first) < said.index("[a message that is not in the archive: <b@x>]") < said.index(last)
    steps = json.loads(room.vestry("archive", "thread", last, *asked(), "--json"))
    assert [each["gap"] for each in steps] == [False, True, False]
    done = room.audited()[-1]
    assert (done.act, done.by, done.detail) == ("listed", FOI, {"thread": last, "messages": 2})


def test_the_record_is_shown(room):
    message = room.send("The pond.")
    room.search("=pond", "--by", CLERK)
    room.vestry("archive", "show", message)
    told = json.loads(room.vestry("archive", "audit", "--json"))
    assert [(each["number"], each["act"], each["by"]) for each in told] == [
        (1, "searched", CLERK),
        (2, "viewed", host_user()),
    ]
    assert told[0]["detail"]["query"] == "=pond"
    said = room.vestry("archive", "audit", "--act", "viewed")
    assert message in said
    assert "searched" not in said
    assert json.loads(room.vestry("archive", "audit", "--by", CLERK, "--json")) == told[:1]
    assert json.loads(room.vestry("archive", "audit", "--until", "2020-01-01", "--json")) == []
    assert json.loads(room.vestry("archive", "audit", "--since", "2020-01-01", "--json")) == told
    assert "there is searched, viewed" in room.vestry("archive", "audit", "--act", "eaten", code=2)


def test_the_record_as_csv_is_no_formula(room):
    room.vestry("archive", "list", "--why", "=1+1")
    [head, row] = list(csv.reader(io.StringIO(room.vestry("archive", "audit", "--csv"))))
    assert head == ["number", "at", "by", "act", "why", "message", "detail"]
    assert row[4] == "'=1+1"
    assert json.loads(row[6])["messages"] == 0


def test_casework_is_masked_until_it_is_opened_for_a_reason(room):
    message = room.send("Ada Lovelace of 4 Mill Lane owes rent.", "[casework] Ada Lovelace")
    [found] = room.search("rent")["found"]
    assert (found["message"], found["snippets"]) == (message, [])
    assert "Lovelace" not in json.dumps(found)
    for version in ("text", "received"):
        assert "must say why" in room.vestry("archive", "show", message, "--as", version, code=1)
    assert [each.act for each in room.audited()] == ["searched"]
    said = room.vestry("archive", "show", message, "--as", "text", "--by", CLERK, "--why", "Complaint 7")
    assert "Ada Lovelace of 4 Mill Lane" in said
    assert (room.audited()[-1].by, room.audited()[-1].why) == (CLERK, "Complaint 7")
