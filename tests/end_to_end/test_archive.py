"""The archive of a real installation: what came by SMTP is found, what could not be searched is told, all of it proved."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import threading
import time

import pytest
from sqlalchemy import text

from tests import files
from tests.installation import Installation, queue_id, until
from tests.unit.cli.archive_room import letter

RESIDENT = "ada@parishioner.example"
FOI = "foi@littlewickham-pc.example"
ASKED = ("--by", FOI, "--why", "FOI 2026/014")
WITHIN = 10.0
"""Seconds from acceptance within which everything that can be read is found."""

PDF = files.pdf("Quotation for the bandstand roof")
WORD = files.word("Minutes about the cricket pavilion")
ZIP = files.zipped(("tender.pdf", files.pdf("Tender for the boating lake")))
LOCKED = files.locked_pdf()
SCAN = files.pdf(content=b"0 0 600 800 re f")


@pytest.fixture
def sent(running: Installation) -> dict[str, str]:
    """Queue ids of messages with something attached, by its name."""
    attached = {
        "roof.pdf": PDF,
        "pavilion.docx": WORD,
        "tenders.zip": ZIP,
        "locked.pdf": LOCKED,
        "scan.pdf": SCAN,
    }
    found = {}
    for name, content in attached.items():
        code, reply = running.send(letter("It is attached.", f"About {name}", (name, content)), (RESIDENT,))
        assert code == 250, reply
        found[name] = queue_id(reply)
    return found


def search(installation: Installation, query: str, *arguments: str) -> dict:
    return installation.json("archive", "search", query, *ASKED, "--json", *arguments)


def ids(told: dict) -> set[str]:
    return {each["message"] for each in told["found"]}


def counts(installation: Installation) -> tuple[int, int, int]:
    """How many messages are archived, indexed and pending."""
    with installation.database() as database:
        return database.read_blocking(
            lambda c: tuple(
                c.execute(text(f"select count(*) from {what}")).scalar_one()
                for what in ("message", "item where state = 'indexed'", "item where state = 'pending'")
            )
        )


def test_what_was_sent_is_found_in_time_and_what_cannot_be_is_told(running, sent):
    begun = time.monotonic()
    for word, name, where in (
        ("bandstand", "roof.pdf", "in attachment roof.pdf"),
        ('"cricket pavilion"', "pavilion.docx", "in attachment pavilion.docx"),
        ('"boating lake"', "tenders.zip", "in attachment tender.pdf in tenders.zip"),
    ):
        until(lambda word=word: search(running, word)["total"] == 1, WITHIN)
        told = search(running, word)
        assert ids(told) == {sent[name]}
        assert where in {each["where"] for each in told["found"][0]["snippets"]}
    assert time.monotonic() - begun < 4 * WITHIN
    until(lambda: search(running, "churchyard")["unsearched"]["pending"] == 0)
    told = search(running, "churchyard", "--unsearched")
    assert (told["total"], told["unsearched"]["messages"]) == (0, 2)
    assert {(each["message"], each["name"]) for each in told["not_searched"]} == {
        (sent["locked.pdf"], "locked.pdf"),
        (sent["scan.pdf"], "scan.pdf"),
    }
    reasons = {each["name"]: each["reason"] for each in told["not_searched"]}
    assert "password" in reasons["locked.pdf"]
    assert "pictures" in reasons["scan.pdf"]
    assert search(running, "subject:churchyard")["unsearched"]["messages"] == 0
    assert ids(search(running, "is:unsearched")) == {sent["locked.pdf"], sent["scan.pdf"]}


def test_who_carried_a_file_whatever_its_name(running, sent):
    code, reply = running.send(letter("Again.", "Once more", ("other name.pdf", PDF)), (RESIDENT,))
    assert code == 250
    file = running.folder / "mine.pdf"
    file.write_bytes(PDF)
    wanted = {sent["roof.pdf"], queue_id(reply)}
    until(lambda: ids(search(running, "", "--attached", str(file))) == wanted, WITHIN)


def test_a_search_is_certified_and_the_archive_whole(running, sent):
    until(lambda: search(running, "bandstand")["unsearched"]["pending"] == 0)
    anchor = running.folder / "anchor.txt"
    anchor.write_bytes(running.vestry("archive", "anchor").stdout)
    certificate = running.folder / "certificate.txt"
    running.vestry("archive", "certificate", "churchyard", *ASKED, "-o", str(certificate))
    told = running.json("archive", "certificate", "--check", str(certificate), "--json")
    assert (told["found"], told["not_searched"], told["pending"]) == (0, 2, 0)
    assert {each["message"] for each in told["unsearched"]} == {sent["locked.pdf"], sent["scan.pdf"]}
    assert told["searched"] >= 5
    assert told["digest"] == hashlib.sha256(b"").hexdigest()
    certificate.write_bytes(certificate.read_bytes().replace(b"none", b"some", 1))
    done = running.vestry("archive", "certificate", "--check", str(certificate), check=False)
    assert done.returncode == 1
    assert b"is not genuine" in done.stderr
    verified = running.json("archive", "verify", "--anchor", str(anchor), "--json")
    assert (verified["faults"], verified["anchors"]) == ([], 1)
    acts = [each["act"] for each in running.json("archive", "audit", "--json")]
    assert {"searched", "anchored", "certified"} <= set(acts)


def test_a_proof_is_checked_by_the_offline_program(running, sent):
    anchor, proof = running.folder / "anchor.txt", running.folder / "proof.zip"
    anchor.write_bytes(running.vestry("archive", "anchor").stdout)
    running.vestry("archive", "proof", "-o", str(proof), *ASKED)
    check = [sys.executable, "-m", "gateway.archive.offline", str(proof), "--anchor", str(anchor)]
    done = subprocess.run(check, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout
    assert b"Whole: " in done.stdout


def test_killed_between_acceptance_and_search_nothing_is_lost(running):
    """Research, acceptance case 15."""
    taken: list[str] = []

    def hand_in(number: int) -> None:
        for place in range(5):
            paper = ("paper.docx", files.word(f"The weathercock, paper {number}-{place}"))
            code, reply = running.send(letter(f"Note {number}-{place}.", "Papers", paper), (RESIDENT,))
            assert code == 250
            taken.append(queue_id(reply))

    clients = [threading.Thread(target=hand_in, args=(number,)) for number in range(3)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    running.kill()
    archived, indexed, pending = counts(running)
    assert len(taken) == 15
    assert archived == indexed + pending
    running.start()
    until(lambda: search(running, "weathercock")["unsearched"]["pending"] == 0)
    assert ids(search(running, "weathercock", "--all")) == set(taken)
    archived, indexed, pending = counts(running)
    assert (archived, pending) == (indexed, 0)
    assert json.loads(running.vestry("archive", "verify", "--json").stdout)["faults"] == []
