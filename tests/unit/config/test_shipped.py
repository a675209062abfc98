"""The five policies that are shipped, and what the demo council makes of them."""

from __future__ import annotations

import pytest

from config.capacity import Capacity
from config.council import Council
from config.council_file import dump, loads
from config.errors import ConfigError
from config.policy import BUILT_IN, CheckPolicy, Clause, Handling, Policy, Stage, Verdict, WaiverPosition
from config.shipped import SHIPPED, policy_from, shipped, shipped_text
from tests.conftest import ROOT
from tests.unit.config.union import strict_union

CLAUSE = Clause(document="P", item="1")


def test_every_file_is_listed():
    assert sorted(SHIPPED) == sorted(path.stem for path in (ROOT / "config/policies").glob("*.toml"))


@pytest.mark.parametrize("name", SHIPPED)
def test_each_stands_for_itself(name):
    policy = shipped(name)
    assert policy.title
    assert policy.source
    assert policy.version == f"{name}-1"
    assert len(policy.clauses) > 10
    assert len({(clause.heading, clause.item) for clause in policy.clauses}) == len(policy.clauses)
    assert len({clause.document for clause in policy.clauses}) == 1
    assert all(clause.wording and clause.heading for clause in policy.clauses)


@pytest.mark.parametrize("name", SHIPPED)
def test_each_can_be_appended_to_a_councils_file(name):
    council = loads(
        'id = "stoke"\nname = "Stoke"\ndomains = ["stoke.example"]\n'
        '[content]\nreport_address = "report@stoke.example"\n' + shipped_text(name),
        "stoke.toml",
    )
    assert council.policy == shipped(name)
    assert loads(dump(council), "stoke.toml") == council
    assert Council.model_validate_json(council.model_dump_json(by_alias=True)) == council


@pytest.mark.parametrize("name", SHIPPED)
def test_mail_can_be_marked_as_personal(name):
    assert shipped(name).capacity_tags == {"[personal]": Capacity.PERSONAL}


@pytest.mark.parametrize("name", SHIPPED)
def test_a_check_cites_just_the_clauses_that_name_it(name):
    policy = shipped(name)
    assert policy.checks["sender_identity"] != BUILT_IN.checks["sender_identity"]
    asked = {check: set() for check in policy.checks}
    for clause in policy.clauses:
        for check in clause.checks:
            asked[check].add(Clause(**{key: getattr(clause, key) for key in Clause.model_fields}))
    for check, stated in policy.checks.items():
        assert {stated.clause, *stated.also} == asked[check], check
        assert len(stated.also) + 1 == len(asked[check])


@pytest.mark.parametrize("name", SHIPPED)
def test_each_enforces_what_its_document_asks_but_moderation(name):
    for check, stated in shipped(name).checks.items():
        assert stated.stage is (Stage.OFF if check == "moderation" else Stage.ENFORCE)


def item(name: str, heading: str, number: str):
    [clause] = [
        each for each in shipped(name).clauses if each.heading.startswith(heading) and each.item == number
    ]
    return clause


@pytest.mark.parametrize(
    ("name", "heading", "number", "checks"),
    [
        ("ict", "7", "7.1", {"sender_identity"}),
        ("ict", "7", "7.2", {"personal_data", "exposure"}),
        ("ict", "7", "7.3", {"language"}),
        ("ict", "5", "5.1", {"signature"}),
        ("ict", "5", "5.2", {"signature", "sender_identity"}),
        ("thorrington", "Email etiquette", "1", {"signature"}),
        ("thorrington", "Email etiquette", "2", {"language"}),
        ("thorrington", "Email etiquette", "3", {"waiver"}),
        ("thorrington", "Email etiquette", "6", {"attachments"}),
        ("thorrington", "Email etiquette", "7", {"recipients"}),
        ("thorrington", "Email etiquette", "8", {"reply_all"}),
        ("thorrington", "Email etiquette", "10", {"authority"}),
        ("thorrington", "Unacceptable use", "8", {"solicitation"}),
        ("thorrington", "Reporting", "", {"report"}),
        ("barton-le-clay", "Policy", "criteria, 5", {"moderation"}),
        ("barton-le-clay", "Parish Council email", "paragraph 2", {"clerk_copy"}),
        ("barton-le-clay", "Parish Council email", "paragraph 2, last sentence", {"personal_data"}),
        ("barton-le-clay", "Parish Council email", "paragraph 4, second sentence", {"forwarding"}),
        ("barton-le-clay", "Internal communication", "paragraph 4", {"reply_all", "large_list"}),
        ("barton-le-clay", "Internal communication", "paragraph 4, end", {"trail"}),
        ("rugeley", "4", "4.2", {"exposure", "personal_data"}),
        ("rugeley", "4", "4.3", {"sender_identity", "signature"}),
        ("rugeley", "4", "4.7, last sentence", {"forwarding"}),
        ("rugeley", "4", "4.9, second point", {"signature"}),
        ("rugeley", "4", "4.9, sixth point", {"language"}),
        ("rugeley", "4", "4.9, tenth point", {"naming"}),
        ("rugeley", "4", "4.9, eleventh point", {"personal_data"}),
        ("rugeley", "4", "4.9, fourteenth point", {"spelling"}),
        ("rugeley", "6", "6.3", {"forwarding"}),
        ("croxley-green", "6", "personal accounts", {"forwarding"}),
        ("croxley-green", "Prohibited activities: Communication", "1", {"sender_identity", "authority"}),
        ("croxley-green", "Prohibited activities: Communication", "2", {"confidential", "forwarding"}),
        ("croxley-green", "Prohibited activities: General", "1", {"authority"}),
    ],
)
def test_what_is_easily_missed_is_looked_after(name, heading, number, checks):
    clause = item(name, heading, number)
    assert clause.handling is Handling.ENFORCED
    assert checks <= set(clause.checks)


@pytest.mark.parametrize(
    ("name", "heading", "number"),
    [
        ("thorrington", "Email", "3"),
        ("thorrington", "Email etiquette", "9"),
        ("thorrington", "Internet", "2"),
        ("barton-le-clay", "Parish Council email", "paragraph 3"),
        ("barton-le-clay", "Internal communication", "paragraph 6"),
        ("rugeley", "1", "1.1"),
    ],
)
def test_what_is_only_recorded_says_how(name, heading, number):
    clause = next(
        each for each in shipped(name).clauses if each.heading.startswith(heading) and each.item == number
    )
    assert clause.handling is Handling.RECORDED
    assert clause.why


def test_all_fourteen_points_of_rugeley_4_9_are_there():
    points = [clause for clause in shipped("rugeley").clauses if clause.item.startswith("4.9, ")]
    assert len(points) == 14


def test_what_the_town_clerk_sends_home_needs_anothers_word():
    assert shipped("rugeley").checks["forwarding"].switches == {"second_person": True}


def test_the_waiver_stands_at_the_end_where_the_document_says_so():
    assert shipped("thorrington").waiver_position is WaiverPosition.END_OF_MESSAGE


def test_a_policy_that_is_not_shipped_and_one_with_a_fault_are_named():
    with pytest.raises(ConfigError, match="found 'kent'; allowed: one of ict, thorrington"):
        shipped("kent")
    text = shipped_text("ict").replace('verdict = "refuse"', 'verdict = "resent"', 1)
    with pytest.raises(ConfigError) as caught:
        policy_from(text, "ict.toml")
    assert str(caught.value).startswith(
        "ict.toml: policy.checks.sender_identity.verdict: found 'resent'; allowed: one of pass, note"
    )


def test_the_demo_council_has_the_strict_union_but_adds_the_clerks_copy_without_asking(little_wickham):
    union = strict_union([shipped(name) for name in SHIPPED])
    assert union["clerk_copy"].verdict is Verdict.ASK
    union["clerk_copy"] = union["clerk_copy"].model_copy(update={"verdict": Verdict.NOTE})
    # A fresh machine has neither a dictionary nor a virus scanner.
    union["spelling"] = union["spelling"].model_copy(update={"stage": Stage.OFF})
    union["malware"] = union["malware"].model_copy(update={"switches": {"pass_unscanned": True}})
    stated = little_wickham.policy.checks
    assert stated.keys() == union.keys()
    for name, check in union.items():
        assert {stated[name].clause, *stated[name].also} == {check.clause, *check.also}, name
        cited = stated[name].model_copy(update={"clause": check.clause, "also": check.also})
        assert cited == check, name


def test_that_individuals_are_named_is_only_noted(little_wickham):
    assert little_wickham.policy.checks["naming"].verdict is Verdict.NOTE


def policy(name: str = "trail", **changes) -> Policy:
    values = {"stage": Stage.ENFORCE, "verdict": Verdict.ASK, "clause": CLAUSE, **changes}
    return Policy(title="P", version="1", checks={name: CheckPolicy(**values)})


def test_a_union_takes_the_gravest_verdict_and_its_clause():
    graver = CLAUSE.model_copy(update={"item": "2"})
    union = strict_union([policy(), policy(verdict=Verdict.HOLD, clause=graver, also=(CLAUSE,))])
    assert (union["trail"].verdict, union["trail"].clause, union["trail"].also) == (
        Verdict.HOLD,
        graver,
        (CLAUSE,),
    )


def test_a_union_takes_the_strictest_of_everything():
    loose = policy("reply_all", thresholds={"recipients": 20}, exempt=("clerk", "chair"), deciders=("chair",))
    strict = policy("reply_all", thresholds={"recipients": 4}, exempt=("clerk",), stage=Stage.TRIAL)
    for order in ([loose, strict], [strict, loose]):
        union = strict_union(order)["reply_all"]
        assert union.thresholds == {"recipients": 4}
        assert union.exempt == ("clerk",)
        assert union.deciders == ()
        assert union.stage is Stage.ENFORCE
    on = policy("forwarding", verdict=Verdict.HOLD, switches={"second_person": True})
    assert strict_union([policy("forwarding", verdict=Verdict.HOLD), on])["forwarding"].switches == {
        "second_person": True
    }


def test_a_check_that_is_off_makes_no_other_graver():
    union = strict_union([policy(), policy(verdict=Verdict.HOLD, stage=Stage.OFF)])
    assert (union["trail"].verdict, union["trail"].stage) == (Verdict.ASK, Stage.ENFORCE)
    assert strict_union([policy(stage=Stage.OFF)])["trail"].stage is Stage.OFF


def test_what_is_built_in_counts_where_nobody_says_otherwise():
    assert strict_union([policy()])["sender_identity"] == BUILT_IN.checks["sender_identity"]
    own = policy("sender_identity", verdict=Verdict.HOLD)
    assert strict_union([policy(), own])["sender_identity"] == own.checks["sender_identity"]
