"""`vestry archive verify`, `anchor`, `proof` and `key`."""

from __future__ import annotations

import json
import subprocess
import sys

from gateway.store.errors import Conflict
from tests.unit.cli.archive_room import FOI, WHY, asked, folder, room, vestry  # noqa: F401  # fixtures


def test_whole_and_held_against_an_anchor(room, folder):
    room.send("The pond.")
    anchor = room.vestry("archive", "anchor", *asked())
    assert anchor.startswith("-----BEGIN VESTRY ANCHOR-----\n")
    assert room.vestry("archive", "anchor", "--print") == anchor
    (folder / "anchor.txt").write_text(anchor)
    room.send("The pond again.")
    said = room.vestry("archive", "verify", "--anchor", "anchor.txt")
    assert "no faults" in said
    assert ", held against " in said
    told = json.loads(room.vestry("archive", "verify", "--anchor", "anchor.txt", "--json"))
    assert (told["faults"], told["anchors"]) == ([], 1)
    [done] = room.audited()
    assert (done.act, done.by, done.why) == ("anchored", FOI, WHY)


def test_an_anchor_that_was_altered_is_told(room, folder):
    room.send("The pond.")
    (folder / "anchor.txt").write_text(room.vestry("archive", "anchor").replace("Links: ", "Links: 9"))
    said = room.vestry("archive", "verify", "--anchor", "anchor.txt", code=1)
    assert "the signature of " in said
    assert "Traceback" not in said


def test_what_is_no_anchor_is_told(room, folder):
    (folder / "letter.txt").write_text("Dear Clerk")
    assert "there is no anchor in" in room.vestry("archive", "verify", "--anchor", "letter.txt", code=2)
    assert "cannot be read" in room.vestry("archive", "verify", "--anchor", "none.txt", code=2)
    assert "has no anchor yet" in room.vestry("archive", "anchor", "--print", code=1)


def test_a_proof_is_checked_elsewhere_and_on_the_record(room, folder):
    message = room.send("The pond.")
    (folder / "anchor.txt").write_text(room.vestry("archive", "anchor"))
    said = room.vestry("archive", "proof", "-o", "proof.zip", *asked())
    assert said == "proof.zip: 1 message, and the whole ledger.\n"
    done = room.audited()[-1]
    assert (done.act, done.by, done.why, done.detail) == (
        "exported",
        FOI,
        WHY,
        {"messages": "all", "written": 1},
    )
    checked = subprocess.run(
        [sys.executable, "-m", "gateway.archive.offline", "proof.zip", "--anchor", "anchor.txt"],
        capture_output=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "something at" in room.vestry("archive", "proof", "-o", "proof.zip", *asked(), code=1)
    room.vestry("archive", "proof", "-o", "one", message, *asked())
    assert room.audited()[-1].detail == {"messages": [message], "written": 1}
    assert "cannot be written" in room.vestry("archive", "proof", "-o", "no/such/p", *asked(), code=1)


def test_what_is_not_on_the_record_is_not_given_out(room, folder, monkeypatch):
    def refuse(*arguments, **named):
        raise Conflict("no")

    room.send("The pond.")
    monkeypatch.setattr("gateway.cli.archive.anchor.put_on_record", refuse)
    for name in ("proof", "proof.zip"):
        assert "vestry: no" in room.vestry("archive", "proof", "-o", name, *asked(), code=1)
        assert not (folder / name).exists()


def test_a_key_is_made_once(room, folder):
    said = room.vestry("archive", "key", "archive.key")
    assert f'key = "{folder}/archive.key"' in said
    made = (folder / "archive.key").read_text()
    assert made not in said
    assert (folder / "archive.key").stat().st_mode & 0o077 == 0
    assert "exists already" in room.vestry("archive", "key", "archive.key", code=1)
    assert (folder / "archive.key").read_text() == made
    assert "cannot be written" in room.vestry("archive", "key", "no/such", code=1)
