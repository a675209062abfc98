"""Mail that is not kept waiting because of whom it is for, and what is never spared."""

from __future__ import annotations

import pytest

from config.policy import Verdict
from filters.context import Envelope, Recipient
from filters.decide import could_not_be_checked
from filters.finding import Need
from filters.spared import at_once, in_confidence, spared
from tests.unit.filters.official_mail import CLERK, DOMAIN, NOW, RESIDENT, analysed, council, message, policy

OFFICER = "monitoring.officer@county.example"
LINE = f"confidential@{DOMAIN}"
UNION = "rep@union.example"
POLICE = "desk@police.example"
ANNE = f"anne@{DOMAIN}"
PROTECTED = [{"address": OFFICER, "name": "the Monitoring Officer"}, LINE, "union.example"]
CLAUSE = {"document": "Test policy", "item": "1"}


def house(*, moderated: bool = True, **checks):
    made = policy("moderation", verdict="hold")
    if not moderated:
        del made["checks"]["moderation"]
    for name, verdict in checks.items():
        made["checks"][name] = {"stage": "enforce", "verdict": verdict, "clause": CLAUSE}
    return council(policy=made, protected=PROTECTED, emergency=["police.example"])


def found(*to: str, council=None, sender: str = "anne", login: str = "anne", body: str = "Hello.", **more):
    header = ", ".join(to)
    raw = message(sender=sender, to=header, body=body)
    return analysed(raw, to=to, login=login, council=council or house(), **more).decision


def checks(decision) -> dict[str, str]:
    return {each.check: each.verdict.word for each in decision.findings}


@pytest.mark.parametrize(
    "to", [(OFFICER,), (UNION,), (OFFICER, UNION), (OFFICER, ANNE), (OFFICER, CLERK), (LINE, UNION)]
)
def test_whom_one_may_write_to_in_confidence_is_written_to_without_waiting(to):
    asks = house(missing_attachment="ask", recipients="hold")
    decision = found(*to, council=asks, body="Please find attached what I know.")
    assert decision.needs == frozenset()
    assert decision.verdict in {Verdict.PASS, Verdict.NOTE}
    assert checks(decision)["missing_attachment"] == "note"
    assert "written to in confidence" not in str(checks(decision))


def test_what_the_checks_saw_stays_on_the_record():
    decision = found(OFFICER, council=house(missing_attachment="ask"), body="It is attached.")
    noted = next(each for each in decision.findings if each.check == "missing_attachment")
    assert (noted.verdict, noted.stage.value) == (Verdict.NOTE, "enforce")
    why = next(each for each in decision.findings if each.check == "protected")
    assert "the Monitoring Officer" in why.reason
    assert OFFICER not in why.reason
    assert [each.check for each in decision.findings].count("protected") == 1


def test_who_the_sender_is_is_asked_all_the_same():
    decision = found(OFFICER, sender="brian", login="anne")
    assert decision.verdict is Verdict.REFUSE
    assert checks(decision)["sender_identity"] == "refuse"


def test_what_would_have_to_be_read_by_somebody_is_refused_and_not_held():
    strict = house(sender_identity="hold")
    decision = found(OFFICER, council=strict, sender="brian", login="anne")
    assert decision.verdict is Verdict.REFUSE
    assert "Nobody here is to read this message" in decision.findings[-1].reason


def test_whoever_adds_one_in_confidence_does_not_get_round_the_moderator():
    decision = found(OFFICER, RESIDENT)
    assert decision.verdict is Verdict.REFUSE
    assert checks(decision) == {"moderation": "note", "protected": "refuse"}


def test_to_others_as_well_what_holds_is_refused_with_what_to_do():
    strange = "resident@gmial.com"
    decision = found(OFFICER, strange, council=house(recipients="hold"))
    assert decision.verdict is Verdict.REFUSE
    assert "Write to the others separately" in decision.findings[-1].reason
    assert checks(decision)["recipients"] == "note"


def test_to_others_as_well_a_question_stays_with_the_sender():
    asks = house(missing_attachment="ask", moderated=False)
    decision = found(OFFICER, RESIDENT, council=asks, body="It is attached.")
    assert decision.needs == {Need.SENDER}
    assert checks(decision)["missing_attachment"] == "ask"


@pytest.mark.parametrize(
    ("to", "sealed"),
    [
        ((OFFICER,), True),
        ((OFFICER, RESIDENT), True),
        ((LINE,), True),
        ((f"members@{DOMAIN}",), False),
        ((RESIDENT,), False),
        ((POLICE,), False),
    ],
)
def test_what_is_sealed_follows_from_whom_it_really_goes_to(to, sealed):
    assert in_confidence(house(), envelope(*to)) is sealed


def test_a_list_with_somebody_protected_on_it_counts():
    lists = [{"address": f"help@{DOMAIN}", "members": [OFFICER]}]
    assert in_confidence(council(protected=PROTECTED, lists=lists), envelope(f"help@{DOMAIN}"))


def test_a_name_in_the_header_alone_seals_nothing_and_spares_nothing():
    raw = message(to=f"{OFFICER}, {RESIDENT}", body="It is attached.")
    decision = analysed(raw, to=(RESIDENT,), council=house(missing_attachment="ask")).decision
    assert decision.needs == {Need.SENDER, Need.MODERATOR}
    assert not in_confidence(house(), envelope(RESIDENT))


@pytest.mark.parametrize("to", [(POLICE,), (POLICE, ANNE), (POLICE, CLERK)])
def test_mail_for_an_emergency_does_not_wait(to):
    decision = found(*to, council=house(missing_attachment="ask"), body="The photograph is attached.")
    assert decision.needs == frozenset()
    assert checks(decision)["moderation"] == "note"
    assert checks(decision)["missing_attachment"] == "note"
    assert checks(decision)["emergency"] == "note"


def test_an_emergency_among_others_waits_as_ever():
    decision = found(POLICE, RESIDENT)
    assert decision.needs == {Need.MODERATOR}
    assert not at_once(house(), envelope(POLICE, RESIDENT))


def test_an_impostor_has_no_emergency():
    assert found(POLICE, sender="brian", login="anne").verdict is Verdict.REFUSE


@pytest.mark.parametrize("to", [(OFFICER,), (OFFICER, RESIDENT)])
def test_what_could_not_be_read_is_refused_where_nobody_may_read_it(to):
    unread = could_not_be_checked(house(), NOW, "time")
    decision = spared(unread, house(), envelope(*to), read=False)
    assert decision.verdict is Verdict.REFUSE
    assert "could not be looked at" in decision.findings[-1].reason
    assert spared(decision, house(), envelope(*to), read=False) == decision


def test_what_could_not_be_read_for_an_emergency_cannot_leave_and_is_held():
    unread = could_not_be_checked(house(), NOW, "time")
    assert spared(unread, house(), envelope(POLICE), read=False) == unread


def test_nothing_changes_where_nobody_is_listed():
    bare = council(policy=policy("moderation", verdict="hold"), protected=[])
    assert found(OFFICER, council=bare).needs == {Need.MODERATOR}


@pytest.mark.parametrize("to", [(OFFICER,), (OFFICER, RESIDENT), (POLICE,), (RESIDENT,)])
def test_the_same_again_is_the_same_decision(to):
    decision = found(*to, council=house(missing_attachment="ask"), body="It is attached.")
    assert spared(decision, house(), envelope(*to)) == decision


def envelope(*to: str) -> Envelope:
    return Envelope(mail_from=ANNE, recipients=tuple(Recipient(address=a, canonical=a) for a in to))
