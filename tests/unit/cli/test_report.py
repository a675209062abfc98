"""`vestry report`, as those who look at reports use it."""

from __future__ import annotations

import asyncio
import json

import pytest

from config.policy import CheckPolicy, Clause
from config.verdict import Verdict
from gateway.store import councils
from tests.unit.cli.test_held import folder, office, vestry
from tests.unit.holds.office import ANN, BOB, CLERK, DEPUTY, DOMAIN

__all__ = ["folder", "office", "vestry"]
COUNCIL = "littlewickham"
ADDRESS = f"report@{DOMAIN}"
WRITTEN = "Click here, Mrs Newton."
INLINE = (
    f"From: {ANN}\r\nTo: {ADDRESS}\r\nSubject: Fwd: Your account\r\nMessage-ID: <r@x.example>\r\n\r\n"
    "{words}\r\n\r\n---------- Forwarded message ---------\r\nFrom: Bank <bank@phish.example>\r\n"
    "Date: Mon, 9 Nov 2026 at 09:00\r\nSubject: Your account\r\nTo: <" + ANN + ">\r\n\r\n" + WRITTEN + "\r\n"
)


@pytest.fixture(autouse=True)
def in_force(office):
    policy = CheckPolicy(verdict=Verdict.NOTE, clause=Clause(document="P", item="1"))
    checks = {**office.council.policy.checks, "report": policy}
    content = office.council.content.model_copy(update={"report_address": ADDRESS})
    changed = office.council.policy.model_copy(update={"checks": checks})
    office.council = office.council.model_copy(update={"policy": changed, "content": content})
    office.database.write_blocking(lambda c: councils.save(c, office.council, office.now(), "test"))


def reported(office, words: str = "Is this real?") -> str:
    reply = asyncio.run(office.submit(INLINE.format(words=words).encode(), ADDRESS))
    assert reply.code == 250, reply.text
    return reply.text.rpartition(" ")[2]


def test_listed_shown_and_closed(office, vestry):
    report = reported(office)
    said = vestry("report", "list", COUNCIL)
    assert report in said
    assert "Newton" not in said
    [row] = json.loads(vestry("report", "list", COUNCIL, "--json"))
    assert (row["by"], row["lookers"], row["original"]) == (ANN, [CLERK], "inline")
    assert "for others to look at" in vestry("report", "show", COUNCIL, report, "--by", BOB, code=1)
    shown = vestry("report", "show", COUNCIL, report, "--by", CLERK)
    for each in ("Your account", "bank@phish.example", "Is this real?", WRITTEN):
        assert each in shown
    vestry("report", "close", COUNCIL, report, "--by", CLERK, "--outcome", "Deleted everywhere")
    assert json.loads(vestry("report", "list", COUNCIL, "--json")) == []
    assert len(json.loads(vestry("report", "list", COUNCIL, "--all", "--json"))) == 1
    assert "Deleted everywhere" in vestry("report", "show", COUNCIL, report, "--by", CLERK)
    close = ("report", "close", COUNCIL, report, "--by", CLERK, "--outcome", "Again")
    assert "closed already" in vestry(*close, code=1)
    assert vestry("archive", "verify")


def test_one_that_is_not_for_the_clerk(office, vestry):
    report = reported(office, "Not the Clerk")
    assert "not the Clerk, as asked" in vestry("report", "list", COUNCIL)
    assert "for others" in vestry("report", "show", COUNCIL, report, "--by", CLERK, code=1)
    assert WRITTEN in vestry("report", "show", COUNCIL, report, "--by", DEPUTY)


def test_the_archive_shows_it_as_it_shows_casework(office, vestry):
    report = reported(office)
    record = vestry("archive", "show", report)
    assert "Your account" not in record
    assert json.loads(record)["kind"] == "report"
    assert "must say why" in vestry("archive", "show", report, "--as", "received", code=1)
