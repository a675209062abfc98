"""`vestry archive certificate`: a search sealed, put on the record, and checked by whoever was given it."""

from __future__ import annotations

import hashlib
import json

from tests import files
from tests.unit.cli.archive_room import FOI, WHY, asked, folder, room, vestry  # noqa: F401  # fixtures


def test_nothing_found_and_what_could_not_be_searched(room, folder):
    message = room.send("The plan.", "Plan", ("Jane Roe.pdf", files.locked_pdf()))
    room.read()
    links, head = room.head()
    said = room.vestry("archive", "certificate", "churchyard", *asked(), "-o", "c.txt")
    assert said == "c.txt: nothing found in 1 message; record 1.\n"
    text = (folder / "c.txt").read_text()
    page = " ".join(text.partition("-----BEGIN")[0].split())
    for part in (
        "As typed churchyard",
        f"(foi@littlewickham-pc.example), foi officer Reason {WHY}",
        "WHAT WAS FOUND Messages none",
        "Not all read 1 of these messages",
        f"1. {message} of 9 November 2026 at 10:02, something attached to it (1): it is encrypted, and opens",
        "protected addresses",
        "mail that never passed through Vestry",
        f"{links:,} links",
    ):
        assert part in page
    assert "Jane" not in text
    told = json.loads(room.vestry("archive", "certificate", "--check", "c.txt", "--json"))
    assert (told["found"], told["searched"], told["not_searched"], told["pending"]) == (0, 1, 1, 0)
    assert (told["ledger_links"], told["ledger_hash"], told["by"]) == (links, head, FOI)
    assert (told["key_known"], told["record"]) == (True, 1)
    assert told["digest"] == hashlib.sha256(b"").hexdigest()
    assert told["engine"].startswith("SQLite 3.")
    assert (folder / "c.txt").stat().st_mode & 0o077 == 0


def test_what_was_found_has_a_digest_and_the_ledger_has_the_certificate(room, folder):
    found = sorted(room.send(f"The churchyard {number}.") for number in range(3))
    room.send("The pond.")
    links, _ = room.head()
    room.vestry("archive", "certificate", "churchyard", *asked(), "-o", "c.txt")
    told = json.loads(room.vestry("archive", "certificate", "--check", "c.txt", "--json"))
    assert (told["found"], told["searched"]) == (3, 4)
    assert told["digest"] == hashlib.sha256("".join(f"{each}\n" for each in found).encode()).hexdigest()
    [done] = room.audited()
    line = next(each for each in (folder / "c.txt").read_text().split("\n") if each.startswith("{"))
    assert done.act == "certified"
    assert done.detail == {
        "query": "churchyard",
        "total": 3,
        "not_searched": 0,
        "pending": 0,
        "certificate": hashlib.sha256(line.encode()).hexdigest(),
    }
    assert room.head()[0] == links + 1
    assert "no faults" in room.vestry("archive", "verify")


def test_it_is_checked_without_archive_and_settings(room, folder, monkeypatch, tmp_path):
    (folder / "c.txt").write_text(room.vestry("archive", "certificate", "pond", *asked()))
    key = json.loads(room.vestry("archive", "certificate", "--check", "c.txt", "--json"))["key"]
    monkeypatch.setenv("VESTRY_CONFIG", str(folder / "none.toml"))
    said = room.vestry("archive", "certificate", "--check", "c.txt")
    assert "c.txt is as it was made on " in said
    assert "record" not in said
    assert room.vestry("archive", "certificate", "--check", "c.txt", "--key", key.upper())
    other = ("archive", "certificate", "--check", "c.txt", "--key", "00" * 32)
    assert "but with the key" in room.vestry(*other, code=1)


def test_whatever_was_changed_is_told(room, folder):
    room.vestry("archive", "certificate", "pond", *asked(), "-o", "c.txt")
    whole = (folder / "c.txt").read_bytes()
    for old, new in ((b"Messages          none", b"Messages          12"), (b'"found":0', b'"found":1')):
        assert old in whole
        (folder / "c.txt").write_bytes(whole.replace(old, new, 1))
        assert "c.txt is not genuine: its " in room.vestry(
            "archive", "certificate", "--check", "c.txt", code=1
        )
    (folder / "c.txt").write_bytes(b"")
    assert "no search certificate" in room.vestry("archive", "certificate", "--check", "c.txt", code=1)
    assert "cannot be read" in room.vestry("archive", "certificate", "--check", "none.txt", code=2)


def test_one_of_another_installation_is_told(room, folder):
    from tests.unit.archive.certificate.test_file import FILE

    (folder / "c.txt").write_bytes(FILE)
    assert "but with the key" in room.vestry("archive", "certificate", "--check", "c.txt", code=1)


def test_nothing_is_certified_that_cannot_be_given(room, folder):
    (folder / "c.txt").write_text("mine")
    assert "exists already" in room.vestry("archive", "certificate", "pond", *asked(), "-o", "c.txt", code=1)
    assert (folder / "c.txt").read_text() == "mine"
    for arguments in (("pond", "--by", FOI), ("pond", "--why", "x"), asked(), ("after:x", *asked())):
        room.vestry("archive", "certificate", *arguments, code=2)
    assert room.audited() == []
