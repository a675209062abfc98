"""The check `authority`: whose mail is judged, to whom, and what a council may choose."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from config.policy import CheckPolicy, Clause, Stage, Verdict
from filters.authority.model import MODEL, Signs, features
from filters.authority.rule import check
from filters.authority.sentences import sentences
from filters.context import Context, Envelope, Profile, Recipient
from filters.finding import Wants
from signatures.message.anatomy import read
from tests.unit.filters.official_mail import PEOPLE, council, person

POLICY = CheckPolicy(
    stage=Stage.ENFORCE, verdict=Verdict.HOLD, clause=Clause(document="Test policy", item="1")
)
FIRM = "office@greenways.example"
BINDS = "We accept your quotation of £2,350."
OBLIQUE = "Four hundred it is. See you on the field."
READ = read(b"From: anne@little.example\r\nTo: x@y.example\r\nSubject: Grass\r\n\r\nHello.\r\n")
COUNCIL = council(
    people=(
        *PEOPLE,
        person(
            "dora",
            "Dora Dean",
            "councillor",
            identities=({"address": "clerk@little.example", "kind": "delegated"},),
        ),
    )
)


def anatomy(text: str, **changes):
    return READ.model_copy(update={"own_texts": (text,), **changes})


def context(*to: str, login: str = "anne", of=COUNCIL) -> Context:
    return Context(
        council=of,
        person=f"{login}@little.example",
        authenticated=True,
        profile=Profile.SUBMISSION,
        envelope=Envelope(
            mail_from=f"{login}@little.example",
            recipients=tuple(Recipient(address=each, canonical=each) for each in to or (FIRM,)),
        ),
        received_at=datetime(2026, 11, 9, 10, 0, tzinfo=UTC),
        today=date(2026, 11, 9),
    )


def verdicts(text: str, *to: str, policy: CheckPolicy = POLICY, login: str = "anne", of=COUNCIL, **changes):
    return [
        each.verdict for each in check(anatomy(text, **changes), context(*to, login=login, of=of), policy)
    ]


@pytest.mark.parametrize("verdict", [Verdict.HOLD, Verdict.ASK, Verdict.NOTE])
def test_what_is_certain_has_the_policys_verdict_and_what_is_possible_asks_at_the_most(verdict):
    policy = POLICY.model_copy(update={"verdict": verdict})
    assert verdicts(BINDS, policy=policy) == [verdict]
    assert verdicts(OBLIQUE, policy=policy) == [min(verdict, Verdict.ASK)]


def test_a_council_may_turn_off_the_question_and_ask_to_be_surer():
    assert verdicts(OBLIQUE) == [Verdict.ASK]
    assert verdicts(OBLIQUE, policy=POLICY.model_copy(update={"switches": {"ask_possible": False}})) == []
    unsure = "B is the one for us. We had a look."
    assert verdicts(unsure, policy=POLICY.model_copy(update={"thresholds": {"possible": 50}})) == [
        Verdict.ASK
    ]
    assert verdicts(unsure, policy=POLICY.model_copy(update={"thresholds": {"possible": 99}})) == []


def test_the_reason_quotes_the_phrase_as_it_stands_and_says_why():
    [finding] = check(anatomy("Hello.\n\nWe’ll  accept\nyour quotation."), context(), POLICY)
    assert finding.reason.startswith(
        '"We’ll accept your quotation" accepts an offer for the Council. Only the Clerk'
    )
    assert [(seen.where, seen.text) for seen in finding.evidence] == [
        ("body", "We’ll  accept\nyour quotation")
    ]
    assert finding.wants is Wants.NOTHING


def test_the_models_word_is_never_the_reason():
    [finding] = check(anatomy(OBLIQUE), context(), POLICY)
    assert finding.reason.startswith(
        '"Four hundred it is." could be read as an order or a promise for the Council.'
    )
    assert finding.wants is Wants.NOT_BINDING
    assert "model" not in finding.reason
    assert "%" not in finding.reason


@pytest.mark.parametrize("login", ["clerk", "deputy"])
def test_officers_are_not_judged(login):
    assert verdicts(BINDS, login=login) == []


def test_nor_is_who_writes_from_the_clerks_address_lent_to_them():
    clerks = read(b"From: clerk@little.example\r\n\r\nHello.\r\n").authors
    assert verdicts(BINDS, login="dora") == [Verdict.HOLD]
    assert verdicts(BINDS, login="dora", authors=clerks) == []
    assert verdicts(BINDS, login="anne", authors=clerks) == [Verdict.HOLD]


@pytest.mark.parametrize(
    ("to", "judged"),
    [
        (("brian@little.example", "chair@little.example"), False),
        (("members@little.example",), False),
        (("brian.bell@county.example",), False),
        (("susan@little.example",), True),
        (("susan@little.example", "clerk@little.example"), False),
        (("flood@little.example",), True),
        (("news@little.example",), True),
        (("brian@little.example", FIRM), True),
    ],
)
def test_what_stays_among_members_and_officers_binds_nobody(to, judged):
    assert bool(verdicts("The council will pay you £180 on Friday.", *to)) is judged


@pytest.mark.parametrize("subject", ["Please go ahead with the order", "Fwd: Please go ahead with the order"])
def test_the_subject_counts_unless_it_is_of_an_answer(subject):
    expected = [] if subject.startswith("Fwd") else [Verdict.HOLD]
    assert verdicts("Thank you for coming. The Clerk has the minutes.", subject=subject) == expected


def test_of_what_is_personal_only_a_claim_to_speak_for_the_council_counts():
    personal = {"subject": "[personal] Hall"}
    assert verdicts(BINDS, **personal) == []
    assert verdicts("The council will pay you £180.", **personal) == [Verdict.HOLD]
    assert verdicts(OBLIQUE, **personal) == []


def test_phrases_of_the_council_bind_or_do_not():
    of = council(
        content={"binding_phrases": ["It's a  goer"], "harmless_phrases": ["we accept your quotation"]}
    )
    assert verdicts("Well: it’s a goer.", of=of) == [Verdict.HOLD]
    assert verdicts("We accept your quotation.", of=of) == []
    assert verdicts("We accept your tender.", of=of) == [Verdict.HOLD]


def test_money_brings_the_question_to_private_people_too():
    text = "Leave that with us and you will not be out of pocket."
    assert verdicts(text, "tom@gmail.com") == []
    assert verdicts(f"{text} It was £40.", "tom@gmail.com") == [Verdict.ASK]


def test_other_languages_are_noted_and_stop_nothing():
    [finding] = check(
        anatomy("Diolch yn fawr am y llythyr. Mae'r cyngor wedi trafod y mater yn y cyfarfod neithiwr."),
        context(),
        POLICY,
    )
    assert finding.verdict is Verdict.NOTE
    assert "Welsh" in finding.reason


def test_the_model_weighs_what_it_has_learnt():
    [binds], [not_] = (list(sentences(each)) for each in (OBLIQUE[:19], "The meeting is at half past seven."))
    assert MODEL.odds(features(binds)) > MODEL.odds(features(not_)) + 1
    assert (
        MODEL.chance(Signs(best=3, clerk=1))
        < MODEL.chance(Signs(best=3))
        < MODEL.chance(Signs(best=3, rule=1))
    )
