"""Residents' casework, and what the post room writes about it, is told in no list, name, suggestion or proof."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from gateway.store import archive
from tests.unit.cli.archive_room import FOI, ID, asked, folder, room, vestry  # noqa: F401  # fixtures
from tests.unit.holds.office import CLERK

NAME = "Lovelace"
CLERK_ASKS = ("--by", CLERK, "--why", "Complaint 7")


@pytest.fixture
def casework(room) -> str:
    broken = ("lovelace.pdf", b"%PDF-1.4 broken")
    message = room.send("Ada Lovelace of 4 Mill Lane owes rent.", "[casework] Ada Lovelace", broken)
    room.read()
    return message


@pytest.fixture
def notice(room, casework) -> str:
    """What the member was told when the Clerk opened it; it has the subject."""
    room.vestry("archive", "show", casework, "--as", "text", *CLERK_ASKS)
    room.read()
    [found] = room.search("kind:notice")["found"]
    return found["message"]


def opened(room, message: str) -> list[str]:
    rows = room.office.database.read_blocking(lambda c: archive.decisions(c, ID, message))
    return [row.why for row in rows if row.act == "opened"]


def test_what_could_not_be_searched_has_no_names(room, casework):
    told = room.search("is:unsearched", "--unsearched")
    assert [each["message"] for each in told["not_searched"]] == [casework]
    assert told["not_searched"][0]["name"] != ""
    assert NAME.lower() not in json.dumps(told).lower()


def test_no_word_of_it_is_suggested(room, casework):
    assert room.search("lovelase")["suggestions"] == []
    room.send("The Lovelace bench.")
    assert room.search("lovelase")["suggestions"] == ["lovelace"]


def test_a_notice_about_it_is_found_and_not_told(room, casework, notice):
    told = room.search("lovelace kind:notice")
    assert told["total"] == 1
    assert NAME not in json.dumps(told["found"])
    for command in (("thread", notice), ("show", notice)):
        assert NAME not in room.vestry("archive", *command, *asked())


def test_a_notice_about_it_is_opened_for_a_reason_and_the_member_told(room, casework, notice):
    for version in ("text", "received"):
        assert "must say why" in room.vestry("archive", "show", notice, "--as", version, code=1)
        assert f"{FOI} decides on no" in room.vestry(
            "archive", "show", notice, "--as", version, *asked(), code=1
        )
    assert NAME in room.vestry(
        "archive", "show", notice, "--as", "text", "--by", CLERK, "--why", "Complaint 8"
    )
    assert opened(room, casework) == ["Complaint 7", "Complaint 8"]


def test_a_proof_has_its_entries_alone(room, folder, casework, notice):
    plain = room.send("The pond.")
    said = room.vestry("archive", "proof", "-o", "p", *asked())
    assert said.splitlines() == [
        "p: 1 message, and the whole ledger.",
        "2 messages of members' casework, or about it, are left out: their entries are in the ledger.",
    ]
    assert [each.name for each in (folder / "p" / "messages").iterdir()] == [f"{plain}.eml"]
    manifest = json.loads((folder / "p" / "manifest.json").read_bytes())
    assert manifest["casework_left_out"] == 2
    for file in (folder / "p").rglob("*"):
        assert file.is_dir() or NAME.encode() not in file.read_bytes()
    checked = subprocess.run(
        [sys.executable, "-m", "gateway.archive.offline", "p"], capture_output=True, check=False, text=True
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "2 more of members' casework, or about it, were left out" in checked.stdout


def test_a_proof_has_it_where_it_is_named_and_opened(room, folder, casework):
    assert "when it is opened" in room.vestry("archive", "proof", casework, "-o", "p", *CLERK_ASKS, code=1)
    wanted = ("archive", "proof", casework, "-o", "p", "--with-casework")
    assert f"{FOI} decides on no" in room.vestry(*wanted, *asked(), code=1)
    assert not (folder / "p").exists()
    assert opened(room, casework) == []
    room.vestry(*wanted, *CLERK_ASKS)
    assert NAME.encode() in (folder / "p" / "messages" / f"{casework}.eml").read_bytes()
    assert opened(room, casework) == ["Complaint 7"]
    assert room.audited()[-1].detail == {"messages": [casework], "written": 1, "casework": [casework]}
    assert "something at" in room.vestry(*wanted, *CLERK_ASKS, code=1)
    assert opened(room, casework) == ["Complaint 7"]


def test_of_a_whole_archive_it_is_not_opened(room, casework):
    said = room.vestry("archive", "proof", "-o", "p", "--with-casework", *CLERK_ASKS, code=2)
    assert "wants the messages named" in said
    assert opened(room, casework) == []
