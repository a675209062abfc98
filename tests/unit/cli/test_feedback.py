"""`vestry feedback`, and the statements and marks of `vestry held` and `vestry archive`, as a Clerk uses them."""

from __future__ import annotations

import asyncio
import json
import tomllib
from dataclasses import replace

import pytest

from config.destination import Protected
from config.policy import CheckPolicy, Clause, Stage
from config.verdict import Verdict
from filters import registry
from filters.finding import Evidence, Wants, finding_of
from gateway.holds import as_clerk
from gateway.holds.statement import Statement
from gateway.store import councils
from gateway.store.errors import Conflict
from tests.unit.cli.test_held import folder, forwarded, office, vestry
from tests.unit.holds.office import ANN, BOB, CLERK, RESIDENT, replied

__all__ = ["folder", "forwarded", "office", "vestry"]
COUNCIL = "littlewickham"


def _authority(anatomy, context, policy):
    if any("agreed" in text for text in anatomy.own_texts):
        yield finding_of("authority", policy, "It may bind.", verdict=Verdict.ASK, wants=Wants.NOT_BINDING)


def _personal_data(anatomy, context, policy):
    if any("Newton" in text for text in anatomy.own_texts):
        seen = [Evidence(where="text", text="Newton")]
        yield finding_of(
            "personal_data", policy, "It names Mrs Newton.", seen, wants=Wants.BASIS, masked=True
        )


@pytest.fixture(autouse=True)
def stand_ins(office, monkeypatch):
    """Checks of these names that look for a word."""
    found = {**registry.CHECKS, "authority": _authority, "personal_data": _personal_data}
    monkeypatch.setattr("filters.decide.CHECKS", found)
    hold = CheckPolicy(stage=Stage.ENFORCE, verdict=Verdict.HOLD, clause=Clause(document="P", item="1"))
    checks = {**office.council.policy.checks, "authority": hold, "personal_data": hold}
    policy = office.council.policy.model_copy(update={"checks": checks})
    office.council = office.council.model_copy(update={"policy": policy})
    office.database.write_blocking(lambda c: councils.save(c, office.council, office.now(), "test"))


def send(office, text: str) -> str:
    return asyncio.run(office.send(replied(RESIDENT, text=text), RESIDENT))


def test_what_was_held_wrongly_and_what_should_have_been_is_exported(office, forwarded, vestry):
    assert vestry("feedback", "export", COUNCIL, "--check", "forwarding") == ""
    refused = vestry("held", "release", forwarded, "--by", BOB, "--wrongly-held", "It is mine", code=1)
    assert "only the Clerk" in refused
    vestry("held", "release", forwarded, "--by", CLERK, "--wrongly-held", "It is her mail at work")
    assert office.state(forwarded) == "released"
    passed = send(office, 'We pay you 40 pounds.\r\nIt\'s "done".')
    mark = ("archive", "mark", passed, "--should-have-been-held", "forwarding", "It binds us")
    assert "only the Clerk" in vestry(*mark, "--by", BOB, code=1)
    assert "forwarding should have held it" in vestry(*mark, "--by", CLERK)
    assert "was marked before" in vestry(*mark, "--by", CLERK, code=1)
    nothing = ("archive", "mark", passed, "--should-have-been-held", "no_such", "x", "--by", CLERK)
    assert "there is no check no_such" in vestry(*nothing, code=1)
    rows = json.loads(vestry("feedback", "list", COUNCIL, "--json"))
    assert [(each["message"], each["kind"], each["by"]) for each in rows] == [
        (forwarded, "wrongly_held", CLERK),
        (passed, "should_have_been_held", CLERK),
    ]
    assert "should have been held" in vestry("feedback", "list", COUNCIL, "--check", "forwarding")
    made = tomllib.loads(vestry("feedback", "export", COUNCIL, "--check", "forwarding"))["message"]
    assert [(each["id"], each["binds"], each["why"]) for each in made] == [
        (forwarded, False, "It is her mail at work"),
        (passed, True, "It binds us"),
    ]
    last = made[1]
    assert list(last) == ["id", "binds", "wording", "role", "to", "subject", "body", "why"]
    assert (last["role"], last["to"], last["subject"]) == ("councillor", [RESIDENT], "Re: The pond")
    assert last["body"].strip() == 'We pay you 40 pounds.\nIt\'s "done".'
    assert vestry("feedback", "export", COUNCIL, "--check", "authority") == ""
    assert "allowed: sender_identity" in vestry("feedback", "export", COUNCIL, "--check", "x", code=2)
    assert vestry("archive", "verify")
    acts = [each["act"] for each in json.loads(vestry("archive", "show", passed))["decisions"]]
    assert acts[-1] == "marked as one that should have been held"


def test_what_waits_cannot_have_been_missed(office, forwarded, vestry):
    mark = ("archive", "mark", forwarded, "--should-have-been-held", "forwarding", "x", "--by", CLERK)
    assert "has not left: it is held" in vestry(*mark, code=1)


def test_what_left_in_confidence_is_marked_by_nobody(office, vestry):
    protected = Protected(address="auditor@audit.example")
    office.council = office.council.model_copy(update={"protected": (protected,)})
    office.database.write_blocking(lambda c: councils.save(c, office.council, office.now(), "test"))
    sealed = asyncio.run(office.send(replied("auditor@audit.example"), "auditor@audit.example"))
    mark = ("archive", "mark", sealed, "--should-have-been-held", "forwarding", "x", "--by", CLERK)
    assert "has no message" in vestry(*mark, code=1)


def test_the_sender_states_that_it_does_not_bind(office, vestry):
    message = send(office, "It is agreed.")
    assert "may bind the Council" in vestry("held", "release", message, "--by", ANN, code=1)
    vestry("held", "release", message, "--by", ANN, "--not-binding")
    assert office.state(message) == "released"
    assert "stated: it does not bind the Council" in vestry("held", "show", message)
    assert json.loads(vestry("archive", "show", message))["decisions"][-1]["detail"] == {"not_binding": True}


def test_the_sender_hands_it_to_the_clerk_who_sends_it(office, vestry):
    message = send(office, "It is agreed.")
    assert "only its sender" in vestry("held", "to-clerk", message, "--by", BOB, code=1)
    assert "handed to the Clerk" in vestry("held", "to-clerk", message, "--by", ANN)
    [listed] = json.loads(vestry("held", "list", "--json"))
    assert (listed["waits_for"], listed["reviewers"]) == (["clerk"], [CLERK])
    assert "Needs    the word of: clerk" in vestry("held", "show", message)
    sent = json.loads(vestry("held", "send-as-clerk", message, "--by", CLERK, "--json"))["sent_as"]
    assert office.state(sent) in ("passed", "released")


def test_the_clerk_states_the_basis(office, vestry):
    message = send(office, "Mrs Newton is unwell.")
    for listed in (vestry("held", "list"), vestry("held", "list", "--json")):
        assert "Newton" not in listed
        assert "It names Mrs N\u2026." in listed
    assert "text: Newton" in vestry("held", "show", message)
    assert "--basis" in vestry("held", "release", message, "--by", CLERK, code=1)
    vestry("held", "release", message, "--by", CLERK, "--basis", "She asked for it on 3 May")
    said = "stated, on what basis a resident's details go on: She asked for it on 3 May"
    assert said in vestry("held", "show", message)


def test_what_the_clerk_sends_in_their_own_name_has_a_basis_too(office, vestry):
    message = send(office, "Mrs Newton is unwell, it is agreed.")

    def sent(**said: str) -> str:
        act = replace(office.act(CLERK), said=Statement(**said))
        reading = (office.analyst, office.database.read, office.council.id, message, act)
        made = asyncio.run(as_clerk.made_as_clerk(*reading))
        return office.database.write_blocking(
            lambda c: as_clerk.send_as_clerk(c, office.council.id, message, act, made)
        )

    with pytest.raises(Conflict, match="--basis"):
        sent()
    assert office.state(message) == "held"
    shown = json.loads(vestry("archive", "show", sent(basis="Her consent")))
    assert shown["decisions"][-1]["detail"] == {"basis": "Her consent"}
