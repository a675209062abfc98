"""The table of cases, through real messages."""

from __future__ import annotations

import pytest

from config.policy import Verdict
from filters.extract.document import Document, Documents
from tests.unit.filters.table import cases, check_table, council_with, looked_at

CASES = cases("solicitation")
PERIOD = {"from": "2026-11-01", "until": "2026-12-03", "name": "the county elections"}
VILLAGE = "village@little.example"
PEACE = council_with("solicitation", {}, verdict="ask")
ELECTION = council_with("solicitation", {"pre_election": [PERIOD]}, verdict="ask")


def test_the_table_is_large_enough():
    check_table(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_a_case(case):
    to = {"to": [VILLAGE]} if case.get("public") else {}
    decision = looked_at(case | to, ELECTION if case.get("election") else PEACE).decision
    assert decision.verdict.word == case["verdict"], decision.findings
    shown = [evidence.text for finding in decision.findings for evidence in finding.evidence]
    assert case.get("shows", "") in "|".join(shown)
    assert not any(finding.incomplete for finding in decision.findings)


def asked(says: str, council=ELECTION, to=(VILLAGE,)):
    return looked_at({"says": says, "to": list(to)}, council).decision


def test_the_period_begins_and_ends_when_the_clerk_says():
    said = "Cllr Bell said that he was proud."
    for dates, verdict in (
        (("2026-11-09", "2026-11-09"), Verdict.ASK),
        (("2026-11-10", "2026-12-01"), Verdict.PASS),
        (("2026-10-01", "2026-11-08"), Verdict.PASS),
    ):
        period = {"from": dates[0], "until": dates[1]}
        council = council_with("solicitation", {"pre_election": [period]}, verdict="ask")
        assert asked(said, council).verdict is verdict


def test_the_reason_names_the_period_and_its_last_day():
    [finding] = asked("Cllr Bell said that he was proud.").findings
    assert "Until 3 December 2026 the Council is careful of that (the county elections)." in finding.reason


def test_ten_people_outside_are_the_public_and_nine_are_not():
    people = [f"p{number}@post.example" for number in range(10)]
    assert asked("Our MP will come.", to=people).verdict is Verdict.ASK
    assert asked("Our MP will come.", to=people[:9]).verdict is Verdict.PASS
    inside = [*people[:9], "brian@little.example", "clerk@little.example"]
    assert asked("Our MP will come.", to=inside).verdict is Verdict.PASS


def test_a_list_that_nobody_knows_the_members_of_is_the_public():
    lists = [{"address": "friends@little.example"}, {"address": "few@little.example", "size": 3}]
    changed = ELECTION.model_dump(by_alias=True) | {"lists": lists}
    council = type(ELECTION).model_validate(changed)
    assert asked("Our MP will come.", council, to=["friends@little.example"]).verdict is Verdict.ASK
    assert asked("Our MP will come.", council, to=["few@little.example"]).verdict is Verdict.PASS


def test_a_leaflet_that_is_attached_is_known_by_its_imprint():
    said = "Printed and promoted by T. Reed on behalf of B. Bell, both of Green Lane."
    leaflet = Document(number=1, path=("leaflet.pdf",), kind="application/pdf", size=900, text=said)
    found = looked_at({"says": "For your door."}, PEACE, documents=Documents(found=(leaflet,))).decision
    assert [each.where for finding in found.findings for each in finding.evidence] == [
        "attachment leaflet.pdf"
    ]
    minutes = leaflet.model_copy(
        update={"text": "Members voted for the motion. Vote for me, said the badger."}
    )
    assert (
        looked_at({"says": "Minutes."}, PEACE, documents=Documents(found=(minutes,))).decision.findings == ()
    )


def test_a_question_is_a_note_where_the_policy_says_so():
    council = council_with("solicitation", {}, verdict="note")
    assert asked("Vote Labour.", council).verdict is Verdict.NOTE


def test_nothing_is_ever_held():
    assert {finding.verdict for case in CASES for finding in looked_at(case, ELECTION).decision.findings} <= {
        Verdict.ASK,
        Verdict.NOTE,
    }
