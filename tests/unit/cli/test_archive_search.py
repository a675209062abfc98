"""`vestry archive search`: what it prints, whom it answers, and what it leaves on the record."""

from __future__ import annotations

import hashlib
import os
from datetime import date

import pytest

from tests import files
from tests.unit.cli.archive_room import FOI, WHY, asked, folder, room, vestry  # noqa: F401  # fixtures
from tests.unit.holds.office import ANN, CLERK, DEPUTY, RESIDENT


def test_what_is_found_is_told_with_where_it_stands(room):
    message = room.send("The burial fees for the old churchyard.", "Fees")
    room.send("Nothing of the kind.")
    said = room.vestry("archive", "search", '"burial fees"', *asked())
    assert "1 message found, newest first.\nEverything within its scope could be searched.\n" in said
    assert (
        f"1. 9 November 2026 at 10:02  passed  {message}\n    Fees\n    From: {ANN} (login {ANN})\n" in said
    )
    assert f"    To: {RESIDENT}\n" in said
    assert "The **burial fees** for the old churchyard." in said


def test_as_json(room):
    message = room.send("The burial fees.", "Fees")
    told = room.search("burial", "--order", "oldest")
    assert (told["query"], told["order"], told["total"], told["offset"]) == ("burial", "oldest", 1, 0)
    assert told["unsearched"] == {"messages": 0, "pending": 0, "reasons": {}}
    [found] = told["found"]
    assert (found["message"], found["state"], found["recipients"]) == (message, "passed", [RESIDENT])
    [snippet] = found["snippets"]
    [[start, end]] = snippet["marks"]
    assert snippet["text"][start:end] == "burial"
    assert told["meaning"]
    assert "not_searched" not in told


def test_pages_and_all(room):
    sent = [room.send(f"The pond, number {number}.") for number in range(5)]
    first = room.search("pond", "--limit", "2")
    assert (first["total"], [each["message"] for each in first["found"]]) == (5, [sent[4], sent[3]])
    rest = room.search("pond", "--limit", "2", "--offset", "4")
    assert [each["message"] for each in rest["found"]] == [sent[0]]
    assert [each["message"] for each in room.search("pond", "--all", "--limit", "1")["found"]] == sent[::-1]
    assert "\n3. " in room.vestry("archive", "search", "pond", *asked(), "--limit", "1", "--offset", "2")


def test_pages_are_put_together_whole(room, monkeypatch):
    from gateway.cli.archive import search

    monkeypatch.setattr(search, "_AT_ONCE", 2)
    sent = [room.send(f"The pond, number {number}.") for number in range(5)]
    assert [each["message"] for each in room.search("pond", "--all")["found"]] == sent[::-1]


def test_what_could_not_be_searched_is_told_beside_every_count_and_listed(room):
    message = room.send("The plan is attached.", "Plan", ("secret plan.pdf", files.locked_pdf()))
    told = room.search("churchyard", "--unsearched")
    assert (told["total"], told["unsearched"]["messages"] + told["unsearched"]["pending"]) == (0, 1)
    assert [each["message"] for each in told["not_searched"]] == [message]
    said = room.vestry("archive", "search", "churchyard", *asked())
    assert "Nothing found.\n" in said
    assert "--unsearched lists it" in said
    assert f"{message}  " in room.vestry("archive", "search", "churchyard", *asked(), "--unsearched")
    assert room.search("from:somebody.else churchyard")["unsearched"]["messages"] == 0


def test_by_the_content_of_a_file(room, folder):
    plan = files.word("The new bandstand")
    message = room.send("Attached.", "Plan", ("renamed.docx", plan))
    room.send("Nothing attached.")
    room.read()
    (folder / "plan.docx").write_bytes(plan)
    told = room.search("", "--attached", "plan.docx")
    assert told["query"] == f"hash:{hashlib.sha256(plan).hexdigest()}"
    assert [each["message"] for each in told["found"]] == [message]
    assert room.search("churchyard OR bandstand subject:other", "--attached", "plan.docx")["total"] == 0
    (folder / "other.docx").write_bytes(plan + b"\n")
    assert room.search("", "--attached", "other.docx")["total"] == 0


def test_did_you_mean(room):
    room.send("The churchyard wall.")
    said = room.vestry("archive", "search", "chruchyard", *asked())
    assert "Nothing found." in said
    assert "Did you mean: churchyard" in said


@pytest.mark.parametrize("by", [CLERK, DEPUTY, FOI])
def test_those_who_answer_requests_may(room, by):
    assert room.vestry("archive", "search", "pond", *asked(by))


@pytest.mark.parametrize("by", [ANN, "auditor@littlewickham-pc.example", "nobody@elsewhere.example"])
@pytest.mark.parametrize(
    "command", [("search", "pond"), ("certificate", "pond"), ("thread", "x"), ("proof", "-o", "p")]
)
def test_nobody_else_may_and_nothing_is_done(room, by, command):
    room.send("The pond.")
    said = room.vestry("archive", *command, *asked(by), code=1)
    assert (
        "only the Clerk, who stands in for the Clerk, or the FOI officer may look through the archive" in said
    )
    assert f"not {by}" in said
    assert room.audited() == []


def test_a_role_that_is_over_does_not_do(room):
    council = room.office.council
    person = council.person(FOI)
    ended = tuple(role.model_copy(update={"until": date(2022, 1, 11)}) for role in person.roles)
    over = person.model_copy(update={"roles": ended})
    people = tuple(over if each is person else each for each in council.people)
    room.office.adopt(council.model_copy(update={"people": people}))
    assert f"not {FOI}" in room.vestry("archive", "search", "pond", *asked(), code=1)


def test_who_and_why_must_be_said(room):
    assert "--by" in room.vestry("archive", "search", "pond", "--why", "x", code=2)
    assert "--why" in room.vestry("archive", "search", "pond", "--by", FOI, code=2)
    assert "say why" in room.vestry("archive", "search", "pond", *asked(why=" "), code=2)
    assert "what to look for" in room.vestry("archive", "search", *asked(), code=2)
    assert room.audited() == []


def test_each_search_is_recorded_with_what_it_came_to(room):
    room.send("The pond.")
    links, _ = room.head()
    room.search("pond", "--order", "relevance", "--limit", "0")
    [done] = room.audited()
    assert (done.act, done.by, done.why, done.message) == ("searched", FOI, WHY, None)
    assert done.detail == {
        "query": "pond",
        "order": "relevance",
        "total": 1,
        "shown": 0,
        "not_searched": 0,
        "pending": 0,
        "not_searched_listed": False,
    }
    assert room.head()[0] == links + 1
    assert "no faults" in room.vestry("archive", "verify")


def test_a_query_that_says_nothing_is_told_so(room):
    for query in ("((", "after:someday", "has:nothing", "x" * 20_000):
        said = room.vestry("archive", "search", query, *asked(), code=2)
        assert said.startswith("vestry: ")
        assert "Traceback" not in said
    assert room.audited() == []


def test_nothing_in_a_message_steers_the_terminal(room):
    room.send("The pond \x1b[31mis red\x07 \u202eevil.", "Hello \u202eworld")
    said = room.vestry("archive", "search", "pond", *asked())
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert "**pond**" in said


@pytest.mark.parametrize("command", ["search", "certificate"])
def test_what_a_broken_terminal_sends_is_taken_as_it_may_be(room, command):
    query, why = os.fsdecode(b"pond \xff"), os.fsdecode(b"FOI \xff\x1b[2J 7")
    assert "pond" in room.vestry("archive", command, query, *asked(why=why))
    [done] = room.audited()
    assert (done.why, done.detail["query"]) == ("FOI [2J 7", "pond ?")
