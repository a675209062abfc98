"""`vestry held`, as a Clerk uses it, in this very process: every act, and what it prints."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from config.settings import load
from gateway.store.database import Database
from tests.conftest import LITTLE_WICKHAM
from tests.policies import only
from tests.unit.cli.test_signature import Vestry, folder, vestry  # noqa: F401  # fixtures
from tests.unit.holds.office import ANN, BOB, CLERK, DEPUTY, RESIDENT, Office, replied

HOME = "cllr.a.home@gmail.com"
OTHERS = tuple(f"r{number}@x{number}.example" for number in range(1, 6))


@pytest.fixture
def office(folder: Path, vestry: Vestry, little_wickham):
    vestry("init", ".", "--hostname", "post.test.example", "--upstream", "mail.test.example:2587")
    vestry("council", "import", str(LITTLE_WICKHAM))
    database = Database(load(folder / "vestry.toml").database_url)
    database.start()
    council = only(little_wickham, "sender_identity", "reply_all", "forwarding", "signature", "waiver")
    yield Office(database, council.model_copy(update={"monitoring_notice": None}), folder)
    database.stop()


@pytest.fixture
def forwarded(office):
    """A message that is held for the Clerk."""
    return asyncio.run(office.send(replied(HOME, RESIDENT), HOME, RESIDENT))


@pytest.fixture
def answered(office):
    """A reply to all that its sender is asked about."""
    return asyncio.run(office.send(replied(RESIDENT, ", ".join(OTHERS)), RESIDENT, *OTHERS))


def seen(office, message: str) -> list[str]:
    [(_, to)] = office.left(message)
    return to


def test_released_to_some(office, answered, vestry: Vestry):
    said = vestry("held", "show", answered)
    assert f"To       1. {RESIDENT}\n         2. {OTHERS[0]}\n" in said
    vestry("held", "release", answered, "--by", ANN, "--only", "1,3", "--leave-out", "2", code=2)
    assert "found '0'" in vestry("held", "release", answered, "--by", ANN, "--only", "0", code=2)
    assert "no recipient" in vestry("held", "release", answered, "--by", ANN, "--only", "1,9", code=2)
    done = json.loads(vestry("held", "release", answered, "--by", ANN, "--only", "1, 3-4", "--json"))
    assert done["departure"]
    assert seen(office, answered) == [RESIDENT, *OTHERS[1:3]]
    shown = json.loads(vestry("held", "show", answered, "--json"))
    assert shown["decisions"][-1]["detail"] == {"left_out": [1, 4, 5]}
    assert f"left out: {OTHERS[0]}, {OTHERS[3]}, {OTHERS[4]}" in vestry("held", "show", answered)


def test_moved_to_bcc_by_its_sender(office, answered, vestry: Vestry):
    vestry("held", "release", answered, "--by", ANN, "--leave-out", "2", "--bcc", "3-6")
    assert seen(office, answered) == [RESIDENT, *OTHERS[1:]]
    [(raw, _)] = office.left(answered)
    assert not any(each.encode() in raw.partition(b"\r\n\r\n")[0] for each in OTHERS)


def test_claimed(office, forwarded, vestry: Vestry):
    assert f"being looked at by {CLERK}" in vestry("held", "claim", forwarded, "--by", CLERK)
    [listed] = json.loads(vestry("held", "list", "--json"))
    assert listed["claimed_by"] == CLERK
    assert f"Claimed  being looked at by {CLERK}" in vestry("held", "show", forwarded)
    done = json.loads(vestry("held", "claim", forwarded, "--by", DEPUTY, "--json"))
    assert done["before"]["by"] == CLERK
    refused = vestry("held", "release", forwarded, "--by", BOB, code=1)
    assert f"{DEPUTY} has been looking at it" in refused
    vestry("held", "release", forwarded, "--by", CLERK)
    assert office.state(forwarded) == "released"


def test_consent_with_the_release(office, forwarded, vestry: Vestry):
    assert "add --consent" in vestry("held", "release", forwarded, "--by", CLERK, "--for-thread", code=2)
    said = vestry(
        "held", "release", forwarded, "--by", CLERK, "--consent", "--for-thread", "--until", "2099-12-31"
    )
    assert f"may send council mail to {HOME}" in said
    [consent] = json.loads(vestry("consent", "list", "--json"))
    assert (consent["thread"], consent["until"]) == ("<first@parishioner.example>", "2099-12-31")


def test_given_back_and_amended(office, forwarded, vestry: Vestry):
    assert "told what to amend" in vestry(
        "held", "return", forwarded, "--by", CLERK, "--note", "Leave it out"
    )
    assert office.state(forwarded) == "returned"
    new = asyncio.run(office.send(replied(RESIDENT), RESIDENT))
    shown = json.loads(vestry("held", "show", new, "--json"))
    assert shown["about"] == forwarded
    assert json.loads(vestry("held", "show", forwarded, "--json"))["linked"] == [
        {"message": new, "state": "passed"}
    ]
    assert f"About    {forwarded}" in vestry("held", "show", new)
    assert "is not held" in vestry("held", "return", forwarded, "--by", CLERK, "--note", "x", code=1)


def test_sent_as_clerk(office, forwarded, vestry: Vestry):
    assert "only the Clerk" in vestry("held", "send-as-clerk", forwarded, "--by", BOB, code=1)
    sent = json.loads(vestry("held", "send-as-clerk", forwarded, "--by", CLERK, "--leave-out", "1", "--json"))
    assert seen(office, sent["sent_as"]) == [RESIDENT]
    assert f"sent as {sent['sent_as']}" in vestry("held", "show", forwarded)
    assert "Nothing." in vestry("held", "list") or vestry("held", "list").strip() == ""


def test_rejected(office, forwarded, vestry: Vestry):
    done = json.loads(vestry("held", "reject", forwarded, "--by", CLERK, "--why", "No", "--json"))
    assert done == {"message": forwarded, "state": "rejected"}
